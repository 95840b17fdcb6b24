"""How evenly an entry went out: first write, last write, and a histogram of those between. Pure.

Times are milliseconds after `released_at`, by this edge's clock. The bounds of the histogram are the same at every
edge, so that figures can be added up.
"""

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from dateline.edge.ring import Kept
from dateline.edge.sending import Marks


def _bounds() -> tuple[int, ...]:
    """Upper bounds in milliseconds: each to 20, then a tenth apart, to a minute."""
    found = list(range(1, 21))
    while found[-1] < 60_000:
        found.append(found[-1] * 11 // 10)
    return tuple(found)


BOUNDS = _bounds()
# Receipts that come later than this belong to no entry that is still remembered.
_REMEMBERED = 2000


@dataclass(slots=True)
class Figures:
    """One entry's writes at this edge. `together` is how many entries shared them: a burst is one write a stream."""

    released: float
    streams: int = 0
    together: int = 1
    first: int | None = None
    last: int | None = None
    writes: dict[int, int] = field(default_factory=dict)
    receipts: dict[int, int] = field(default_factory=dict)
    told: bool = False

    def as_json(self, seq: int) -> dict[str, Any]:
        return {
            "seq": seq,
            "streams": self.streams,
            "together": self.together,
            "first_ms": self.first,
            "last_ms": self.last,
            "writes": {str(bound): number for bound, number in sorted(self.writes.items())},
            "receipts": {str(bound): number for bound, number in sorted(self.receipts.items())},
        }


class Fairness:
    """The figures of the newest entries, and which of them are still to be told to the wire."""

    def __init__(self) -> None:
        self._figures: OrderedDict[int, Figures] = OrderedDict()

    def expect(self, kept: Kept, streams: int) -> None:
        """An entry that is about to be written to so many."""
        if streams:
            self._figures[kept.seq] = Figures(kept.entry.released_at.timestamp(), streams)
            if len(self._figures) > _REMEMBERED:
                self._figures.popitem(last=False)

    def note(self, entries: Sequence[Kept], marks: Marks) -> None:
        """When the writes of these entries, which went together, were done."""
        if len(marks) < 2:
            return
        for kept in entries:
            figures = self._figures.get(kept.seq)
            if figures is None:
                continue
            figures.together = len(entries)
            figures.first, figures.last = (_ms(at - figures.released) for at in (marks[0][1], marks[-1][1]))
            for number, at in marks[1:]:
                _count(figures.writes, _ms(at - figures.released), number)

    def received(self, seq: int, at: float) -> bool:
        """A desktop says when it had an entry, by its own clock (Unix seconds); false if that is no news of ours."""
        figures = self._figures.get(seq)
        if figures is None or not -5 < at - figures.released < 3600:
            return False
        _count(figures.receipts, _ms(at - figures.released), 1)
        figures.told = False
        return True

    def take(self) -> list[dict[str, Any]]:
        """The figures that have changed since they were last taken."""
        found = [(seq, figures) for seq, figures in self._figures.items() if not figures.told]
        for _, figures in found:
            figures.told = True
        return [figures.as_json(seq) for seq, figures in found]


def _ms(seconds: float) -> int:
    return max(0, round(seconds * 1000))


def _count(into: dict[int, int], ms: int, number: int) -> None:
    bound = BOUNDS[min(bisect_left(BOUNDS, ms), len(BOUNDS) - 1)]
    into[bound] = into.get(bound, 0) + number
