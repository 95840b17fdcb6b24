"""The streams of one edge: entries in, frames out. A frame is encoded once for each language. Pure."""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import repeat

from dateline.edge.crowd import Band, Crowd, Stream, best
from dateline.edge.fairness import Fairness
from dateline.edge.ring import Kept, Ring
from dateline.edge.sending import Marks, write_all
from dateline.edge.wishes import Wishes
from dateline.formats.frame import Frame
from dateline.words.entry import Entry
from dateline.words.wire import Wire

# A replay goes on in steps: as many entries as fill less than the buffer that a stream has.
STEP = 100
# Steps of replays that are kept until the next entry: a herd that comes back was cut off at the same seq.
_MOST_STEPS = 1000

Write = Callable[[Sequence[Stream], Iterable[bytes]], Marks]


class Hub:
    """Entries in, frames out. `kept` is how many entries can be replayed; `begun` is false until the log is known."""

    def __init__(self, wire: Wire, kept: int = 10_000, write: Write = write_all) -> None:
        self.begun = False
        self.written = 0
        self.gaps = 0
        self.fairness = Fairness()
        self._wire = wire
        self._ring = Ring(wire, kept)
        self._crowd = Crowd()
        self._write = write
        self._steps: dict[tuple[Wishes, int], tuple[Frame, ...]] = {}

    @property
    def seq(self) -> int:
        """The newest entry."""
        return self._ring.seq

    def add(self, *entries: Entry) -> None:
        """More entries of the log, those that came together: keep them, and write to each stream what concerns it.

        What is known already changes nothing.
        """
        self._steps.clear()
        fresh: list[Kept] = []
        for entry in entries:
            if entry.seq <= self.seq:
                continue
            if self.begun and entry.seq > self.seq + 1:
                self._release(fresh)
                fresh = []
                for stream in self.all():
                    self._say_gap(stream, self.seq + 1, entry.seq - 1)
            self.begun = True
            fresh.append(self._ring.take(entry))
        self._release(fresh)

    def join(self, stream: Stream) -> None:
        """Let a stream in, from now on."""
        self._crowd.join(stream)

    def leave(self, stream: Stream) -> None:
        self._crowd.leave(stream)

    def all(self) -> Iterator[Stream]:
        """Every stream that is live."""
        return iter(self._crowd)

    def settle(self) -> None:
        """What can be done while nothing is to be written: draw the order of the next write, compress bodies."""
        self._crowd.draw()
        self._ring.bodies.settle()

    def replay(self, stream: Stream, cursor: int) -> int:
        """Write the next few entries after the cursor to a stream that is not live yet; return how far it is now.

        It may join once that is `seq`. What can no longer be replayed, it is told.
        """
        if cursor > self.seq:
            # It comes from another log, a longer one that was lost. Its cursor is set back to this one's.
            self._say_gap(stream, self.seq + 1, cursor)
            stream.send(stream.dialect.heartbeat(self.seq))
            stream.prev = self.seq
            return self.seq
        first = max(self._ring.first, self._ring.bodies.since) if stream.wishes.words else self._ring.first
        if cursor < first - 1:
            self._say_gap(stream, cursor + 1, first - 1)
            cursor = first - 1
        reached = min(cursor + STEP, self.seq)
        wanted = self._step(stream.wishes, cursor)
        # Together: what lies before a heartbeat must have come when its id does.
        stream.send(stream.dialect.frames(wanted, stream.prev) + stream.dialect.heartbeat(reached))
        stream.prev = wanted[-1].seq if wanted else stream.prev
        self.written += len(wanted)
        return reached

    def _step(self, wishes: Wishes, cursor: int) -> tuple[Frame, ...]:
        found = self._steps.get((wishes, cursor))
        if found is None:
            missed = self._ring.after(cursor, STEP)
            chosen = ((kept, best(wishes, kept, self._ring.text)) for kept in missed)
            found = tuple(self._ring.frame(kept, lang) for kept, lang in chosen if lang is not None)
            if len(self._steps) >= _MOST_STEPS:
                self._steps.clear()
            self._steps[wishes, cursor] = found
        return found

    def _release(self, fresh: Sequence[Kept]) -> None:
        """Decide per band, join per predecessor, one write a stream; their order is drawn anew."""
        # What was taken back by what came with it has no text by now.
        entries = [self._ring.newest(kept) for kept in fresh]
        queues: dict[Band, list[Frame]] = {}
        for kept in entries:
            wanting = self._crowd.wanting(kept, self._ring.text)
            frames = {lang: self._ring.frame(kept, lang) for lang in set(wanting.values())}
            for band, lang in wanting.items():
                if band in queues:
                    queues[band].append(frames[lang])
                else:
                    queues[band] = [frames[lang]]
            self.fairness.expect(kept, sum(map(len, wanting)))
        streams, datas = self._in_turn(self._writes(queues))
        self.fairness.note(entries, self._write(streams, datas))

    def _writes(self, queues: dict[Band, list[Frame]]) -> list[tuple[Sequence[Stream], bytes]]:
        joined: dict[tuple[str, int, tuple[int, ...]], bytes] = {}
        writes: list[tuple[Sequence[Stream], bytes]] = []
        for band, found in queues.items():
            same = (id(found[0]),) if len(found) == 1 else tuple(map(id, found))
            for streams, prev in band.take(found[-1].seq):
                key = band.dialect.name, prev, same
                data = joined.get(key)
                if data is None:
                    data = joined[key] = band.dialect.frames(found, prev)
                writes.append((streams, data))
                self.written += len(streams) * len(found)
        return writes

    def _say_gap(self, stream: Stream, first: int, last: int) -> None:
        self.gaps += 1
        fetch = f"{self._wire.base_url}/api/v1/wire?after={first - 1}"
        stream.send(stream.dialect.event("gap", {"from": first, "to": last, "fetch": fetch}, last))

    @staticmethod
    def _in_turn(writes: Sequence[tuple[Sequence[Stream], bytes]]) -> tuple[Sequence[Stream], Iterable[bytes]]:
        """Streams and their bytes, in an order that favours nobody. One band's was drawn already."""
        if len(writes) == 1:
            ((streams, data),) = writes
            return streams, repeat(data)
        each = [(stream, data) for streams, data in writes for stream in streams]
        random.shuffle(each)
        return [stream for stream, _ in each], [data for _, data in each]
