"""The streams of one edge. Streams with the same wishes are decided about once; a frame is encoded once. Pure."""

import random
from collections import defaultdict
from collections.abc import Iterator
from typing import Protocol

from dateline.edge.ring import Kept, Ring
from dateline.edge.wishes import Wishes
from dateline.formats import frame as frames
from dateline.words.entry import Entry
from dateline.words.wire import Wire

# A replay goes on in steps: as many entries as fill less than the buffer that a stream has.
STEP = 100


class Stream(Protocol):
    """A connected desktop: what it wants, and the seq of the last frame that it was sent."""

    wishes: Wishes
    prev: int

    def send(self, data: bytes) -> None: ...


class Hub:
    """Entries in, frames out. `kept` is how many entries can be replayed; `begun` is false until the log is known."""

    def __init__(self, wire: Wire, kept: int = 10_000) -> None:
        self.begun = False
        self.written = 0
        self.gaps = 0
        self._wire = wire
        self._ring = Ring(wire, kept)
        self._streams: dict[Wishes, set[Stream]] = defaultdict(set)

    @property
    def seq(self) -> int:
        """The newest entry."""
        return self._ring.seq

    def add(self, entry: Entry) -> None:
        """One more entry of the log: keep it, and write it to whom it concerns. One that is known changes nothing."""
        if entry.seq <= self.seq:
            return
        if self.begun and entry.seq > self.seq + 1:
            for stream in self.all():
                self._say_gap(stream, self.seq + 1, entry.seq - 1)
        self.begun = True
        self._write(self._ring.take(entry))

    def join(self, stream: Stream) -> None:
        """Let a stream in, from now on."""
        self._streams[stream.wishes].add(stream)

    def leave(self, stream: Stream) -> None:
        group = self._streams.get(stream.wishes)
        if group is not None:
            group.discard(stream)
            if not group:
                del self._streams[stream.wishes]

    def all(self) -> Iterator[Stream]:
        """Every stream that is live."""
        for group in list(self._streams.values()):
            yield from list(group)

    def replay(self, stream: Stream, cursor: int) -> int:
        """Write the next few entries after the cursor to a stream that is not live yet; return how far it is now.

        It may join once that is `seq`. What can no longer be replayed, it is told.
        """
        if cursor > self.seq:
            # It comes from another log, a longer one that was lost. Its cursor is set back to this one's.
            self._say_gap(stream, self.seq + 1, cursor)
            stream.send(frames.heartbeat(self.seq))
            stream.prev = self.seq
            return self.seq
        if cursor < self._ring.first - 1:
            self._say_gap(stream, cursor + 1, self._ring.first - 1)
            cursor = self._ring.first - 1
        missed = self._ring.after(cursor, STEP)
        data = [frame for kept in missed if (frame := self._frame(stream, kept))]
        reached = missed[-1].seq if missed else cursor
        stream.send(b"".join(data) + frames.heartbeat(reached))
        self.written += len(data)
        return reached

    def _frame(self, stream: Stream, kept: Kept) -> bytes:
        """The entry as this stream gets it; empty if it is not for it."""
        lang = stream.wishes.best(kept)
        if lang is None:
            return b""
        data = self._ring.frame(kept, lang).bytes(stream.prev)
        stream.prev = kept.seq
        return data

    def _write(self, kept: Kept) -> None:
        """Decide per wishes, encode per language, join per predecessor; the order of writing is drawn anew."""
        joined: dict[str, dict[int, bytes]] = defaultdict(dict)
        writes: list[tuple[Stream, bytes]] = []
        for wishes, group in self._streams.items():
            lang = wishes.best(kept)
            if lang is None:
                continue
            made, ready = self._ring.frame(kept, lang), joined[lang]
            for stream in group:
                data = ready.get(stream.prev)
                if data is None:
                    data = ready[stream.prev] = made.bytes(stream.prev)
                stream.prev = kept.seq
                writes.append((stream, data))
        random.shuffle(writes)
        for stream, data in writes:
            stream.send(data)
        self.written += len(writes)

    def _say_gap(self, stream: Stream, first: int, last: int) -> None:
        self.gaps += 1
        stream.send(frames.gap(first, last, f"{self._wire.base_url}/api/v1/wire?after={first - 1}"))
