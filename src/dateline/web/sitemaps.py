"""What crawlers ask for: sitemaps (sitemaps.org), the news sitemap, robots.txt."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from lxml import etree

from dateline.wire import log
from dateline.words import clock
from dateline.words.entry import Entry

_NS = "http://www.sitemaps.org/schemas/sitemap/0.9"
_NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
# lxml takes None for the default namespace, which its type stubs do not know.
_MAP: Any = {None: _NS}
# Entries of a page: each may have fifteen renditions, and a sitemap holds 50,000 addresses.
_PAGE = 2000
_NEWS_AGE = timedelta(days=2)
_NEWS_MOST = 1000


def index(request: HttpRequest) -> HttpResponse:
    """The sitemaps, a range of seqs each."""
    root = etree.Element(f"{{{_NS}}}sitemapindex", nsmap=_MAP)
    for page in range(1, log.size() // _PAGE + 2):
        _add(_add(root, "sitemap"), "loc", f"{settings.DATELINE_WIRE.base_url}/sitemap-{page}.xml")
    return _answer(root)


def page(request: HttpRequest, number: int) -> HttpResponse:
    """The release pages of one range."""
    if not 0 < number <= log.size() // _PAGE + 1:
        raise Http404
    root = etree.Element(f"{{{_NS}}}urlset", nsmap=_MAP)
    for entry in log.between((number - 1) * _PAGE + 1, number * _PAGE):
        for lang in () if entry.canceled else entry.langs:
            url = _add(root, "url")
            _add(url, "loc", settings.DATELINE_WIRE.page(entry.key, lang))
            _add(url, "lastmod", str(entry.header["released_at"]))
    return _answer(root)


def news(request: HttpRequest) -> HttpResponse:
    """The releases of the last two days, a thousand addresses at most (Google News)."""
    root = etree.Element(f"{{{_NS}}}urlset", nsmap=_MAP | {"news": _NEWS})
    since = clock.now() - _NEWS_AGE
    count = 0
    for entry in reversed(log.between(max(1, log.size() - _NEWS_MOST), log.size())):
        if entry.released_at < since or count >= _NEWS_MOST:
            break
        for lang in entry.langs:
            part = entry.rendition(lang)
            if part is not None and count < _NEWS_MOST:
                _news_url(root, entry, lang, str(part["headline"]))
                count += 1
    return _answer(root)


def robots(request: HttpRequest) -> HttpResponse:
    """RFC 9309: the working pages are nobody's to crawl."""
    base = settings.DATELINE_WIRE.base_url
    lines = [
        "User-agent: *",
        "Disallow: /work",
        "Disallow: /sign-in",
        f"Sitemap: {base}/sitemap.xml",
        f"Sitemap: {base}/news-sitemap.xml",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


def _news_url(root: etree._Element, entry: Entry, lang: str, headline: str) -> None:
    url = _add(root, "url")
    _add(url, "loc", settings.DATELINE_WIRE.page(entry.key, lang))
    news = etree.SubElement(url, f"{{{_NEWS}}}news")
    publication = etree.SubElement(news, f"{{{_NEWS}}}publication")
    etree.SubElement(publication, f"{{{_NEWS}}}name").text = settings.DATELINE_WIRE.name
    # Google takes ISO 639 codes, and zh-cn and zh-tw for the two scripts of Chinese.
    google = {"zh-Hans": "zh-cn", "zh-Hant": "zh-tw"}.get(lang, lang.split("-", maxsplit=1)[0])
    etree.SubElement(publication, f"{{{_NEWS}}}language").text = google
    etree.SubElement(news, f"{{{_NEWS}}}publication_date").text = str(entry.header["released_at"])
    etree.SubElement(news, f"{{{_NEWS}}}title").text = headline


def _add(parent: etree._Element, name: str, text: str = "") -> etree._Element:
    child = etree.SubElement(parent, f"{{{_NS}}}{name}")
    child.text = text or None
    return child


def _answer(root: etree._Element) -> HttpResponse:
    return HttpResponse(etree.tostring(root, xml_declaration=True, encoding="UTF-8"), content_type="application/xml")
