"""The streams of one edge, and the entries it keeps for replay.

An entry is encoded once per language. Streams with the same wishes are decided about once.
"""

import random
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Protocol

from dateline.edge.wishes import Wishes
from dateline.formats import frame as frames
from dateline.formats.frame import Frame
from dateline.words.entry import Entry
from dateline.words.release import Signal
from dateline.words.wire import Wire


class Stream(Protocol):
    """A connected desktop: what it wants, and the seq of the last frame that it was sent."""

    wishes: Wishes
    prev: int

    def send(self, data: bytes) -> None: ...


class Hub:
    """Entries in, frames out. `kept` is how many entries can be replayed."""

    def __init__(self, wire: Wire, kept: int = 10_000) -> None:
        self.wire = wire
        self.seq = 0
        self.streams: dict[Wishes, set[Stream]] = defaultdict(set)
        self.written = 0
        self._ring: deque[Entry] = deque(maxlen=kept)
        self._frames: dict[tuple[int, str], Frame] = {}

    @property
    def count(self) -> int:
        return sum(len(each) for each in self.streams.values())

    @property
    def first(self) -> int:
        """The oldest seq that can be replayed."""
        return self._ring[0].seq if self._ring else self.seq + 1

    def add(self, entry: Entry) -> None:
        """One more entry of the log: keep it, and write it to whom it concerns."""
        if entry.seq <= self.seq:
            return
        lost = (self.seq + 1, entry.seq - 1) if self.seq and entry.seq > self.seq + 1 else None
        self._take_back(entry)
        self._keep(entry)
        self.seq = entry.seq
        if lost:
            self._say_gap(*lost)
        self._write(entry)

    def join(self, stream: Stream, cursor: int | None) -> None:
        """Let a stream in: replay what came after its cursor, say what can no longer be replayed, then live."""
        if cursor is not None:
            self._replay(stream, cursor)
        self.streams[stream.wishes].add(stream)

    def leave(self, stream: Stream) -> None:
        group = self.streams.get(stream.wishes)
        if group is not None:
            group.discard(stream)
            if not group:
                del self.streams[stream.wishes]

    def all(self) -> Iterator[Stream]:
        for group in list(self.streams.values()):
            yield from list(group)

    def beat(self) -> None:
        """A heartbeat with the last seq considered, to every stream."""
        data = frames.heartbeat(self.seq)
        for stream in self.all():
            stream.send(data)

    def _keep(self, entry: Entry) -> None:
        if len(self._ring) == self._ring.maxlen:
            gone = self._ring[0]
            for lang in gone.langs:
                self._frames.pop((gone.seq, lang), None)
        self._ring.append(entry)

    def _frame(self, entry: Entry, lang: str) -> Frame:
        made = self._frames.get((entry.seq, lang))
        if made is None:
            made = self._frames[entry.seq, lang] = frames.frame(entry, lang, self.wire)
        return made

    def _write(self, entry: Entry) -> None:
        """Decide per wishes, encode per language, join per predecessor; the order of writing is drawn anew."""
        joined: dict[tuple[str, int], bytes] = {}
        writes: list[tuple[Stream, bytes]] = []
        for wishes, group in self.streams.items():
            lang = wishes.best(entry)
            if lang is None:
                continue
            made = self._frame(entry, lang)
            for stream in group:
                data = joined.get((lang, stream.prev))
                if data is None:
                    data = joined[lang, stream.prev] = made.bytes(stream.prev)
                stream.prev = entry.seq
                writes.append((stream, data))
        random.shuffle(writes)
        for stream, data in writes:
            stream.send(data)
        self.written += len(writes)

    def _replay(self, stream: Stream, cursor: int) -> None:
        stream.prev = cursor
        if cursor > self.seq:
            # A cursor that this log has not reached: the client has seen another log, and must be told.
            stream.send(frames.gap(self.seq + 1, cursor, self._fetch(self.seq)))
            stream.prev = self.seq
            return
        if cursor < self.first - 1:
            stream.send(frames.gap(cursor + 1, self.first - 1, self._fetch(cursor)))
        for entry in self._ring:
            lang = stream.wishes.best(entry) if entry.seq > cursor else None
            if lang is not None:
                stream.send(self._frame(entry, lang).bytes(stream.prev))
                stream.prev = entry.seq
                self.written += 1

    def _say_gap(self, first: int, last: int) -> None:
        data = frames.gap(first, last, self._fetch(first - 1))
        for stream in self.all():
            stream.send(data)

    def _fetch(self, after: int) -> str:
        return f"{self.wire.base_url}/api/v1/wire?after={after}"

    def _take_back(self, entry: Entry) -> None:
        """What a withdrawal or an erasure takes back loses its text here too, before anybody can replay it."""
        if entry.signal is Signal.WITHDRAWAL:
            self._change(entry.guid, lambda old: replace(old, canceled_by=entry.seq, parts=dict.fromkeys(old.parts)))
        if entry.signal is Signal.ERASURE:
            gone = set(entry.header.get("erased", ()))
            self._change(entry.guid, lambda old: replace(old, parts=_without(old, gone)))

    def _change(self, guid: str, change: Callable[[Entry], Entry]) -> None:
        for index, old in enumerate(self._ring):
            if old.guid == guid:
                self._ring[index] = change(old)
                for lang in old.langs:
                    self._frames.pop((old.seq, lang), None)


def _without(entry: Entry, gone: set[str]) -> dict[str, object]:
    return {name: None if f"{entry.seq}:{name}" in gone else part for name, part in entry.parts.items()}
