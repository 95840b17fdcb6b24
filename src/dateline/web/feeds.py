"""Feeds: RSS, Atom and JSON Feed, per language and per sector, back to the first entry.

The current document has the newest items. An archive page holds the entries of a fixed range of
seqs, a hundred each (RFC 5005 section 4), and never grows once the log is past it.
"""

from datetime import UTC, datetime
from types import ModuleType

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.utils.http import http_date, parse_http_date_safe

from dateline.formats import atom, json_feed, rss
from dateline.formats.atom import links
from dateline.formats.feed import Feed, FeedItem, item
from dateline.web.newsroom import FEEDS
from dateline.web.shown import tongue
from dateline.wire import log
from dateline.words import sectors
from dateline.words.languages import FIFTEEN

RANGE = 100
_NEWEST = 50
_BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
_MAKERS: dict[str, ModuleType] = {"rss": rss, "atom": atom, "json": json_feed}


def index(request: HttpRequest) -> HttpResponse:
    """All feeds that there are."""
    return render(request, "web/feeds.html", {"languages": [tongue(tag) for tag in log.languages()], "feeds": FEEDS})


def feed(request: HttpRequest, lang: str, kind: str, sector: str = "", page: int | None = None) -> HttpResponse:
    """One feed document; `page` is the number of an archive page, from 1."""
    if kind not in _MAKERS or (lang not in FIFTEEN and lang not in log.languages()):
        raise Http404
    if sector and not sectors.known(sector):
        raise Http404
    full = log.size() // RANGE
    if page is not None and not 0 < page <= full:
        raise Http404
    base = f"{settings.DATELINE_WIRE.base_url}/feeds/{lang}" + (f"/{sector}" if sector else "")
    items = _newest(lang, sector) if page is None else _archived(lang, sector, page)
    made = Feed(
        title=_title(lang, sector),
        lang=lang,
        self_url=f"{base}.{kind}" if page is None else f"{base}/archive/{page}.{kind}",
        home_url=f"{settings.DATELINE_WIRE.base_url}/{lang}/" + (f"sector/{sector}/" if sector else ""),
        items=tuple(items),
        updated=max((each.updated for each in items), default=_BEGINNING),
        prev_archive=_archive(base, kind, (full if page is None else page - 1)),
        next_archive=_archive(base, kind, page + 1) if page is not None and page < full else "",
        current="" if page is None else f"{base}.{kind}",
    )
    return _answer(request, made, _MAKERS[kind])


def archive(request: HttpRequest, lang: str, kind: str, page: str, sector: str = "") -> HttpResponse:
    """One archive page."""
    return feed(request, lang, kind, sector, int(page))


def _newest(lang: str, sector: str) -> list[FeedItem]:
    """The newest items, and all that no archive page holds yet: together they are the whole feed."""
    wire = settings.DATELINE_WIRE
    loose = log.size() % RANGE
    found = log.current(lang, sector=sector, limit=max(_NEWEST, loose))
    return [item(each.entry, lang, wire, each.first_released_at) for each in found]


def _archived(lang: str, sector: str, page: int) -> list[FeedItem]:
    """The entries of the page's range in this language; of several for one story, the newest of the range."""
    entries = log.between((page - 1) * RANGE + 1, page * RANGE)
    chosen = {entry.guid: entry for entry in entries if lang in entry.langs and _within(entry.sectors, sector)}
    first = log.first_released(chosen, lang)
    wire = settings.DATELINE_WIRE
    newest_first = sorted(chosen.values(), key=lambda entry: -entry.seq)
    return [item(entry, lang, wire, first.get(entry.guid, entry.released_at)) for entry in newest_first]


def _within(codes: tuple[str, ...], sector: str) -> bool:
    return not sector or any(sector == code or sector in sectors.ancestors(code) for code in codes)


def _archive(base: str, kind: str, page: int) -> str:
    return f"{base}/archive/{page}.{kind}" if page > 0 else ""


def _title(lang: str, sector: str) -> str:
    name = settings.DATELINE_WIRE.name
    return f"{name}: {sectors.name(sector, lang)}" if sector else f"{name} ({lang})"


def _answer(request: HttpRequest, made: Feed, maker: ModuleType) -> HttpResponse:
    # An archive page may still change: a withdrawal takes text out of it.
    since = parse_http_date_safe(request.headers.get("If-Modified-Since", ""))
    # HTTP dates have whole seconds: within the newest second a reader must ask again.
    stamp = int(made.updated.timestamp()) + 1
    canceled = max((each.entry.canceled_by or 0 for each in made.items), default=0)
    if since is not None and since >= stamp and not canceled:
        return HttpResponseNotModified()
    answer = HttpResponse(maker.render(made), content_type=maker.MEDIA_TYPE)
    answer["Last-Modified"] = http_date(stamp)
    answer["Cache-Control"] = "no-cache"
    answer["Link"] = ", ".join(f'<{href}>; rel="{rel}"' for rel, href in links(made))
    return answer
