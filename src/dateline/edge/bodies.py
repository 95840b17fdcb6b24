"""What the newest entries say, for rules with words: as it came at first, later compressed, and never too much of it.

What was taken back or erased goes from here at once. A desktop that asks for words, and was away for longer than is
kept here, is told of a gap.
"""

import json
import zlib
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import replace

from dateline.routing import texts
from dateline.routing.texts import Text
from dateline.words.entry import Entry

# Compressed bytes of all bodies together.
LIMIT = 64 * 1024 * 1024
# As many are compressed in one go as do not hold up what is live: a few milliseconds.
_STEP = 10
# Texts that are kept ready for the next who asks: a herd that comes back was cut off at the same seq.
_READY = 200


class Bodies:
    """The bodies by seq. `since` is the oldest seq from which on none was let go for want of room."""

    def __init__(self, limit: int = LIMIT) -> None:
        self.since = 0
        self._limit = limit
        self._size = 0
        self._fresh: OrderedDict[int, Entry] = OrderedDict()
        self._packed: OrderedDict[int, bytes] = OrderedDict()
        self._ready: OrderedDict[int, Text] = OrderedDict()

    def take(self, entry: Entry) -> None:
        """Keep what a newer entry says."""
        if not self._fresh and not self._packed:
            self.since = entry.seq
        self._fresh[entry.seq] = entry

    def text(self, entry: Entry) -> Text | None:
        """What an entry says, made ready to be searched when that is asked for; None if it is not here."""
        found = self._ready.get(entry.seq)
        if found is None:
            whole = self._whole(entry)
            if whole is None:
                return None
            found = self._ready[entry.seq] = texts.text(whole)
            if len(self._ready) > _READY:
                self._ready.popitem(last=False)
        return found

    def drop(self, seqs: Iterable[int]) -> None:
        """Forget what these say: it was taken back, or is too old to be replayed."""
        for seq in seqs:
            self._fresh.pop(seq, None)
            self._ready.pop(seq, None)
            self._size -= len(self._packed.pop(seq, b""))

    def settle(self) -> None:
        """Compress some of what is still as it came, and let the oldest go if there is too much."""
        for _ in range(min(_STEP, len(self._fresh))):
            seq, entry = self._fresh.popitem(last=False)
            packed = zlib.compress(json.dumps(entry.parts, ensure_ascii=False).encode(), 1)
            self._packed[seq] = packed
            self._size += len(packed)
        while self._size > self._limit:
            seq, packed = self._packed.popitem(last=False)
            self._size -= len(packed)
            self._ready.pop(seq, None)
            self.since = seq + 1

    def _whole(self, entry: Entry) -> Entry | None:
        fresh = self._fresh.get(entry.seq)
        if fresh is not None:
            return fresh
        packed = self._packed.get(entry.seq)
        return replace(entry, parts=json.loads(zlib.decompress(packed))) if packed is not None else None
