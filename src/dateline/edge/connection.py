"""One connection before it is a stream: requests, their answers, and what is wrong with them."""

import asyncio
import json
import random
from collections.abc import Callable
from typing import Protocol, cast

from dateline.edge import limits, poll, websocket, wishes
from dateline.edge import request as http
from dateline.edge.limits import Limits
from dateline.edge.live import House as StreamHouse
from dateline.edge.live import Live, Socket
from dateline.edge.poll import Poll
from dateline.edge.request import Request
from dateline.people.ticket import Ticket
from dateline.words.errors import NotFound, Refused

# A head comes in one packet or a few, and so does the next on a connection that is kept.
HEAD_SECONDS = 10.0
IDLE_SECONDS = 75.0
# After an answer the rest of what was sent is read and dropped: closing over it would reset the answer away.
LINGER_SECONDS = 2.0


class House(StreamHouse, Protocol):
    """What a connection needs of its edge."""

    limits: Limits
    trusted: str

    def take_in(self, connection: "Connection") -> bool: ...
    def let_go(self, connection: "Connection") -> None: ...
    def has_room(self) -> bool: ...
    def when_ready(self, then: Callable[[], None]) -> None: ...
    def ticket(self, text: str) -> Ticket: ...
    def page(self, path: str) -> tuple[int, str, bytes] | None: ...
    async def fetch(self, ticket: Ticket, text: str) -> Ticket: ...


class Connection(asyncio.Protocol):
    """Reads requests, one after the other, until one becomes a stream or says that it is the last."""

    __slots__ = ("_address", "_fetching", "_head", "_house", "_poll", "_reads", "_request", "_timer", "transport")

    def __init__(self, house: House) -> None:
        self._house = house
        self._head = b""
        self._reads = True
        self._timer: asyncio.TimerHandle | None = None
        self._poll: Poll | None = None
        self._request: Request | None = None
        self._address = ""
        self._fetching: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        if self._house.take_in(self):
            self._set_timer(HEAD_SECONDS, self._too_slow)
        else:
            self._reads = False
            self.transport.abort()

    def data_received(self, data: bytes) -> None:
        if not self._reads:
            # It has asked; what else it says before the answer is not kept.
            return
        self._head += data
        end = self._head[: http.HEAD_LIMIT].find(b"\r\n\r\n")
        if end >= 0:
            self._answer(end + 4)
        elif len(self._head) > http.HEAD_LIMIT:
            self._refuse(http.HeadTooLarge(f"Keep it under {http.HEAD_LIMIT} bytes."))
        elif not b"A" <= self._head[:1] <= b"Z":
            # No method begins so: it may be TLS, or anything, and would never end.
            self._refuse(http.NotHttp("Speak HTTP/1.1 here, without TLS."))

    def connection_lost(self, _error: Exception | None) -> None:
        self._reads = False
        self._set_timer(None)
        if self._poll is not None:
            self._poll.stop()
        self._house.let_go(self)

    def close(self, *_why: str) -> None:
        """The edge goes down."""
        if self._poll is not None:
            self._poll.give()
        else:
            self.transport.abort()

    def reply(self, status: int, kind: str, body: bytes, more: str = "", *, last: bool = False) -> None:
        """Answer, and read the next request, unless this is the last."""
        kept = not last and self._request is not None and self._request.keeps
        self.transport.write(http.answer(status, kind, body, more + self._access(), keep=kept))
        self._poll = None
        if kept:
            self._reads, self._head, self._request = True, b"", None
            self._set_timer(IDLE_SECONDS, self.transport.abort)
        else:
            self._reads, self._head = False, b""
            self.transport.write_eof()
            self._set_timer(LINGER_SECONDS, self.transport.abort)

    def _set_timer(self, seconds: float | None, act: Callable[[], None] | None = None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._house.loop.call_later(seconds, act) if seconds is not None and act is not None else None

    def _answer(self, end: int) -> None:
        try:
            self._request = request = http.parse(self._head)
            length = http.body_length(request)
            if len(self._head) - end < length:
                return
            self._reads = False
            self._set_timer(None)
            peer = self.transport.get_extra_info("peername")
            self._address = limits.address_of(str(peer[0]) if peer else "", request.headers)
            self._house.limits.ask(self._address)
            self._serve(request, self._head[end : end + length])
        except Refused as refused:
            self._refuse(refused)

    def _serve(self, request: Request, body: bytes) -> None:
        if request.method == "OPTIONS":
            self.reply(204, "text/plain", b"", http.PREFLIGHT)
        elif request.path == "/receipt":
            self._receipt(request, body)
        elif request.method != "GET":
            raise http.BadMethod("Use GET.")
        elif (page := self._house.page(request.path)) is not None:
            self.reply(*page)
        elif request.path == "/wire":
            self._house.when_ready(self._open)
        else:
            raise NotFound("There is nothing at this address. The stream is at /wire.")

    def _receipt(self, request: Request, body: bytes) -> None:
        if request.method != "POST":
            raise http.BadMethod("Use POST.")
        try:
            self._house.received(json.loads(body))
        except (ValueError, TypeError, RecursionError):
            raise http.NotHttp('Send {"seq": 1, "at": "2026-11-23T09:00:00.000Z"}.') from None
        self.reply(204, "text/plain", b"")

    def _open(self) -> None:
        """Become a stream, unless something is wrong with the asking: the log is known by now."""
        request = self._request
        if request is None or self.transport.is_closing():
            return
        try:
            if not self._house.has_room():
                raise http.Busy("This edge is still reading the log, or full. Come back in a moment.")
            text = http.ticket(request, self._house.trusted)
            ticket = self._house.ticket(text) if text else None
            if ticket is not None and ticket.large:
                self._fetching = self._house.loop.create_task(self._fetch(request, ticket, text))
            else:
                self._become(request, ticket)
        except Refused as refused:
            self._refuse(refused)

    async def _fetch(self, request: Request, ticket: Ticket, text: str) -> None:
        """The profile was too large for the ticket."""
        try:
            whole = await self._house.fetch(ticket, text)
            if not self.transport.is_closing():
                self._become(request, whole)
        except Refused as refused:
            self._refuse(refused)

    def _become(self, request: Request, ticket: Ticket | None) -> None:
        wanted = wishes.read(request.query, ticket)
        cursor = http.cursor(request, self._house.hub.seq)
        if "wait" in request.query:
            self._poll = Poll(self._house, self, wanted, http.seconds(request, poll.LONGEST_WAIT))
            self._poll.begin(cursor)
            return
        agreed = websocket.agree(request.headers) if websocket.asked(request.headers) else None
        self._house.limits.come(self._address, ticket.holder if ticket else "")
        house, address = self._house, self._address
        house.let_go(self)
        if agreed is None:
            live = Live(house, self.transport, wanted, ticket, address=address)
            live.begin(http.stream_head(self._access()), cursor)
        else:
            Socket(house, self.transport, wanted, ticket, address, agreed.deflates).begin(agreed.head, cursor)

    def _access(self) -> str:
        return http.cors(self._request.origin if self._request else "", self._house.trusted)

    def _too_slow(self) -> None:
        self._refuse(http.TooSlow(f"The request did not end within {HEAD_SECONDS:.0f} seconds."))

    def _refuse(self, refused: Refused) -> None:
        status, body = http.refusal(refused)
        retry = f"Retry-After: {random.randint(2, 30)}\r\n" if status in {429, 503} else ""
        self.reply(status, "application/problem+json", body, http.MORE.get(status, "") + retry, last=status != 503)
