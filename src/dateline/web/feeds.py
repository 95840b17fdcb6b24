"""Feeds: RSS, Atom and JSON Feed, per language and per sector, back to the first entry.

The current document has the newest items. An archive page holds the entries of a fixed range of
seqs, a hundred each (RFC 5005 section 4), and once the log is past it only a withdrawal changes it.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe

from dateline.formats import atom, json_feed, rss
from dateline.formats.atom import links
from dateline.formats.feed import Feed, FeedItem, item
from dateline.web import reading
from dateline.web.freshness import fresh
from dateline.web.newsroom import FEEDS
from dateline.wire import log
from dateline.words import sectors
from dateline.words.entry import Entry
from dateline.words.errors import NotFound
from dateline.words.languages import FIFTEEN, language

RANGE = 100
_NEWEST = 50
_MAKERS: dict[str, ModuleType] = {"rss": rss, "atom": atom, "json": json_feed}
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Series:
    """One feed and its archive: a language, or a sector in it, in one format. What it has is public."""

    lang: str
    sector: str
    kind: str

    @property
    def base(self) -> str:
        return f"{settings.DATELINE_WIRE.base_url}/feeds/{self.lang}" + (f"/{self.sector}" if self.sector else "")

    @property
    def url(self) -> str:
        return f"{self.base}.{self.kind}"

    @property
    def home_url(self) -> str:
        return f"{settings.DATELINE_WIRE.base_url}/{self.lang}/" + (f"sector/{self.sector}/" if self.sector else "")

    @property
    def title(self) -> str:
        name = settings.DATELINE_WIRE.name
        return f"{name}: {sectors.name(self.sector, self.lang) if self.sector else language(self.lang).name}"

    def page(self, number: int) -> str:
        return f"{self.base}/archive/{number}.{self.kind}"

    def page_before(self, first: int) -> str:
        """The last archive page with anything in it that lies wholly before a seq: empty pages are passed over."""
        seq = log.nearest(self.lang, self.sector, before=first) if first > 1 else None
        return self.page(_page_of(seq)) if seq else ""

    def page_after(self, last: int) -> str:
        """The first archive page with anything in it after a seq, of those that are full."""
        seq = log.nearest(self.lang, self.sector, after=last)
        return self.page(_page_of(seq)) if seq and _page_of(seq) <= _full() else ""


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All feeds that there are."""
    active = translation.get_language() or "en"
    ui = next((tag for tag in FIFTEEN if tag.lower() == active), "en")
    named = sorted(((code, sectors.name(code, ui)) for code in sectors.own_codes()), key=lambda each: each[1])
    tags = [language(tag) for tag in reading.there()]
    context: dict[str, Any] = {"languages": tags, "feeds": FEEDS, "sectors": named, "ui": ui}
    return fresh(request, render(request, "web/feeds.html", context), vary=("Accept-Language", "Cookie"))


@require_safe
def current(request: HttpRequest, lang: str, kind: str, sector: str = "") -> HttpResponse:
    """The newest items, and all that no archive page holds yet: with those, the whole feed."""
    series = _series(lang, kind, sector)
    loose = log.size() - _full() * RANGE
    found = log.current(lang, sector=sector, limit=max(_NEWEST, loose))
    items = [_item(each.entry, lang, each.first_released_at) for each in found]
    # A correction moves a story to the end; what it was stays in its archive page.
    return _answer(request, _feed(series, items, prev_archive=series.page_before(_full() * RANGE + 1)), kind)


@require_safe
def archive(request: HttpRequest, lang: str, kind: str, page: str, sector: str = "") -> HttpResponse:
    """One archive page: the entries of its range; of several for one story, the newest of the range."""
    series, number = _series(lang, kind, sector), int(page)
    if not 0 < number <= _full():
        raise NotFound("There is no such page of the archive.")
    first, last = (number - 1) * RANGE + 1, number * RANGE
    entries = [each for each in log.between(first, last) if lang in each.langs and _within(each.sectors, sector)]
    chosen = {entry.guid: entry for entry in entries}
    began = log.first_released(chosen, lang)
    newest_first = sorted(chosen.values(), key=lambda entry: -entry.seq)
    made = _feed(
        series,
        [_item(entry, lang, began.get(entry.guid, entry.released_at)) for entry in newest_first],
        self_url=series.page(number),
        current=series.url,
        prev_archive=series.page_before(first),
        next_archive=series.page_after(last),
    )
    return _answer(request, made, kind)


def _series(lang: str, kind: str, sector: str) -> Series:
    reading.checked(lang, log.NOBODY)
    if sector and not sectors.known(sector):
        raise NotFound("There is no such sector.")
    return Series(lang, sector, kind)


def _feed(series: Series, items: list[FeedItem], **more: str) -> Feed:
    values = {"self_url": series.url} | more
    updated = max((each.updated for each in items), default=_NEVER)
    return Feed(
        title=series.title, lang=series.lang, home_url=series.home_url, items=tuple(items), updated=updated, **values
    )


def _item(entry: Entry, lang: str, began: datetime) -> FeedItem:
    """What was withdrawn changed when it was withdrawn: a tombstone tells that time (RFC 6721 section 3)."""
    made = item(entry, lang, settings.DATELINE_WIRE, began)
    if entry.canceled_by is None:
        return made
    withdrawal = next(each for each in log.between(entry.canceled_by, entry.canceled_by, entry.audience))
    return replace(made, updated=withdrawal.released_at)


def _within(codes: tuple[str, ...], sector: str) -> bool:
    return not sector or any(sector == code or sector in sectors.ancestors(code) for code in codes)


def _full() -> int:
    """How many archive pages are full."""
    return log.size() // RANGE


def _page_of(seq: int) -> int:
    return (seq - 1) // RANGE + 1


def _answer(request: HttpRequest, made: Feed, kind: str) -> HttpResponse:
    maker = _MAKERS[kind]
    answer = HttpResponse(maker.render(made), content_type=f"{maker.MEDIA_TYPE}; charset=utf-8")
    answer["Link"] = ", ".join(f'<{href}>; rel="{rel}"' for rel, href in links(made))
    return fresh(request, answer, vary=())
