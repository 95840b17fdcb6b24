"""An index as bytes, so that whoever matches is warm in a second. Pure.

Bitmaps as Roaring writes them, the codes of all slots as one run of bytes, owners and rules as numbers; all but the
bitmaps compressed. It is stamped with what it was made by: of another version it is not used, but built anew from the
database, which is the truth.
"""

import hashlib
import json
import struct
import zlib
from array import array
from collections.abc import Iterator
from itertools import accumulate

from pyroaring import BitMap

from dateline.routing.index import ATTRIBUTES, Index
from dateline.routing.slots import Slots
from dateline.words import sectors, segment

_MAGIC = b"dateline routing 2\n"
_LENGTH = struct.Struct("<Q")


class Stale(Exception):
    """The snapshot is of another version, or not whole; the index is to be built from the database."""


def stamp() -> list[str]:
    """The versions that an index depends on: of the sectors' tree, of the normaliser, of the attributes."""
    tree = hashlib.sha256("\n".join(sectors.all_codes()).encode()).hexdigest()[:12]
    return [f"sectors-{tree}", segment.VERSION, ",".join(ATTRIBUTES)]


def dump(index: Index, revision: int) -> bytes:
    """The index as of a revision of the profiles."""
    slots = index.slots
    head = {"stamp": stamp(), "revision": revision, "free": slots.free(), "spare": slots.spare(), "names": slots.names}
    bitmaps = [*(slots.careless[name] for name in ATTRIBUTES), slots.worded, slots.enough, slots.unposted]
    lengths, codes = slots.codes()
    postings = [_bitmap(slots.posted(number)) for number in range(len(slots.names))]
    parts = [
        zlib.compress(json.dumps(head, ensure_ascii=False).encode(), 1),
        b"".join(_sized(_bitmap(each)) for each in bitmaps),
        zlib.compress(array("I", map(len, postings)).tobytes(), 1),
        b"".join(postings),
        zlib.compress(slots.owners.tobytes(), 1),
        zlib.compress(slots.rules.tobytes(), 1),
        zlib.compress(lengths, 1),
        zlib.compress(codes, 1),
    ]
    return _MAGIC + b"".join(map(_sized, parts))


def load(data: bytes) -> tuple[Index, int]:
    """The index and its revision; Stale if it cannot be used."""
    if not data.startswith(_MAGIC):
        raise Stale("it is no snapshot of this version")
    try:
        head, bitmaps, sizes, postings, owners, rules, lengths, codes = _parts(memoryview(data)[len(_MAGIC) :])
        told = json.loads(zlib.decompress(head))
        if told["stamp"] != stamp():
            raise Stale(f"it was made by {told['stamp']}")
        found = [BitMap.deserialize(bytes(each)) for each in _parts(bitmaps)]
        slots = Slots(ATTRIBUTES)
        slots.fill(
            names=told["names"],
            bitmaps=found,
            postings=_cut(bytes(postings), sizes),
            spare=told["spare"],
            owners=_numbers(owners),
            rules=_numbers(rules),
            lengths=zlib.decompress(lengths),
            codes=zlib.decompress(codes),
            free=told["free"],
        )
    except (ValueError, KeyError, IndexError, struct.error, zlib.error) as broken:
        raise Stale(f"it is not whole: {type(broken).__name__}") from None
    return Index(slots), int(told["revision"])


def _bitmap(bitmap: BitMap) -> bytes:
    bitmap.run_optimize()
    return bytes(bitmap.serialize())


def _sized(part: bytes) -> bytes:
    return _LENGTH.pack(len(part)) + part


def _parts(data: memoryview) -> Iterator[memoryview]:
    place = 0
    while place < len(data):
        (size,) = _LENGTH.unpack_from(data, place)
        place += _LENGTH.size
        if place + size > len(data):
            raise ValueError("cut off")
        yield data[place : place + size]
        place += size


def _cut(postings: bytes, sizes: memoryview) -> list[BitMap | bytes]:
    """Each posting as it was written."""
    lengths = array("I")
    lengths.frombytes(zlib.decompress(sizes))
    ends = list(accumulate(lengths))
    if (ends[-1] if ends else 0) != len(postings):
        raise ValueError("cut off")
    return [postings[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def _numbers(part: memoryview) -> "array[int]":
    found = array("q")
    found.frombytes(zlib.decompress(part))
    return found
