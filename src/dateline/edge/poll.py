"""A long poll, for networks that let nothing else through: an answer with what has come, or after the wait nothing."""

import asyncio
from typing import Protocol

from dateline.edge.dialects import POLL, Dialect
from dateline.edge.hub import Hub
from dateline.edge.replays import Replays
from dateline.edge.wishes import Wishes

LONGEST_WAIT = 60.0


class House(Protocol):
    """What a poll needs of its edge."""

    hub: Hub
    replays: Replays
    loop: asyncio.AbstractEventLoop


class Asker(Protocol):
    """The connection that asked."""

    def reply(self, status: int, kind: str, body: bytes, more: str = "") -> None: ...


class Poll:
    """A stream of one answer: `{"after", "frames"}`. `after` is the cursor to ask with the next time."""

    __slots__ = (
        "_asker",
        "_behind",
        "_cursor",
        "_done",
        "_house",
        "_parts",
        "_timer",
        "_wait",
        "dialect",
        "fd",
        "prev",
        "wishes",
    )

    def __init__(self, house: House, asker: Asker, wishes: Wishes, wait: float) -> None:
        self.wishes, self.prev, self.fd = wishes, 0, -1
        self.dialect: Dialect = POLL
        self._house, self._asker = house, asker
        self._parts: list[bytes] = []
        self._behind = self._done = False
        self._cursor = 0
        self._wait = wait
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, cursor: int | None) -> None:
        """Look from the cursor on, or wait for what comes next."""
        self._cursor = self.prev = self._house.hub.seq if cursor is None else cursor
        self._behind = True
        self._house.replays.put(self._replay)

    def _replay(self) -> None:
        if self._done:
            return
        hub = self._house.hub
        self._cursor = hub.replay(self, self._cursor)
        if self._parts:
            self.give()
        elif self._cursor == hub.seq:
            self._behind = False
            hub.join(self)
            self._timer = self._house.loop.call_later(self._wait, self.give)
        else:
            self._house.replays.put(self._replay)

    def send(self, data: bytes) -> None:
        """What belongs in the answer; a live one is given at once."""
        if data:
            self._parts.append(data)
        if data and not self._behind:
            self.give()

    def late(self, rest: bytes) -> None:
        """As `send`: there is no socket of its own that could take a part."""
        self.send(rest)

    def give(self) -> None:
        """Answer with what there is."""
        if self._done:
            return
        after = self._cursor if self._behind else self._house.hub.seq
        self.stop()
        body = b'{"after":%d,"frames":[%b]}' % (after, b",".join(self._parts))
        self._asker.reply(200, "application/json", body)

    def stop(self) -> None:
        """Ask no more."""
        self._done = True
        if self._timer is not None:
            self._timer.cancel()
        self._house.hub.leave(self)
