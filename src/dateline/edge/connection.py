"""One desktop's connection: a little HTTP/1.1 (RFC 9112), then server-sent events for as long as it reads."""

import asyncio
import json
import random
from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol, cast
from urllib.parse import parse_qs, urlsplit

from dateline.edge import wishes
from dateline.edge.hub import Hub
from dateline.edge.wishes import Wishes
from dateline.formats import frame as frames
from dateline.words.errors import BadInput, Fault, NotFound, Refused

HEADER_LIMIT = 16 * 1024
HEADER_SECONDS = 10.0
# What may wait unread for one desktop: a few hundred frames.
BUFFER_LIMIT = 256 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """The start line and headers of a request; header names in lower case."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]


class House(Protocol):
    """What a connection needs of its edge."""

    hub: Hub
    cut_off: int

    @property
    def full(self) -> bool: ...
    @property
    def ready(self) -> bool: ...
    def groups(self, ticket: str) -> frozenset[str]: ...
    def page(self, path: str) -> tuple[int, str, bytes] | None: ...


class Connection(asyncio.Protocol):
    """From the first byte to the last. As a stream it has `wishes`, `prev` and `send`."""

    def __init__(self, house: House, loop: asyncio.AbstractEventLoop) -> None:
        self.house = house
        self.wishes = Wishes()
        self.prev = 0
        self._loop = loop
        self._head = b""
        self._streams = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._timer = self._loop.call_later(HEADER_SECONDS, self._transport.abort)

    def data_received(self, data: bytes) -> None:
        if self._streams:
            # A desktop has nothing more to say; what it says is not kept.
            return
        self._head += data
        if len(self._head) > HEADER_LIMIT:
            self._refuse(
                431,
                BadInput(
                    [Fault("too-large", "The request's head is too large.", "", f"Keep it under {HEADER_LIMIT} bytes.")]
                ),
            )
        elif b"\r\n\r\n" in self._head:
            self._timer.cancel()
            self._answer()

    def connection_lost(self, _error: Exception | None) -> None:
        self._timer.cancel()
        if self._streams:
            self.house.hub.leave(self)

    def send(self, data: bytes) -> None:
        """Write to the desktop, or let it go if it does not read: it comes back, and is replayed what it missed."""
        if self._transport.is_closing():
            return
        if self._transport.get_write_buffer_size() > BUFFER_LIMIT:
            self.house.cut_off += 1
            self._transport.abort()
            return
        self._transport.write(data)

    def close(self) -> None:
        """The edge goes down: say when to come back, each a little later than the other."""
        self.send(frames.retry(_jitter()))
        self._transport.close()

    def _answer(self) -> None:
        try:
            request = parse(self._head)
        except BadInput as refused:
            self._refuse(400, refused)
            return
        try:
            self._serve(request)
        except Refused as refused:
            self._refuse(400 if refused.status == 422 else refused.status, refused)

    def _serve(self, request: Request) -> None:
        if request.method not in {"GET", "HEAD"}:
            self._refuse(405, BadInput([Fault("bad-method", "A stream is read with GET.", "", "Use GET.")]))
            return
        page = self.house.page(request.path)
        if page is not None:
            self._reply(*page)
        elif request.path == "/wire":
            self._stream(request)
        else:
            raise NotFound([Fault("not-found", "There is nothing at this address.", "", "The stream is at /wire.")])

    def _stream(self, request: Request) -> None:
        if self.house.full or not self.house.ready:
            self._refuse(
                503, BadInput([Fault("busy", "This edge takes no more streams now.", "", "Come back in a moment.")])
            )
            return
        groups = self.house.groups(request.query.get("ticket", [""])[0])
        self.wishes = wishes.read(request.query, groups)
        cursor = self._cursor(request)
        self._streams = True
        self._transport.set_write_buffer_limits(high=BUFFER_LIMIT)
        self._transport.write(
            _STREAM_HEAD + frames.retry(_jitter()) + frames.heartbeat(self.house.hub.seq if cursor is None else cursor)
        )
        self.house.hub.join(self, cursor)

    def _cursor(self, request: Request) -> int | None:
        """`Last-Event-ID`, else `after=`; None for "from now"."""
        last = request.headers.get("last-event-id", "")
        after = last or request.query.get("after", [""])[0]
        if not after:
            return None
        if not after.isascii() or not after.isdigit() or len(after) > 15:
            raise BadInput(
                [
                    Fault(
                        "bad-cursor",
                        f"{after[:40]!r} is not a seq.",
                        "after",
                        "Send the id of the last frame that you have.",
                    )
                ]
            )
        if not last and int(after) > self.house.hub.seq:
            what = f"The log has {self.house.hub.seq} entries, and no {after}."
            raise BadInput([Fault("bad-cursor", what, "after", "Send the id of the last frame that you have.")])
        return int(after)

    def _refuse(self, status: int, refused: Refused) -> None:
        body = json.dumps({**refused.as_problem(), "status": status}).encode()
        self._reply(status, "application/problem+json", body)

    def _reply(self, status: int, kind: str, body: bytes) -> None:
        retry = "Retry-After: 2\r\n" if status == 503 else ""
        head = (
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
            f"{retry}Access-Control-Allow-Origin: *\r\nConnection: close\r\n\r\n"
        )
        self._transport.write(head.encode() + body)
        self._transport.close()


_STREAM_HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nCache-Control: no-store\r\n"
    b"X-Accel-Buffering: no\r\nAccess-Control-Allow-Origin: *\r\nConnection: close\r\n\r\n"
)


def parse(head: bytes) -> Request:
    """The request of a complete head; BadInput if it is none."""
    bad = BadInput([Fault("bad-request", "This is not an HTTP/1.1 request.", "", "Use an HTTP client.")])
    try:
        lines = head.split(b"\r\n\r\n", 1)[0].decode("latin-1").split("\r\n")
        method, target, protocol = lines[0].split(" ")
        parts = urlsplit(target)
        query = parse_qs(parts.query, max_num_fields=50)
    except ValueError:
        raise bad from None
    if not protocol.startswith("HTTP/1."):
        raise bad
    pairs = (line.partition(":") for line in lines[1:])
    return Request(method, parts.path, query, {name.strip().lower(): value.strip() for name, _, value in pairs})


def _jitter() -> int:
    """Milliseconds until a desktop should come back: between one second and four."""
    return random.randint(1000, 4000)
