"""One connection to a web server, for one request at a time (RFC 9112). Of an answer's body the beginning is kept."""

import asyncio
import time
from dataclasses import dataclass
from typing import cast

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

# So much of a body is kept, and so long it is waited for, in seconds: the status has said all that counts.
KEPT, BODY = 200, 2.0
_HEAD = 64 * 1024
# What follows it is another protocol.
_SWITCHING = 101
_LENGTH = frozenset({b"content-length", b"transfer-encoding"})


class EndedError(ConnectionError):
    """The server closed the connection and had not answered."""


class BadAnswerError(ConnectionError):
    """What came is no HTTP."""


@dataclass(slots=True)
class Reply:
    """A final answer. `body` is its beginning; `broke_off` says that more was promised than came in time."""

    status: int
    location: str = ""
    retry_after: str = ""
    body: bytes = b""
    broke_off: bool = False


class Connection(asyncio.Protocol):
    """`ask` it while it `is_free`; who waits no longer must `abort` it."""

    def __init__(self) -> None:
        self.since = 0.0
        self._parser = HttpResponseParser(self)
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[Reply] | None = None
        self._headers: dict[bytes, bytes] = {}
        self._reply: Reply | None = None
        self._unread = 0
        self._timer: asyncio.TimerHandle | None = None

    @property
    def is_free(self) -> bool:
        """Whether it can be asked: it is open, and nobody waits for an answer."""
        return self._answer is None and self._transport is not None and not self._transport.is_closing()

    def ask(self, request: bytes) -> asyncio.Future[Reply]:
        """Send a whole request. What is awaited ends with the reply, or with an OSError that says what came instead."""
        if not self.is_free or self._transport is None:
            raise EndedError("the connection has ended")
        self._unread = 0
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._answer

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._unread += len(data)
        if self._answer is None:
            # Nobody asked.
            self.abort()
            return
        try:
            self._parser.feed_data(data)
        except HttpParserUpgrade:
            self.abort()
        except HttpParserError as error:
            self._fail(BadAnswerError(f"no HTTP: {error}"))
            return
        if self._reply is not None and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(BODY, self._broke_off)
        elif self._answer is not None and self._unread > _HEAD:
            self._fail(BadAnswerError("headers without an end"))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._reply is not None:
            self._broke_off()
        else:
            self._fail(EndedError("the connection ended before an answer"))

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.lower()] = value

    def on_headers_complete(self) -> None:
        headers, self._headers = self._headers, {}
        status = self._parser.get_status_code()
        if status < 200 and status != _SWITCHING:
            # An interim answer (RFC 9110 section 15.2): the final one follows.
            return
        location, after = (headers.get(name, b"").decode("utf-8", "replace") for name in (b"location", b"retry-after"))
        self._reply = Reply(status, location, after, broke_off=not _LENGTH.isdisjoint(headers))
        if 300 <= status < 400:
            self._finish(reusable=False)

    def on_body(self, data: bytes) -> None:
        if self._reply is None:
            return
        self._reply.body += data[: KEPT - len(self._reply.body)]
        if len(self._reply.body) >= KEPT:
            self._reply.broke_off = False
            self._finish(reusable=False)

    def on_message_complete(self) -> None:
        if self._reply is not None:
            self._reply.broke_off = False
            self._finish(reusable=self._parser.should_keep_alive())

    def _broke_off(self) -> None:
        self._finish(reusable=False)

    def _finish(self, *, reusable: bool) -> None:
        reply, self._reply = self._reply, None
        answer, self._answer = self._answer, None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if answer is not None and reply is not None and not answer.done():
            answer.set_result(reply)
        self.since = time.monotonic()
        if not reusable:
            self.abort()

    def _fail(self, error: OSError) -> None:
        answer, self._answer = self._answer, None
        if answer is not None and not answer.done():
            answer.set_exception(error)
        self.abort()
