"""The newest entries as an edge keeps them: without bodies, ready to be matched, found by seq and by story. Pure."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Self

from dateline.edge.bodies import Bodies
from dateline.formats import frame as frames
from dateline.formats.frame import Frame
from dateline.routing.index import Values, facts
from dateline.routing.texts import Text
from dateline.words.entry import PUBLIC, Entry
from dateline.words.release import Signal
from dateline.words.wire import Wire

REPLACES = frozenset({Signal.CORRECTION, Signal.UPDATE, Signal.WITHDRAWAL, Signal.ERASURE})
TAKES_BACK = frozenset({Signal.WITHDRAWAL, Signal.ERASURE})
# Encoded frames that are kept for the next who asks: about 20 MB.
_MOST_FRAMES = 20_000


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides who wants an entry, worked out once: `values` is for the index, `main` the source language."""

    langs: tuple[str, ...]
    main: str
    audience: frozenset[str]
    values: Values

    @classmethod
    def of(cls, entry: Entry) -> Self:
        return cls(entry.langs, str(entry.header["source_language"]), entry.audience, facts(entry))

    @property
    def first_lang(self) -> str | None:
        """The language it was written in, or the first that it has."""
        return self.main if self.main in self.langs else next(iter(self.langs), None)

    def may_be_read_by(self, groups: frozenset[str]) -> bool:
        """Whether somebody in these audience groups may read it."""
        return PUBLIC in self.audience or not self.audience.isdisjoint(groups)


@dataclass(frozen=True, slots=True)
class Kept:
    """An entry without its bodies.

    `earlier` are its story's entries before it, newest first, with their facts: a correction or a withdrawal must find
    whomever they may have reached. They hold no text, which might have to go.
    """

    entry: Entry
    facts: Facts
    earlier: tuple[tuple[Entry, Facts], ...] = ()

    @classmethod
    def of(cls, entry: Entry, before: "Kept | None" = None) -> Self:
        """The entry, and the one before it in its story."""
        earlier = () if before is None else ((_bare(before.entry), before.facts), *before.earlier)
        return cls(_slim(entry), Facts.of(entry), earlier)

    @property
    def seq(self) -> int:
        return self.entry.seq

    @property
    def replaces(self) -> bool:
        """Whether it goes to all who may have had what came before it."""
        return self.entry.signal in REPLACES

    @property
    def takes_back(self) -> bool:
        """Whether it has no text of its own, and may be told to all who had some."""
        return self.entry.signal in TAKES_BACK


class Ring:
    """The last `size` entries, without a hole. `seq` is the newest, `first` the oldest that is there."""

    def __init__(self, wire: Wire, size: int) -> None:
        self.seq = 0
        self._wire = wire
        self._size = size
        self._kept: dict[int, Kept] = {}
        self._stories: dict[str, list[int]] = defaultdict(list)
        self._frames: dict[tuple[int, str], Frame] = {}
        self.bodies = Bodies()

    @property
    def first(self) -> int:
        return self.seq - len(self._kept) + 1

    def take(self, entry: Entry) -> Kept:
        """Take in a newer entry. What it takes back loses its text here too, before anybody can replay it."""
        if entry.seq != self.seq + 1:
            # What lies behind a hole can no longer be replayed as if nothing were missing.
            self._kept.clear()
            self._stories.clear()
            self._frames.clear()
            self.bodies = Bodies()
        self._take_back(entry)
        story = self._stories[entry.guid]
        kept = Kept.of(entry, self._kept[story[-1]] if story else None)
        story.append(entry.seq)
        self._kept[entry.seq] = kept
        if not entry.canceled:
            self.bodies.take(entry)
        self.seq = entry.seq
        if len(self._kept) > self._size:
            self._let_go(self.first)
        return kept

    def newest(self, kept: Kept) -> Kept:
        """The same entry as it is by now: something later may have taken it back."""
        return self._kept.get(kept.seq, kept)

    def after(self, cursor: int, most: int) -> list[Kept]:
        """Up to `most` entries after a cursor that is not before the oldest."""
        return [self._kept[seq] for seq in range(cursor + 1, min(cursor + most, self.seq) + 1)]

    def frame(self, kept: Kept, lang: str) -> Frame:
        """The frame in one of its languages, encoded once."""
        made = self._frames.get((kept.seq, lang))
        if made is None:
            if len(self._frames) >= _MOST_FRAMES:
                del self._frames[next(iter(self._frames))]
            made = self._frames[kept.seq, lang] = frames.frame(kept.entry, lang, self._wire)
        return made

    def text(self, entry: Entry) -> Text | None:
        """What an entry says, for rules with words; None for what was taken back."""
        return self.bodies.text(entry)

    def _let_go(self, seq: int) -> None:
        gone = self._kept.pop(seq)
        self.bodies.drop((seq,))
        self._forget_frames(gone)
        story = self._stories[gone.entry.guid]
        story.remove(seq)
        if not story:
            del self._stories[gone.entry.guid]

    def _take_back(self, entry: Entry) -> None:
        if entry.signal is Signal.WITHDRAWAL:
            self._change(entry.guid, lambda old: replace(old, canceled_by=entry.seq, parts={}))
        if entry.signal is Signal.ERASURE:
            gone = frozenset(entry.header["erased"])
            self._change(entry.guid, lambda old: replace(old, parts=_without(old, gone)))

    def _change(self, guid: str, change: Callable[[Entry], Entry]) -> None:
        for seq in self._stories.get(guid, ()):
            old = self._kept[seq]
            self._kept[seq] = replace(old, entry=change(old.entry))
            self._forget_frames(old)
            self.bodies.drop((seq,))

    def _forget_frames(self, kept: Kept) -> None:
        for lang in kept.facts.langs:
            self._frames.pop((kept.seq, lang), None)


def _bare(entry: Entry) -> Entry:
    return replace(entry, parts={})


def _slim(entry: Entry) -> Entry:
    """A frame needs the headlines and nothing else; ten thousand bodies in fifteen languages would fill the memory."""
    parts: dict[str, Any] = {
        name: {"headline": part["headline"]}
        for name, part in entry.parts.items()
        if part is not None and name.startswith("rendition/")
    }
    return replace(entry, parts=parts, salts={})


def _without(entry: Entry, gone: frozenset[str]) -> dict[str, Any]:
    return {name: part for name, part in entry.parts.items() if f"{entry.seq}:{name}" not in gone}
