"""Who is connected, and who of them wants an entry. Streams with the same wishes are decided about once. Pure."""

import random
from collections.abc import Iterator, Sequence
from itertools import count
from typing import Protocol

from dateline.edge.dialects import Dialect
from dateline.edge.ring import Facts, Kept
from dateline.edge.sending import Recipient
from dateline.edge.wishes import Wishes
from dateline.formats.frame import Frame
from dateline.routing.index import Index, Wants


class Stream(Recipient, Protocol):
    """A connected desktop: what it wants, how it is spoken to, and the seq of the last frame that it was sent."""

    wishes: Wishes
    dialect: Dialect
    prev: int


class Band:
    """The live streams that want the same in the same dialect.

    Those in `level` had the same last frame, `prev`, and share the bytes of the next; who has just come has its own.
    """

    __slots__ = ("_order", "dialect", "fresh", "level", "prev", "rules", "wishes")

    def __init__(self, wishes: Wishes, dialect: Dialect, rules: range) -> None:
        self.wishes, self.dialect, self.rules = wishes, dialect, rules
        self.prev = 0
        self.level: dict[Stream, None] = {}
        self.fresh: dict[Stream, None] = {}
        self._order: list[Stream] | None = None

    def __len__(self) -> int:
        return len(self.level) + len(self.fresh)

    def join(self, stream: Stream) -> None:
        self.fresh[stream] = None

    def leave(self, stream: Stream) -> None:
        if stream in self.level:
            del self.level[stream]
            stream.prev = self.prev
            self._order = None
        self.fresh.pop(stream, None)

    def draw(self) -> None:
        """Draw the order of the next write, while there is time."""
        if self._order is None:
            self._order = list(self.level)
            random.shuffle(self._order)

    def take(self, found: Sequence[Frame], seq: int) -> Iterator[tuple[Sequence[Stream], int]]:
        """Who is to be written these frames, by the seq that came before them; all are level afterwards."""
        if self.level:
            self.draw()
            order, self._order = self._order or [], None
            yield order, self.prev
        for stream in self.fresh:
            yield (stream,), stream.prev
        self.level |= self.fresh
        self.fresh = {}
        self.prev = seq


class Crowd:
    """All live streams of an edge, by band, and the index over the bands' rules."""

    def __init__(self) -> None:
        self._index = Index()
        self._bands: dict[tuple[Wishes, str], Band] = {}
        self._owners: dict[int, Band] = {}
        self._numbers = count()

    def __iter__(self) -> Iterator[Stream]:
        for band in list(self._bands.values()):
            yield from [*band.level, *band.fresh]

    def join(self, stream: Stream) -> None:
        key = stream.wishes, stream.dialect.name
        band = self._bands.get(key)
        if band is None:
            band = self._bands[key] = self._made(stream)
        band.join(stream)

    def leave(self, stream: Stream) -> None:
        key = stream.wishes, stream.dialect.name
        band = self._bands.get(key)
        if band is None:
            return
        band.leave(stream)
        if not band:
            del self._bands[key]
            del self._owners[band.rules.start]
            for rule in band.rules:
                self._index.drop(rule)

    def draw(self) -> None:
        """Draw each band's next order of writing."""
        for band in self._bands.values():
            band.draw()

    def wanting(self, kept: Kept) -> dict[Band, str]:
        """Each band that gets the entry, and in which language.

        What replaces an entry that a stream may have had goes to it too: in the language that it had, or else in the
        one that it was written in. Text goes only to those who may read it now; that something was taken back, to all.
        """
        found = self._matched(kept.facts)
        if not kept.replaces:
            return found
        for earlier in kept.earlier:
            for band, had in self._matched(earlier).items():
                if band not in found and may_be_told(kept, band.wishes):
                    lang = instead(had, kept.facts)
                    if lang is not None:
                        found[band] = lang
        return found

    def _matched(self, facts: Facts) -> dict[Band, str]:
        """The bands of which a rule matches and that may read it, each with its language."""
        found: dict[Band, str] = {}
        chosen: dict[object, str | None] = {}
        for owner, rules in self._index.owners(facts.values).items():
            band = self._owners[owner]
            wishes = band.wishes
            if not facts.may_be_read_by(wishes.groups):
                continue
            key = (wishes.langs, wishes.only, *(rule.languages for rule in rules))
            if key not in chosen:
                chosen[key] = wishes.language(rules, facts)
            lang = chosen[key]
            if lang is not None:
                found[band] = lang
        return found

    def _made(self, stream: Stream) -> Band:
        first = next(self._numbers)
        rules = range(first, first + len(stream.wishes.rules))
        for _ in rules[1:]:
            next(self._numbers)
        band = Band(stream.wishes, stream.dialect, rules)
        self._owners[first] = band
        for number, wants in zip(rules, stream.wishes.rules, strict=True):
            self._index.put(number, first, wants)
        return band


def best(wishes: Wishes, kept: Kept) -> str | None:
    """The language in which one stream gets an entry, decided for it alone, as it is for one that catches up."""
    lang = _wants(wishes, kept.facts)
    if lang is not None or not kept.replaces or not may_be_told(kept, wishes):
        return lang
    had = next((lang for facts in kept.earlier if (lang := _wants(wishes, facts)) is not None), None)
    return None if had is None else instead(had, kept.facts)


def may_be_told(kept: Kept, wishes: Wishes) -> bool:
    """Whether what replaces an entry may go to whom has had that one."""
    return kept.takes_back or kept.facts.may_be_read_by(wishes.groups)


def instead(had: str, facts: Facts) -> str | None:
    """The language of what comes in the place of an entry that was had in one."""
    return had if had in facts.langs else facts.first_lang


def _wants(wishes: Wishes, facts: Facts) -> str | None:
    if not facts.may_be_read_by(wishes.groups):
        return None
    rules = [rule for rule in wishes.rules if _satisfied(rule, facts)]
    return wishes.language(rules, facts) if rules else None


def _satisfied(rule: Wants, facts: Facts) -> bool:
    asks = all(not values.isdisjoint(facts.values[name]) for name, values in rule.asks.items() if values)
    return asks and all(values.isdisjoint(facts.values[name]) for name, values in rule.refuses.items())
