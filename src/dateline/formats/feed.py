"""What every feed document says: the feed, its items, and what is gone."""

from dataclasses import dataclass
from datetime import datetime

from dateline.formats.body import plain
from dateline.formats.page_html import article
from dateline.formats.said import Said, said
from dateline.words import clock, sectors
from dateline.words.entry import Entry
from dateline.words.wire import Wire

SUMMARY = 300


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One rendition's newest entry. The id stays across corrections; `updated` moves."""

    what: Said
    entry: Entry
    published: datetime
    updated: datetime

    @property
    def id(self) -> str:
        return self.what.id

    @property
    def summary(self) -> str:
        """The subhead, or the beginning of the body, or why there is no text."""
        if not self.what.usable:
            return self.what.ednote or self.what.headline
        words = self.what.subhead or plain(self.what.body_html)
        return words if len(words) <= SUMMARY else words[:SUMMARY].rsplit(" ", 1)[0] + "…"

    @property
    def content_html(self) -> str:
        return article(self.what)

    @property
    def author(self) -> str:
        return str(self.entry.source["name"])

    @property
    def categories(self) -> list[tuple[str, str]]:
        """(code, name) of each sector."""
        return [(code, sectors.name(code, self.what.lang)) for code in self.entry.sectors]


@dataclass(frozen=True, slots=True)
class Feed:
    """One feed document. Archive pages hold a fixed range of seqs (RFC 5005 section 4).

    `hub_url` is where changes of the document can be followed (WebSub section 4); archive pages have none.
    """

    title: str
    lang: str
    self_url: str
    home_url: str
    items: tuple[FeedItem, ...]
    updated: datetime
    hub_url: str = ""
    prev_archive: str = ""
    next_archive: str = ""
    current: str = ""

    @property
    def is_archive(self) -> bool:
        return bool(self.current)


def item(entry: Entry, lang: str, wire: Wire, published: datetime) -> FeedItem:
    """An entry's rendition as an item of a feed; `published` is when the story first came out in it."""
    return FeedItem(said(entry, lang, wire), entry, published, entry.released_at)


def time(moment: datetime) -> str:
    return clock.printed(moment)
