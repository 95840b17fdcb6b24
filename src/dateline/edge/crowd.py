"""Who is connected, and who of them wants an entry. Streams with the same wishes are decided about once. Pure."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import count
from typing import Protocol

from dateline.edge.dialects import Dialect
from dateline.edge.ring import Facts, Kept
from dateline.edge.sending import Recipient
from dateline.edge.wishes import Wishes
from dateline.routing.index import Index, Wants, satisfies
from dateline.routing.texts import Text
from dateline.words.entry import PUBLIC, Entry

# What an entry says, for rules with words; None for what was taken back.
Reading = Callable[[Entry], Text | None]


class Stream(Recipient, Protocol):
    """A connected desktop: what it wants, how it is spoken to, and the seq of the last frame that it was sent."""

    wishes: Wishes
    dialect: Dialect
    prev: int


class Band:
    """The live streams that want the same in the same dialect.

    Those in `level` had the same last frame, `prev`, and share the bytes of the next; who has just come has its own.
    `tongue` numbers what its wishes say of languages, where none of its rules names any; else it is -1.
    """

    __slots__ = ("_order", "dialect", "fresh", "level", "prev", "rules", "tongue", "wishes")

    def __init__(self, wishes: Wishes, dialect: Dialect, rules: range, tongue: int) -> None:
        self.wishes, self.dialect, self.rules, self.tongue = wishes, dialect, rules, tongue
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
        if self._order is None and len(self.level) > 1:
            self._order = list(self.level)
            random.shuffle(self._order)

    def take(self, seq: int) -> list[tuple[Sequence[Stream], int]]:
        """Who is to be written frames that end with `seq`, by what came before; all are level afterwards."""
        taken: list[tuple[Sequence[Stream], int]] = []
        if self.level:
            self.draw()
            taken.append((self._order or tuple(self.level), self.prev))
            self._order = None
        if self.fresh:
            taken += [((stream,), stream.prev) for stream in self.fresh]
            self.level |= self.fresh
            self.fresh = {}
        self.prev = seq
        return taken


class Crowd:
    """All live streams of an edge, by band, and the index over the bands' rules."""

    def __init__(self) -> None:
        self._index = Index()
        # Rules with words, without their words: for what was taken back, and can no longer be read.
        self._wordless = Index()
        self._wordless_slots: dict[int, tuple[Band, Wants]] = {}
        self._bands: dict[tuple[Wishes, str], Band] = {}
        self._slots: dict[int, tuple[Band, Wants]] = {}
        self._rules = count()
        self._tongues: dict[tuple[tuple[str, ...], bool], int] = {}

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
            for rule in band.rules:
                self._index.drop(rule)
                self._wordless.drop(rule)

    def draw(self) -> None:
        """Draw each band's next order of writing."""
        for band in self._bands.values():
            band.draw()

    def wanting(self, kept: Kept, text: Reading) -> dict[Band, str]:
        """Each band that gets the entry, and in which language.

        What replaces an entry that a stream may have had goes to it too: in the language that it had, or else in the
        one that it was written in. Text goes only to those who may read it now; that something was taken back, to all.
        """
        found = self._matched(kept.facts, text(kept.entry))
        if not kept.replaces:
            return found
        for entry, facts in kept.earlier:
            for band, had in self._matched(facts, text(entry)).items():
                if band not in found and may_be_told(kept, band.wishes):
                    lang = instead(had, kept.facts)
                    if lang is not None:
                        found[band] = lang
        return found

    def _matched(self, facts: Facts, text: Text | None) -> dict[Band, str]:
        """The bands of which a rule matches and that may read it, each with its language."""
        found: dict[Band, str] = {}
        named: dict[Band, list[Wants]] = {}
        # For each tongue: the language, or None.
        chosen: dict[int, str | None] = {}
        public = PUBLIC in facts.audience
        for band, rule in self._hits(facts, text):
            if not (public or facts.may_be_read_by(band.wishes.groups)):
                continue
            tongue = band.tongue
            if tongue < 0:
                named.setdefault(band, []).append(rule)
                continue
            if tongue not in chosen:
                chosen[tongue] = band.wishes.language((), facts)
            lang = chosen[tongue]
            if lang is not None:
                found[band] = lang
        for band, rules in named.items():
            lang = band.wishes.language(rules, facts)
            if lang is not None:
                found[band] = lang
        return found

    def _hits(self, facts: Facts, text: Text | None) -> Iterator[tuple[Band, Wants]]:
        """The rules that match. Of what cannot be read any more, the words are taken for said: better told than not."""
        yield from (self._slots[slot] for slot in self._index.match(facts.values, text))
        if text is None:
            yield from (self._wordless_slots[slot] for slot in self._wordless.match(facts.values))

    def _made(self, stream: Stream) -> Band:
        wishes = stream.wishes
        first = next(self._rules)
        for _ in wishes.rules[1:]:
            next(self._rules)
        free = not any(rule.languages for rule in wishes.rules)
        tongue = self._tongues.setdefault((wishes.langs, wishes.only), len(self._tongues)) if free else -1
        band = Band(wishes, stream.dialect, range(first, first + len(wishes.rules)), tongue)
        for number, wants in zip(band.rules, wishes.rules, strict=True):
            self._slots[self._index.put(number, first, wants)] = band, wants
            if wants.words is not None:
                slot = self._wordless.put(number, first, wordless(wants))
                self._wordless_slots[slot] = band, wants
        return band


def best(wishes: Wishes, kept: Kept, text: Reading) -> str | None:
    """The language in which one stream gets an entry, decided for it alone, as it is for one that catches up."""
    lang = _wants(wishes, kept.facts, text(kept.entry))
    if lang is not None or not kept.replaces or not may_be_told(kept, wishes):
        return lang
    before = (_wants(wishes, facts, text(entry)) for entry, facts in kept.earlier)
    had = next((lang for lang in before if lang is not None), None)
    return None if had is None else instead(had, kept.facts)


def may_be_told(kept: Kept, wishes: Wishes) -> bool:
    """Whether what replaces an entry may go to whom has had that one."""
    return kept.takes_back or kept.facts.may_be_read_by(wishes.groups)


def instead(had: str, facts: Facts) -> str | None:
    """The language of what comes in the place of an entry that was had in one."""
    return had if had in facts.langs else facts.first_lang


def wordless(wants: Wants) -> Wants:
    """The rule without its words."""
    return replace(wants, words=None, everything=not any((*wants.asks.values(), *wants.refuses.values())))


def _wants(wishes: Wishes, facts: Facts, text: Text | None) -> str | None:
    if not facts.may_be_read_by(wishes.groups):
        return None
    rules = [rule for rule in wishes.rules if _satisfied(rule, facts, text)]
    return wishes.language(rules, facts) if rules else None


def _satisfied(rule: Wants, facts: Facts, text: Text | None) -> bool:
    read = wordless(rule) if text is None and rule.words is not None else rule
    return satisfies(read, facts.values, text)
