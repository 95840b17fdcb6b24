"""Reading the log: from a cursor, by seq, by story, by language and sector. Every reading enforces the audience."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from dateline.wire.models import Head, LogEntry, LogLang
from dateline.words.entry import Entry
from dateline.words.errors import NotFound

NOBODY: frozenset[str] = frozenset()
_CHUNK = 200


@dataclass(frozen=True, slots=True)
class Item:
    """One rendition as lists show it: its newest entry, and when it first came out."""

    entry: Entry
    lang: str
    first_released_at: datetime


def size() -> int:
    """How many entries there are: the newest seq."""
    return Head.objects.filter(pk=1).values_list("size", flat=True).first() or 0


def head() -> str:
    """The signed head; empty before the first append."""
    return Head.objects.filter(pk=1).values_list("note", flat=True).first() or ""


def last_released_at() -> datetime | None:
    """When the newest entry was appended; None before the first."""
    return Head.objects.filter(pk=1).values_list("released_at", flat=True).first()


def entry(seq: int, groups: frozenset[str] = NOBODY) -> Entry:
    """One entry; NotFound for those who may not read it."""
    found = next(_entries(LogEntry.objects.filter(pk=seq), groups), None)
    if found is None:
        raise NotFound(f"There is no entry {seq} that you may read.")
    return found


def after(seq: int, limit: int, groups: frozenset[str] = NOBODY) -> list[Entry]:
    """Up to `limit` entries after a cursor, in order, of those that may be read."""
    found: list[Entry] = []
    while len(found) < limit:
        rows = list(_entries(LogEntry.objects.filter(seq__gt=seq).order_by("seq")[:_CHUNK], None))
        found += [each for each in rows if each.may_be_read_by(groups)]
        if len(rows) < _CHUNK:
            break
        seq = rows[-1].seq
    return found[:limit]


def tail(seq: int, limit: int) -> list[Entry]:
    """As `after`, every audience: for the house's own readers, which enforce it themselves."""
    return list(_entries(LogEntry.objects.filter(seq__gt=seq).order_by("seq")[:limit], None))


def between(first: int, last: int, groups: frozenset[str] = NOBODY) -> list[Entry]:
    """The entries of a fixed range of seqs, both ends included: an archive page."""
    return list(_entries(LogEntry.objects.filter(seq__range=(first, last)).order_by("seq"), groups))


def canceled(seqs: Iterable[int]) -> dict[int, int]:
    """Of some entries those that were taken back, and by which."""
    rows = LogEntry.objects.filter(seq__in=list(seqs)).values_list("seq", "canceled_by")
    return {seq: by for seq, by in rows if by is not None}


def story(key: str, groups: frozenset[str] = NOBODY) -> list[Entry]:
    """All entries of one release, in order; `key` is its guid or the random part of it. NotFound if none."""
    rows = LogEntry.objects.filter(key=key.rpartition(":")[2]).order_by("seq")
    found = list(_entries(rows, groups))
    if not found:
        raise NotFound("There is no such release on this wire.")
    return found


def whole_story(key: str) -> list[Entry]:
    """All entries of one release, every audience: for its desk and its issuer, who wrote them."""
    return list(_entries(LogEntry.objects.filter(key=key.rpartition(":")[2]).order_by("seq"), None))


def current(
    lang: str, groups: frozenset[str] = NOBODY, *, sector: str = "", before: int = 0, limit: int = 30
) -> list[Item]:
    """The newest entry of each rendition in a language, newest first."""
    rows = LogLang.objects.filter(lang=lang, current=True)
    if sector:
        rows = rows.filter(entry__in_sectors__sector=sector)
    if before:
        rows = rows.filter(entry__lt=before)
    found: list[Item] = []
    for row in (
        rows.select_related("entry").prefetch_related("entry__parts").order_by("-entry").iterator(chunk_size=_CHUNK)
    ):
        shown = _value(row.entry)
        if shown.may_be_read_by(groups):
            found.append(Item(shown, lang, row.first_released_at))
        if len(found) == limit:
            break
    return found


def renditions(first: int, last: int, groups: frozenset[str] = NOBODY) -> list[Item]:
    """The renditions whose newest entry lies in a range of seqs and is not canceled: their headers, without parts."""
    rows = LogLang.objects.filter(entry__seq__range=(first, last), current=True, entry__canceled_by=None)
    found = [
        Item(Entry(json.loads(bytes(row.entry.header))), row.lang, row.first_released_at)
        for row in rows.select_related("entry").order_by("entry", "lang")
    ]
    return [each for each in found if each.entry.may_be_read_by(groups) and not each.entry.canceled]


def nearest(lang: str, sector: str = "", *, before: int = 0, after: int = 0) -> int | None:
    """The last seq before one, or the first after one, that touched a language and is of a sector."""
    rows = LogLang.objects.filter(lang=lang)
    if sector:
        rows = rows.filter(entry__in_sectors__sector=sector)
    near = rows.filter(entry__lt=before) if before else rows.filter(entry__gt=after)
    rows = near.order_by("-entry" if before else "entry")
    return rows.values_list("entry", flat=True).first()


def first_released(guids: Iterable[str], lang: str) -> dict[str, datetime]:
    """When each story first came out in a language."""
    rows = LogLang.objects.filter(guid__in=list(guids), lang=lang).order_by("-entry")
    return {row.guid: row.first_released_at for row in rows}


def languages() -> list[str]:
    """The languages that anything has come out in."""
    return sorted(LogLang.objects.values_list("lang", flat=True).distinct())


def _entries(rows: QuerySet[LogEntry], groups: frozenset[str] | None) -> Iterator[Entry]:
    for row in rows.prefetch_related("parts"):
        found = _value(row)
        if groups is None or found.may_be_read_by(groups):
            yield found


def _value(row: LogEntry) -> Entry:
    parts = list(row.parts.all())
    canceled = row.canceled_by is not None
    return Entry(
        header=json.loads(bytes(row.header)),
        parts={part.name: None if canceled or part.content is None else json.loads(part.content) for part in parts},
        salts={part.name: part.salt for part in parts if part.salt and not canceled},
        canceled_by=row.canceled_by,
    )
