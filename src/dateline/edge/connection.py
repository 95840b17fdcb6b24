"""One desktop's connection: one request, then server-sent events for as long as it reads (WHATWG HTML, 9.2)."""

import asyncio
import random
from collections.abc import Callable
from typing import Protocol, cast

from dateline.edge import request as http
from dateline.edge import wishes
from dateline.edge.hub import Hub
from dateline.edge.replays import Replays
from dateline.edge.request import Request
from dateline.edge.wishes import Wishes
from dateline.formats import frame as frames
from dateline.people.ticket import Ticket
from dateline.words import clock
from dateline.words.errors import NotFound, Refused

# A head comes in one packet or a few.
HEAD_SECONDS = 10.0
# After an answer the rest of what was sent is read and dropped: closing over it would reset the answer away.
LINGER_SECONDS = 2.0
# What may wait unread for one desktop: a few hundred frames.
BUFFER_LIMIT = 256 * 1024
# Beyond this a replay pauses. The two lie further apart than one step of it.
PAUSE_AT = 64 * 1024
# A desktop that stays paused for so long has stopped reading.
STALL_SECONDS = 30.0
_EXPIRED = b'event: expired\ndata: {"what":"The ticket has expired.","mend":"POST /api/v1/tickets"}\n\n'


class House(Protocol):
    """What a connection needs of its edge."""

    hub: Hub
    replays: Replays
    cut_off: int
    streams: int

    def take_in(self, connection: "Connection") -> bool: ...
    def let_go(self, connection: "Connection") -> None: ...
    def check_room(self) -> None: ...
    def ticket(self, text: str) -> Ticket: ...
    def page(self, path: str) -> bytes | None: ...


class Connection(asyncio.Protocol):
    """From the first byte to the last. As a stream it has `wishes`, `prev` and `send`."""

    __slots__ = (
        "_behind",
        "_cursor",
        "_expiry",
        "_head",
        "_house",
        "_loop",
        "_paused",
        "_reads",
        "_streams",
        "_timer",
        "_transport",
        "prev",
        "wishes",
    )

    def __init__(self, house: House, loop: asyncio.AbstractEventLoop) -> None:
        self.wishes = Wishes()
        self.prev = 0
        self._house = house
        self._loop = loop
        self._head = b""
        self._reads = True
        self._streams = False
        self._behind = False
        self._paused = False
        self._cursor = 0
        self._timer: asyncio.TimerHandle | None = None
        self._expiry: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        if self._house.take_in(self):
            self._set_timer(HEAD_SECONDS, self._too_slow)
        else:
            self._reads = False
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        if not self._reads:
            # It has asked; what else it says is not kept.
            return
        self._head += data
        if b"\r\n\r\n" in self._head[: http.HEAD_LIMIT]:
            self._answer()
        elif len(self._head) > http.HEAD_LIMIT:
            self._refuse(http.HeadTooLarge(f"Keep it under {http.HEAD_LIMIT} bytes."))
        elif not b"A" <= self._head[:1] <= b"Z":
            # No method begins so: it may be TLS, or anything, and would never end.
            self._refuse(http.NotHttp("Speak HTTP/1.1 here, without TLS."))

    def connection_lost(self, _error: Exception | None) -> None:
        self._reads = False
        self._set_timer(None)
        if self._expiry is not None:
            self._expiry.cancel()
        self._house.let_go(self)
        if self._streams:
            self._streams = self._behind = False
            self._house.streams -= 1
            self._house.hub.leave(self)

    def pause_writing(self) -> None:
        self._paused = True
        if self._streams:
            self._set_timer(STALL_SECONDS, self._cut_off)

    def resume_writing(self) -> None:
        self._paused = False
        if self._streams:
            self._set_timer(None)
        if self._behind:
            self._house.replays.put(self._replay)

    def send(self, data: bytes) -> None:
        """Write to the desktop, or let it go if it does not read: it comes back, and is replayed what it missed."""
        if self._transport.is_closing():
            return
        if self._transport.get_write_buffer_size() > BUFFER_LIMIT:
            self._cut_off()
            return
        self._transport.write(data)

    def close(self) -> None:
        """The edge goes down: say when to come back, each a little later than the other."""
        if self._streams:
            self.send(frames.retry(self._jitter()))
            self._transport.close()
        else:
            self._transport.abort()

    def abort(self) -> None:
        self._transport.abort()

    def _set_timer(self, seconds: float | None, act: Callable[[], None] | None = None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_later(seconds, act) if seconds is not None and act is not None else None

    def _answer(self) -> None:
        try:
            self._serve(http.parse(self._head))
        except Refused as refused:
            self._refuse(refused)

    def _serve(self, request: Request) -> None:
        if request.method != "GET":
            raise http.BadMethod("Use GET.")
        page = self._house.page(request.path)
        if page is not None:
            self._reply(page)
        elif request.path == "/wire":
            self._stream(request)
        else:
            raise NotFound("There is nothing at this address. The stream is at /wire.")

    def _stream(self, request: Request) -> None:
        """Become a stream, unless something is wrong with the asking."""
        self._house.check_room()
        ticket = request.query.get("ticket", [""])[0]
        granted = self._house.ticket(ticket) if ticket else None
        self.wishes = wishes.read(request.query, granted.groups if granted else frozenset())
        cursor = http.cursor(request, self._house.hub.seq)
        if granted:
            # Whoever has lost a group since gets no new ticket; so the stream ends with the old one.
            seconds = (granted.expires - clock.now()).total_seconds()
            self._expiry = self._loop.call_later(seconds, self._expire)
        self._begin(cursor)

    def _begin(self, cursor: int | None) -> None:
        hub = self._house.hub
        self._reads, self._streams, self._head = False, True, b""
        self._set_timer(None)
        self._house.streams += 1
        self._transport.set_write_buffer_limits(high=PAUSE_AT)
        self._transport.write(http.STREAM_HEAD + frames.retry(self._jitter()))
        self._behind = cursor is not None
        if cursor is None:
            self.send(frames.heartbeat(hub.seq))
            hub.join(self)
        else:
            self._cursor = self.prev = cursor
            self._house.replays.put(self._replay)

    def _replay(self) -> None:
        """One step towards the head of the log; then it is live."""
        if self._paused or not self._behind or self._transport.is_closing():
            return
        hub = self._house.hub
        self._cursor = hub.replay(self, self._cursor)
        if self._cursor == hub.seq:
            self._behind = False
            hub.join(self)
        elif not self._paused:
            self._house.replays.put(self._replay)

    def _cut_off(self) -> None:
        self._house.cut_off += 1
        self._transport.abort()

    def _expire(self) -> None:
        self.send(_EXPIRED)
        self._transport.close()

    def _too_slow(self) -> None:
        self._refuse(http.TooSlow(f"The request did not end within {HEAD_SECONDS:.0f} seconds."))

    def _refuse(self, refused: Refused) -> None:
        self._reply(http.refusal(refused))

    def _reply(self, answer: bytes) -> None:
        self._reads, self._head = False, b""
        self._transport.write(answer)
        self._transport.write_eof()
        self._set_timer(LINGER_SECONDS, self._transport.abort)

    def _jitter(self) -> int:
        """Milliseconds until it should come back: a second or more, spread so that a thousand come in each."""
        return random.randint(1000, 4000 + self._house.streams)
