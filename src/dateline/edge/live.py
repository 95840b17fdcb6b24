"""One desktop's open stream, from the answer to its request until one of the two ends it."""

import asyncio
import json
import os
import random
from collections.abc import Mapping
from typing import Any, Protocol

from dateline.edge import websocket
from dateline.edge.dialects import PLAIN, SQUEEZED, SSE, Dialect
from dateline.edge.hub import Hub
from dateline.edge.replays import Replays
from dateline.edge.websocket import Broken, Reader
from dateline.edge.wishes import Wishes
from dateline.people.ticket import Ticket
from dateline.words.errors import Refused

# What may wait unread for one desktop: a few hundred frames.
BUFFER_LIMIT = 256 * 1024
# How long a desktop that was told why it is let go has to read it.
LINGER_SECONDS = 10.0
# Who comes back is spread over a minute, or over less where there are few of them.
_SPREAD = 60_000
_PER_SECOND = 500


class House(Protocol):
    """What a stream needs of its edge."""

    hub: Hub
    replays: Replays
    loop: asyncio.AbstractEventLoop
    streams: int
    cut_off: int

    def came(self, live: "Live") -> None: ...
    def went(self, live: "Live") -> None: ...
    def stalls(self, live: "Live", stalls: bool) -> None: ...
    def renew(self, live: "Live", ticket: str) -> None: ...
    def received(self, told: Mapping[str, Any]) -> None: ...


def retry_after(streams: int) -> int:
    """Milliseconds until a desktop should come back: so that no more than some hundreds come in each second."""
    return random.randint(1000, 1000 + min(_SPREAD, 1000 + streams * 1000 // _PER_SECOND))


class Live(asyncio.Protocol):
    """Server-sent events. `fd` is the socket while it takes all that it is given, and -1 while it does not."""

    __slots__ = ("address", "behind", "cursor", "dialect", "expires", "fd", "house", "prev", "ticket", "transport",
                 "wishes")  # fmt: skip

    def __init__(
        self,
        house: House,
        transport: asyncio.Transport,
        wishes: Wishes,
        ticket: Ticket | None,
        *,
        dialect: Dialect = SSE,
        address: str = "",
    ) -> None:
        self.house, self.transport, self.dialect = house, transport, dialect
        self.wishes, self.ticket, self.address = wishes, ticket, address
        self.prev = self.cursor = 0
        self.behind = False
        self.fd = transport.get_extra_info("socket").fileno()

    def begin(self, head: bytes, cursor: int | None) -> None:
        """Answer, and go on after the cursor, or from now."""
        # The transport holds back nothing of its own: it says so as soon as the socket takes no more.
        self.transport.set_write_buffer_limits(high=0)
        self.transport.set_protocol(self)
        self.house.came(self)
        hub = self.house.hub
        hello = head + self.dialect.retry(retry_after(self.house.streams))
        if cursor is None:
            self.send(hello + self.dialect.heartbeat(hub.seq))
            hub.join(self)
        else:
            self.send(hello)
            self.behind = True
            self.cursor = self.prev = cursor
            self.house.replays.put(self.replay)

    def replay(self) -> None:
        """One step towards the head of the log; then it is live."""
        if self.fd < 0 or not self.behind or self.transport.is_closing():
            return
        hub = self.house.hub
        self.cursor = hub.replay(self, self.cursor)
        if self.cursor == hub.seq:
            self.behind = False
            hub.join(self)
        elif self.fd >= 0:
            self.house.replays.put(self.replay)

    def wish(self, wishes: Wishes) -> None:
        """Want something else from now on."""
        if self.behind:
            self.wishes = wishes
            return
        self.house.hub.leave(self)
        self.wishes = wishes
        self.house.hub.join(self)

    def send(self, data: bytes) -> None:
        """Write, or keep what the socket does not take now. Who reads nothing is let go: it comes back for the rest."""
        if self.fd >= 0:
            try:
                sent = os.write(self.fd, data)
            except BlockingIOError:
                sent = 0
            except OSError:
                self.transport.abort()
                return
            if sent == len(data):
                return
            data = data[sent:]
        self.late(data)

    def late(self, rest: bytes) -> None:
        """Let the transport write the rest, and what follows, as the desktop reads."""
        if self.transport.is_closing():
            return
        self.fd = -1
        if self.transport.get_write_buffer_size() > BUFFER_LIMIT:
            self.close(
                "slow", "This screen does not read as fast as the wire is written.", "Come back with the last id."
            )
            return
        self.transport.write(rest)

    def close(self, code: str, what: str, mend: str) -> None:
        """Say why, and when to come back; then end."""
        if self.transport.is_closing():
            return
        self.house.cut_off += code == "slow"
        told = self.dialect.event("closing", {"code": code, "what": what, "mend": mend})
        self.end(told + self.dialect.retry(retry_after(self.house.streams)))

    def end(self, last: bytes) -> None:
        """Leave with these last words."""
        self.house.hub.leave(self)
        self.behind = False
        self.fd = -1
        self.transport.write(last)
        self.transport.close()
        self.house.loop.call_later(LINGER_SECONDS, self.transport.abort)

    def data_received(self, data: bytes) -> None:
        """It has asked; what else it says is not kept."""

    def pause_writing(self) -> None:
        self.house.stalls(self, stalls=True)

    def resume_writing(self) -> None:
        self.house.stalls(self, stalls=False)
        if self.transport.is_closing():
            return
        self.fd = self.transport.get_extra_info("socket").fileno()
        if self.behind:
            self.house.replays.put(self.replay)

    def connection_lost(self, _error: Exception | None) -> None:
        # The socket's number may be another's in a moment.
        self.fd = -1
        self.behind = False
        self.house.hub.leave(self)
        self.house.went(self)


class Socket(Live):
    """A WebSocket, which can also say something: a newer ticket, or that it has received an entry."""

    __slots__ = ("_reader",)

    def __init__(
        self,
        house: House,
        transport: asyncio.Transport,
        wishes: Wishes,
        ticket: Ticket | None,
        address: str,
        deflates: bool,
    ) -> None:
        super().__init__(house, transport, wishes, ticket, dialect=SQUEEZED if deflates else PLAIN, address=address)
        self._reader = Reader(deflates)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        try:
            for opcode, payload in self._reader.read(data):
                self._hear(opcode, payload)
        except Broken as broken:
            self.end(websocket.closing(broken.status, broken.why))

    def _hear(self, opcode: int, payload: bytes) -> None:
        if opcode == websocket.PING:
            self.send(websocket.framed(payload, websocket.PONG))
        elif opcode == websocket.CLOSE:
            self.end(websocket.framed(payload[:2], websocket.CLOSE))
        elif opcode == websocket.TEXT:
            self._said(payload)

    def _said(self, payload: bytes) -> None:
        try:
            told = json.loads(payload)
            if "ticket" in told:
                self.house.renew(self, str(told["ticket"]))
            else:
                self.house.received(told)
        except Refused as refused:
            self.send(self.dialect.event("refused", refused.as_problem()))
        except (ValueError, TypeError, RecursionError):
            what = 'This is not understood. Say {"ticket": "…"} or {"seq": 1, "at": "2026-11-23T09:00:00.000Z"}.'
            self.send(self.dialect.event("refused", {"detail": what}))

    def close(self, code: str, what: str, mend: str) -> None:
        if self.transport.is_closing():
            return
        self.house.cut_off += code == "slow"
        told = self.dialect.event("closing", {"code": code, "what": what, "mend": mend})
        status = websocket.TRY_LATER if code in {"slow", "going-down"} else websocket.POLICY
        self.end(told + self.dialect.retry(retry_after(self.house.streams)) + websocket.closing(status, what))
