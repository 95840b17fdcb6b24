"""RSS 2.0 (RSS Advisory Board). It knows no withdrawal: a note stands under the item's guid instead."""

from email.utils import format_datetime
from typing import Any

from lxml import etree

from dateline.formats.atom import ATOM, HISTORY, links
from dateline.formats.feed import Feed, FeedItem
from dateline.formats.said import xml_safe

MEDIA_TYPE = "application/rss+xml"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
_MAP: Any = {"atom": ATOM, "content": CONTENT, "dc": DUBLIN_CORE, "fh": HISTORY}


def render(feed: Feed) -> bytes:
    """The feed document."""
    root = etree.Element("rss", {"version": "2.0"}, nsmap=_MAP)
    channel = etree.SubElement(root, "channel")
    _add(channel, "title", feed.title)
    _add(channel, "link", feed.home_url)
    _add(channel, "description", feed.title)
    _add(channel, "language", feed.lang)
    _add(channel, "lastBuildDate", format_datetime(feed.updated, usegmt=True))
    for rel, href in links(feed):
        if rel == "hub":
            etree.SubElement(channel, f"{{{ATOM}}}link", rel=rel, href=href)
        elif rel != "alternate":
            etree.SubElement(channel, f"{{{ATOM}}}link", rel=rel, href=href, type=MEDIA_TYPE)
    if feed.is_archive:
        etree.SubElement(channel, f"{{{HISTORY}}}archive")
    for item in feed.items:
        _item(channel, item)
    document: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return document


def _item(channel: etree._Element, item: FeedItem) -> None:
    node = _add(channel, "item")
    _add(node, "title", item.what.headline)
    _add(node, "link", item.what.url)
    guid = _add(node, "guid", item.id)
    guid.set("isPermaLink", "false")
    _add(node, "pubDate", format_datetime(item.published, usegmt=True))
    _add(node, f"{{{DUBLIN_CORE}}}creator", item.author)
    _add(node, f"{{{DUBLIN_CORE}}}language", item.what.lang)
    for code, name in item.categories:
        _add(node, "category", name).set("domain", code)
    for kind, text in item.what.labels:
        _add(node, "category", text).set("domain", f"label:{kind}")
    _add(node, "description", item.summary)
    _add(node, f"{{{CONTENT}}}encoded", item.content_html)


def _add(parent: etree._Element, name: str, text: str = "") -> etree._Element:
    child = etree.SubElement(parent, name)
    if text:
        child.text = xml_safe(text)
    return child
