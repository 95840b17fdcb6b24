"""What crawlers ask for: sitemaps (sitemaps.org), the news sitemap, robots.txt."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from lxml import etree

from dateline.formats.said import xml_safe
from dateline.web import reading
from dateline.web.freshness import fresh
from dateline.wire import log
from dateline.wire.log import Item
from dateline.words import clock
from dateline.words.errors import NotFound
from dateline.words.release import Signal

_NS = "http://www.sitemaps.org/schemas/sitemap/0.9"
_NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
# lxml takes None for the default namespace, which its type stubs do not know.
_MAP: Any = {None: _NS}
# Entries of a page. With fifteen languages each it has 7,500 addresses; the protocol's limit is 50,000.
_PAGE = 500
_NEWS_AGE = timedelta(days=2)
_NEWS_MOST = 1000
_CHUNK = 100


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The sitemaps, a range of seqs each."""
    root = etree.Element(f"{{{_NS}}}sitemapindex", nsmap=_MAP)
    for number in range(1, _pages() + 1):
        _add(_add(root, "sitemap"), "loc", f"{settings.DATELINE_WIRE.base_url}/sitemap-{number}.xml")
    return _answer(request, root)


@require_safe
def page(request: HttpRequest, number: int) -> HttpResponse:
    """The release pages whose newest edition lies in one range: each address stands in one sitemap."""
    if not 0 < number <= _pages():
        raise NotFound("There is no such sitemap.")
    root = etree.Element(f"{{{_NS}}}urlset", nsmap=_MAP)
    for item in log.renditions((number - 1) * _PAGE + 1, number * _PAGE):
        if item.entry.signal is not Signal.TEST:
            url = _add(root, "url")
            _add(url, "loc", settings.DATELINE_WIRE.page(item.entry.key, item.lang))
            _add(url, "lastmod", str(item.entry.header["released_at"]))
    return _answer(request, root)


@require_safe
def news(request: HttpRequest) -> HttpResponse:
    """The releases of the last two days, a thousand addresses at most (Google News), newest first."""
    root = etree.Element(f"{{{_NS}}}urlset", nsmap=_MAP | {"news": _NEWS})
    since = clock.now() - _NEWS_AGE
    found = [item for lang in reading.there() for item in _recent(lang, since)]
    for item in sorted(found, key=lambda each: -each.entry.seq)[:_NEWS_MOST]:
        _news_url(root, item)
    return _answer(request, root)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """RFC 9309: the working pages are nobody's to crawl."""
    base = settings.DATELINE_WIRE.base_url
    kept_out = ("/work", "/sign-in", "/sign-out", "/unsubscribe/", "/api/")
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in kept_out),
        f"Sitemap: {base}/sitemap.xml",
        f"Sitemap: {base}/news-sitemap.xml",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


def _pages() -> int:
    return max(1, -(-log.size() // _PAGE))


def _recent(lang: str, since: datetime) -> Iterator[Item]:
    """What came out in a language after a moment, tests and what has no text left out."""
    before = 0
    while items := log.current(lang, before=before, limit=_CHUNK):
        for item in items:
            if item.entry.released_at < since:
                return
            told = item.first_released_at >= since and item.entry.signal is not Signal.TEST
            if told and item.entry.rendition(lang):
                yield item
        before = items[-1].entry.seq


def _news_url(root: etree._Element, item: Item) -> None:
    part = item.entry.rendition(item.lang) or {}
    url = _add(root, "url")
    _add(url, "loc", settings.DATELINE_WIRE.page(item.entry.key, item.lang))
    news = etree.SubElement(url, f"{{{_NEWS}}}news")
    publication = etree.SubElement(news, f"{{{_NEWS}}}publication")
    etree.SubElement(publication, f"{{{_NEWS}}}name").text = settings.DATELINE_WIRE.name
    # Google takes ISO 639 codes, and zh-cn and zh-tw for the two scripts of Chinese.
    google = {"zh-Hans": "zh-cn", "zh-Hant": "zh-tw"}.get(item.lang, item.lang.partition("-")[0])
    etree.SubElement(publication, f"{{{_NEWS}}}language").text = google
    etree.SubElement(news, f"{{{_NEWS}}}publication_date").text = clock.printed(item.first_released_at)
    etree.SubElement(news, f"{{{_NEWS}}}title").text = xml_safe(str(part["headline"]))


def _add(parent: etree._Element, name: str, text: str = "") -> etree._Element:
    child = etree.SubElement(parent, f"{{{_NS}}}{name}")
    child.text = text or None
    return child


def _answer(request: HttpRequest, root: etree._Element) -> HttpResponse:
    document = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return fresh(request, HttpResponse(document, content_type="application/xml"), vary=())
