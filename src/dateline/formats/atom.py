"""Atom (RFC 4287), with archives (RFC 5005) and tombstones (RFC 6721)."""

from typing import Any

from lxml import etree

from dateline.formats.feed import Feed, FeedItem, time
from dateline.formats.newsml_g2 import XML
from dateline.formats.said import xml_safe

MEDIA_TYPE = "application/atom+xml"
ATOM = "http://www.w3.org/2005/Atom"
HISTORY = "http://purl.org/syndication/history/1.0"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
_MAP: Any = {None: ATOM, "fh": HISTORY, "at": TOMBSTONES}


def render(feed: Feed) -> bytes:
    """The feed document; a correction has the id of what it corrects, and a later `updated`."""
    root = etree.Element(f"{{{ATOM}}}feed", nsmap=_MAP)
    root.set(f"{XML}lang", feed.lang)
    _add(root, "id", feed.current or feed.self_url)
    _add(root, "title", feed.title)
    _add(root, "updated", time(feed.updated))
    for rel, href in links(feed):
        _add(root, "link", rel=rel, href=href)
    if feed.is_archive:
        etree.SubElement(root, f"{{{HISTORY}}}archive")
    for item in feed.items:
        if item.what.usable:
            _entry(root, item)
        else:
            _tombstone(root, item)
    document: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return document


def links(feed: Feed) -> list[tuple[str, str]]:
    """The feed's own links, by relation (RFC 5005 section 4 names the archives', WebSub section 4 the hub's)."""
    known = (
        ("self", feed.self_url),
        ("hub", feed.hub_url),
        ("alternate", feed.home_url),
        ("current", feed.current),
        ("prev-archive", feed.prev_archive),
        ("next-archive", feed.next_archive),
    )
    return [(rel, href) for rel, href in known if href]


def _entry(root: etree._Element, item: FeedItem) -> None:
    entry = _add(root, "entry")
    entry.set(f"{XML}lang", item.what.lang)
    _add(entry, "id", item.id)
    _add(entry, "title", item.what.headline)
    _add(entry, "published", time(item.published))
    _add(entry, "updated", time(item.updated))
    _add(_add(entry, "author"), "name", item.author)
    _add(entry, "link", rel="alternate", type="text/html", hreflang=item.what.lang, href=item.what.url)
    for code, name in item.categories:
        _add(entry, "category", term=code, label=xml_safe(name))
    for kind, text in item.what.labels:
        _add(entry, "category", term=kind, scheme="tag:dateline.example,2026:label", label=text)
    if item.what.disclaimer:
        _add(entry, "rights", item.what.disclaimer)
    _add(entry, "summary", item.summary)
    _add(entry, "content", item.content_html, type="html")


def _tombstone(root: etree._Element, item: FeedItem) -> None:
    deleted = etree.SubElement(root, f"{{{TOMBSTONES}}}deleted-entry", ref=item.id, when=time(item.updated))
    etree.SubElement(deleted, f"{{{TOMBSTONES}}}comment").text = xml_safe(item.summary)


def _add(parent: etree._Element, name: str, text: str = "", **attributes: str) -> etree._Element:
    child = etree.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    if text:
        child.text = xml_safe(text)
    return child
