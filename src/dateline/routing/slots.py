"""Rules in slots, kept small: whose they are, what they are posted under, and the postings. Pure.

A rule's keys are numbers, written as variable-length integers (LEB128), about a dozen bytes a rule; keys that come
early, and so the frequent ones, have the short numbers.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from pyroaring import BitMap

_PHRASE = "p"


class Slots:
    """Slot → owner, rule and keys; key → slots.

    What came by a snapshot is kept as one run of bytes; what was put since lies beside it.
    """

    def __init__(self, attributes: Sequence[str]) -> None:
        self.careless = {attribute: BitMap() for attribute in attributes}
        self.worded, self.enough, self.unposted = BitMap(), BitMap(), BitMap()
        self.owners, self.rules = array("q"), array("q")
        self.names: list[str] = []
        # What came by a snapshot stays as it was written until it is asked for: most is never.
        self._postings: list[BitMap | bytes] = []
        self._numbers: dict[str, int] = {}
        self._codes: dict[int, bytes] = {}
        self._old, self._ends = b"", array("Q")
        self._spare: list[int] = []
        self._free: list[int] = []
        self._slots: dict[int, int] | None = {}

    def __len__(self) -> int:
        return len(self.owners) - len(self._free)

    def fill(
        self,
        names: list[str],
        bitmaps: Sequence[BitMap],
        postings: list[BitMap | bytes],
        spare: list[int],
        owners: "array[int]",
        rules: "array[int]",
        lengths: bytes,
        codes: bytes,
        free: list[int],
    ) -> None:
        """Take the place of everything here: what a snapshot has, in its order."""
        careless = len(self.careless)
        self.careless = dict(zip(self.careless, bitmaps, strict=False))
        self.worded, self.enough, self.unposted = bitmaps[careless:]
        self.names, self._postings, self._spare = names, postings, spare
        unused = set(spare)
        living = (pair for pair in enumerate(names) if pair[0] not in unused) if spare else enumerate(names)
        self._numbers = {name: number for number, name in living}
        self.owners, self.rules, self._free = owners, rules, free
        self._old, self._ends = codes, array("Q", accumulate(lengths))
        # Three million numbers are put into a dict when the first rule changes.
        self._slots = None

    def codes(self) -> tuple[bytes, bytes]:
        """How long each slot's code is, and all of them; a code has less than 256 bytes, or is left out."""
        found = [self.code(slot) for slot in range(len(self.owners))]
        if max(map(len, found), default=0) > 255:
            raise ValueError("a rule has too many keys for a snapshot")
        return bytes(map(len, found)), b"".join(found)

    def living(self) -> Iterator[tuple[int, int]]:
        """Owner and number of each rule."""
        free = set(self._free)
        return ((self.owners[slot], self.rules[slot]) for slot in range(len(self.owners)) if slot not in free)

    def spare(self) -> list[int]:
        """The numbers that no key has."""
        return self._spare

    def posted(self, number: int) -> BitMap:
        """The slots posted under the key of a number."""
        found = self._postings[number]
        if isinstance(found, bytes):
            found = self._postings[number] = BitMap.deserialize(found)
        return found

    def free(self) -> list[int]:
        """The slots in which there is no rule."""
        return self._free

    def put(
        self, rule: int, owner: int, keys: Iterable[str], careless: Iterable[str], *, worded: bool, enough: bool
    ) -> int:
        """Put a rule in a slot, post it under its keys, and say which."""
        self.drop(rule)
        slot = self._free.pop() if self._free else len(self.owners)
        if slot == len(self.owners):
            self.owners.append(owner)
            self.rules.append(rule)
        self.owners[slot], self.rules[slot] = owner, rule
        self._of_rule()[rule] = slot
        numbers = [self._number(key) for key in keys]
        for number in numbers:
            self.posted(number).add(slot)
        for attribute in careless:
            self.careless[attribute].add(slot)
        self._codes[slot] = b"".join(map(_leb, numbers))
        if worded:
            self.worded.add(slot)
            (self.enough if enough else self.unposted).add(slot)
            if not enough and any(self.names[number][0] == _PHRASE for number in numbers):
                self.unposted.discard(slot)
        return slot

    def drop(self, rule: int) -> None:
        """Clear the rule's slot, if it has one."""
        slot = self._of_rule().pop(rule, None)
        if slot is None:
            return
        for each in (*self.careless.values(), self.worded, self.enough, self.unposted):
            each.discard(slot)
        for number in _numbers(self.code(slot)):
            self._unpost(number, slot)
        self._codes[slot] = b""
        self._free.append(slot)

    def _of_rule(self) -> dict[int, int]:
        if self._slots is None:
            self._slots = dict(zip(self.rules, range(len(self.rules)), strict=True))
            for slot in self._free:
                if self._slots.get(self.rules[slot]) == slot:
                    del self._slots[self.rules[slot]]
        return self._slots

    def code(self, slot: int) -> bytes:
        """The numbers of all that the rule of a slot is posted under; rules that ask for the same have the same."""
        code = self._codes.get(slot)
        if code is not None or slot >= len(self._ends):
            return code or b""
        return self._old[self._ends[slot - 1] if slot else 0 : self._ends[slot]]

    def keys(self, slot: int) -> Iterator[str]:
        """What the rule of a slot is posted under."""
        return (self.names[number] for number in _numbers(self.code(slot)))

    def postings(self, keys: Iterable[str]) -> list[BitMap]:
        """The slots posted under each of these keys; keys that nobody has are left out."""
        numbers = self._numbers
        return [self.posted(numbers[key]) for key in keys if key in numbers]

    def phrases(self) -> Iterator[str]:
        """The forms of all phrases under which there are rules."""
        return (name[1:].partition("\x00")[0] for name in self._numbers if name[0] == _PHRASE)

    def _number(self, key: str) -> int:
        number = self._numbers.get(key)
        if number is None:
            number = self._spare.pop() if self._spare else len(self.names)
            if number == len(self.names):
                self.names.append(key)
                self._postings.append(BitMap())
            self.names[number] = key
            self._numbers[key] = number
        return number

    def _unpost(self, number: int, slot: int) -> None:
        posted = self.posted(number)
        posted.discard(slot)
        if not posted and self._numbers.pop(self.names[number], None) is not None:
            self._spare.append(number)


def _leb(number: int) -> bytes:
    if number < 0x80:
        return bytes((number,))
    parts = bytearray()
    while number >= 0x80:
        parts.append(number & 0x7F | 0x80)
        number >>= 7
    parts.append(number)
    return bytes(parts)


def _numbers(code: bytes) -> Iterator[int]:
    number = shift = 0
    for part in code:
        number |= (part & 0x7F) << shift
        shift += 7
        if part < 0x80:
            yield number
            number = shift = 0
