"""The streams of one edge. Streams with the same wishes are decided about once; a frame is encoded once. Pure."""

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from dateline.edge.ring import Kept, Ring
from dateline.edge.wishes import Wishes
from dateline.formats import frame as frames
from dateline.formats.frame import Frame
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

    def add(self, *entries: Entry) -> None:
        """More entries of the log, those that came together: keep them, and write to each stream what concerns it.

        What is known already changes nothing.
        """
        fresh: list[Kept] = []
        for entry in entries:
            if entry.seq <= self.seq:
                continue
            if self.begun and entry.seq > self.seq + 1:
                self._write(fresh)
                fresh = []
                for stream in self.all():
                    self._say_gap(stream, self.seq + 1, entry.seq - 1)
            self.begun = True
            fresh.append(self._ring.take(entry))
        self._write(fresh)

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
        wanted = self._wanted(stream.wishes, missed)
        reached = missed[-1].seq if missed else cursor
        stream.send(self._joined(wanted, stream.prev) + frames.heartbeat(reached))
        stream.prev = wanted[-1].seq if wanted else stream.prev
        self.written += len(wanted)
        return reached

    def _wanted(self, wishes: Wishes, entries: Iterable[Kept]) -> tuple[Frame, ...]:
        return tuple(self._ring.frame(kept, lang) for kept in entries if (lang := wishes.best(kept)) is not None)

    def _joined(self, wanted: Iterable[Frame], prev: int) -> bytes:
        """These frames one after the other, each saying which came before it."""
        parts = []
        for frame in wanted:
            parts.append(frame.bytes(prev))
            prev = frame.seq
        return b"".join(parts)

    def _write(self, fresh: Sequence[Kept]) -> None:
        """Decide per wishes, join per predecessor, one write a stream; their order is drawn anew."""
        # What was taken back by what came with it has no text by now.
        entries = [self._ring.newest(kept) for kept in fresh]
        joined: dict[tuple[tuple[Frame, ...], int], bytes] = {}
        writes: list[tuple[Stream, bytes]] = []
        for wishes, group in self._streams.items():
            wanted = self._wanted(wishes, entries)
            if not wanted:
                continue
            ready: dict[int, bytes] = {}
            for stream in group:
                data = ready.get(stream.prev)
                if data is None:
                    data = joined.get((wanted, stream.prev)) or self._joined(wanted, stream.prev)
                    ready[stream.prev] = joined[wanted, stream.prev] = data
                stream.prev = wanted[-1].seq
                writes.append((stream, data))
            self.written += len(wanted) * len(group)
        random.shuffle(writes)
        for stream, data in writes:
            stream.send(data)

    def _say_gap(self, stream: Stream, first: int, last: int) -> None:
        self.gaps += 1
        stream.send(frames.gap(first, last, f"{self._wire.base_url}/api/v1/wire?after={first - 1}"))
