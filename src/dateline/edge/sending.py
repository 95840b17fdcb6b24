"""The one thing that is done for each recipient: the write.

It goes straight to the socket, past the transport's own queue, which has nothing in it but for desktops that are slow:
that is a tenth of the whole cost of a frame. A desktop that is slow, or gone, has no `fd` (-1), so that the kernel
refuses the write, and `send` sees to it.
"""

import os
import time
from collections.abc import Iterable, Sequence
from typing import Protocol

# The clock is read once for so many writes: half a millisecond.
CHUNK = 64


class Recipient(Protocol):
    """Whom a frame is written to."""

    fd: int

    def send(self, data: bytes) -> None:
        """Write, or keep until it can be written."""
        ...

    def late(self, rest: bytes) -> None:
        """Keep the rest of what the socket took only in part."""
        ...


# How many writes there were since the last mark, and the Unix time at their end.
Marks = list[tuple[int, float]]


def write_all(recipients: Sequence[Recipient], datas: Iterable[bytes]) -> Marks:
    """Write to each its bytes, in this order; the first mark is the time before the first write."""
    datas = iter(datas)
    write, clock = os.write, time.time
    marks: Marks = [(0, clock())]
    for start in range(0, len(recipients), CHUNK):
        some = recipients[start : start + CHUNK]
        for each, data in zip(some, datas, strict=False):
            try:
                sent = write(each.fd, data)
            except OSError:
                each.send(data)
            else:
                if sent != len(data):
                    each.late(data[sent:])
        marks.append((len(some), clock()))
    return marks
