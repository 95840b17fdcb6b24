"""The feeds as documents: RSS, Atom and JSON Feed, per language and per sector, back to the first entry.

The current document has the newest items. An archive page holds the entries of a fixed range of seqs, a hundred each
(RFC 5005 section 4), and once the log is past it only a withdrawal changes it. All that a feed has is public. The
current document is also what the hub sends to those who follow it.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import ModuleType

from django.conf import settings

from dateline.formats import atom, json_feed, rss
from dateline.formats.feed import Feed, FeedItem, item
from dateline.wire import log
from dateline.words import sectors
from dateline.words.entry import Entry
from dateline.words.errors import NotFound
from dateline.words.languages import FIFTEEN, language
from dateline.words.release import Signal

RANGE = 100
NEWEST = 50
MAKERS: dict[str, ModuleType] = {"rss": rss, "atom": atom, "json": json_feed}
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Series:
    """One feed and its archive: a language, or a sector in it, in one format."""

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

    @property
    def media_type(self) -> str:
        """The Content-Type of its documents, to the letter."""
        return f"{MAKERS[self.kind].MEDIA_TYPE}; charset=utf-8"

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

    def bytes_of(self, made: Feed) -> bytes:
        document: bytes = MAKERS[self.kind].render(made)
        return document


def find(lang: str, kind: str, sector: str = "") -> Series:
    """The feed of one of the fifteen languages, or of another that has public news; NotFound if there is none such."""
    if kind not in MAKERS or not (lang in FIFTEEN or log.current(lang, limit=1)):
        raise NotFound("There is no news here in such a language.")
    if sector and not sectors.known(sector):
        raise NotFound("There is no such sector.")
    return Series(lang, sector, kind)


def current(series: Series) -> Feed:
    """The newest items, and all that no archive page holds yet: with those, the whole feed."""
    loose = log.size() - _full() * RANGE
    found = log.current(series.lang, sector=series.sector, limit=max(NEWEST, loose))
    items = [_item(each.entry, series.lang, each.first_released_at) for each in found]
    # A correction moves a story to the end; what it was stays in its archive page.
    before = series.page_before(_full() * RANGE + 1)
    return _feed(series, items, hub_url=settings.DATELINE_WIRE.hub_url, prev_archive=before)


def archive(series: Series, number: int) -> Feed:
    """One archive page: the entries of its range; of several for one story, the newest of the range."""
    if not 0 < number <= _full():
        raise NotFound("There is no such page of the archive.")
    lang, (first, last) = series.lang, ((number - 1) * RANGE + 1, number * RANGE)
    entries = [each for each in log.between(first, last) if lang in each.langs and _within(each.sectors, series.sector)]
    chosen = {entry.guid: entry for entry in entries}
    began = log.first_released(chosen, lang)
    newest_first = sorted(chosen.values(), key=lambda entry: -entry.seq)
    return _feed(
        series,
        [_item(entry, lang, began.get(entry.guid, entry.released_at)) for entry in newest_first],
        self_url=series.page(number),
        current=series.url,
        prev_archive=series.page_before(first),
        next_archive=series.page_after(last),
    )


def document(series: Series, most: int) -> bytes:
    """The current document; of one with more than so many bytes, its newest items."""
    made = current(series)
    data = series.bytes_of(made)
    while len(data) > most and len(made.items) > 1:
        made = replace(made, items=made.items[: len(made.items) // 2])
        data = series.bytes_of(made)
    return data


def changed(entry: Entry) -> tuple[frozenset[str], frozenset[str]]:
    """The languages whose feeds an entry changed, and the sectors ("" is the whole language); empty if it changed none.

    What takes text back changes every language that the story came out in. A story that changed its sector leaves
    the feed of the old one.
    """
    earlier = log.whole_story(entry.key) if entry.header["supersedes"] else []
    public = [each for each in (*earlier, entry) if each.seq <= entry.seq and each.may_be_read_by(log.NOBODY)]
    shown = {lang for each in public for lang in each.langs}
    langs = shown if entry.signal in {Signal.WITHDRAWAL, Signal.ERASURE} else shown & set(entry.langs)
    codes = {code for each in public for code in each.sectors}
    wide = {each for code in codes for each in sectors.ancestors(code)}
    return frozenset(langs), frozenset({""} | codes | wide)


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
