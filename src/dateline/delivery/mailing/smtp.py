"""One connection to a mail server, that keeps it busy.

Where the server offers PIPELINING (RFC 2920), the commands of one mail go out together, and those of the next ride
behind the final dot of the one before: one write and one wait a mail. Elsewhere each command waits for its answer.
"""

import asyncio
import ssl
import time
from collections import deque
from enum import IntEnum
from typing import Generic, Protocol, TypeVar, cast

from dateline.delivery.mailing.replies import BadReply, Lines, Reply

# Seconds that a server may take for an answer (RFC 5321 section 4.5.3.2), and for that to the final dot.
PATIENCE, LAST_PATIENCE = 60.0, 180.0
_DATA = b"DATA\r\n"
_RSET = b"RSET\r\n"


class Step(IntEnum):
    """What the next reply is to."""

    MAIL = 0
    RCPT = 1
    DATA = 2
    END = 3
    RSET = 4


class Job(Protocol):
    """One mail to one recipient, as a connection sees it."""

    refused: Reply | None

    def is_over(self) -> bool:
        """Whether it must not be sent any more."""

    def mail_from(self) -> bytes: ...

    def rcpt_to(self) -> bytes: ...

    def content(self) -> bytes:
        """The whole message with its final dot."""


J = TypeVar("J", bound=Job)


class Owner(Protocol[J]):
    """Who a connection belongs to, and tells what came of its jobs."""

    def next_job(self, connection: "Connection[J]") -> J | None: ...

    def answered(self, connection: "Connection[J]", job: J, reply: Reply) -> None: ...

    def unsent(self, connection: "Connection[J]", job: J, why: Reply | str) -> None:
        """The job was begun, and its text not sent."""

    def uncertain(self, connection: "Connection[J]", job: J, why: Reply | str) -> None:
        """The whole text was sent, and no answer to its final dot came."""

    def idle(self, connection: "Connection[J]") -> None: ...

    def ended(self, connection: "Connection[J]", why: Reply | str) -> None: ...


class Connection(asyncio.Protocol, Generic[J]):
    """Open it with `session.opened`; then `give` it a job while it is idle."""

    def __init__(self) -> None:
        self.taken = 0
        self.pipelining = False
        self.since = 0.0
        self._owner: Owner[J] | None = None
        self._lines = Lines()
        self._steps: deque[tuple[Step, J | None]] = deque()
        self._transport: asyncio.Transport | None = None
        self._expected: asyncio.Future[Reply] | None = None
        self._early: deque[Reply] = deque()
        self._why: Reply | str = "the server closed the connection"

    @property
    def is_idle(self) -> bool:
        return not self._steps

    @property
    def is_closing(self) -> bool:
        return self._transport is None or self._transport.is_closing()

    def belongs_to(self, owner: Owner[J]) -> None:
        self._owner = owner
        self.since = time.monotonic()

    def give(self, job: J) -> None:
        """Begin a mail; the connection must be idle."""
        self._write(self._begun(job))

    def overdue(self, now: float) -> bool:
        """Whether the server has been silent for too long."""
        if not self._steps:
            return False
        return now - self.since > (LAST_PATIENCE if self._steps[0][0] is Step.END else PATIENCE)

    def abort(self, why: str) -> None:
        self._why = why
        if self._transport is not None:
            self._transport.abort()

    def quit(self) -> None:
        """Leave politely; whether the server hears it does not matter."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(b"QUIT\r\n")
            self._transport.close()

    async def command(self, line: bytes) -> Reply:
        """Say one line and wait for the answer; only before the connection belongs to somebody."""
        self._write(line + b"\r\n")
        return await self.reply()

    async def reply(self) -> Reply:
        if self._early:
            return self._early.popleft()
        if self.is_closing:
            raise ConnectionResetError("the server closed the connection")
        self._expected = asyncio.get_running_loop().create_future()
        return await self._expected

    async def start_tls(self, context: ssl.SSLContext, host: str) -> None:
        """What came before the handshake, and was not asked for, is no part of it (CVE-2011-0411)."""
        if self._early or self._lines.has_rest or self._transport is None:
            raise BadReply("something was said between STARTTLS and its handshake")
        loop = asyncio.get_running_loop()
        made = await loop.start_tls(self._transport, self, context, server_hostname=host)
        self._transport = cast("asyncio.Transport", made)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        try:
            replies = self._lines.feed(data)
        except BadReply as bad:
            self.abort(f"not a mail server: {bad}")
            return
        for reply in replies:
            self._replied(reply)

    def connection_lost(self, exc: Exception | None) -> None:
        why = self._why if exc is None or isinstance(self._why, Reply) else f"{type(exc).__name__}: {exc}"
        if self._expected is not None and not self._expected.done():
            self._expected.set_exception(ConnectionResetError(why if isinstance(why, str) else why.text))
        owner, self._owner = self._owner, None
        if owner is None:
            return
        steps, self._steps = self._steps, deque()
        told: set[int] = set()
        for step, job in steps:
            if job is None or id(job) in told:
                continue
            told.add(id(job))
            if step is Step.END:
                owner.uncertain(self, job, why)
            else:
                owner.unsent(self, job, job.refused or why)
        owner.ended(self, why)

    def _replied(self, reply: Reply) -> None:
        if self._owner is None:
            self._said(reply)
            return
        if not self._steps or (reply.closes and self._steps[0][0] is not Step.END):
            # Unasked, or in the place of an answer: it says why it closes.
            self._why = reply
            self._end()
            return
        self.since = time.monotonic()
        step, job = self._steps.popleft()
        if job is None:
            self._go_on()
        elif step is Step.END:
            self._answered(job, reply)
        elif step is Step.DATA:
            self._data(job, reply)
        else:
            self._envelope(step, job, reply)

    def _said(self, reply: Reply) -> None:
        if self._expected is not None and not self._expected.done():
            self._expected.set_result(reply)
        else:
            self._early.append(reply)

    def _answered(self, job: J, reply: Reply) -> None:
        self.taken += 1
        self._tell(job, reply)
        if reply.closes:
            self._why = reply
            self._end()
        else:
            self._go_on()

    def _envelope(self, step: Step, job: J, reply: Reply) -> None:
        if not reply.good and job.refused is None:
            job.refused = reply
        if self.pipelining:
            return
        if job.refused is not None:
            self._refused(job, job.refused)
        elif step is Step.MAIL:
            self._ask(Step.RCPT, job, job.rcpt_to())
        else:
            self._ask(Step.DATA, job, _DATA)

    def _data(self, job: J, reply: Reply) -> None:
        if reply.code != 354:
            self._refused(job, job.refused or reply)
        elif job.refused is not None or job.is_over():
            # It waits for a text that must not come; nothing but the connection's end takes that back.
            self._steps.appendleft((Step.DATA, job))
            self._end()
        else:
            self._send(job)

    def _send(self, job: J) -> None:
        content = job.content()
        self._steps.append((Step.END, job))
        following = self._next() if self.pipelining else None
        self._write(content + self._begun(following) if following else content)

    def _tell(self, job: J, reply: Reply) -> None:
        if self._owner is not None:
            self._owner.answered(self, job, reply)

    def _refused(self, job: J, reply: Reply) -> None:
        """Tell it, and forget the transaction, with the next behind it."""
        self._tell(job, reply)
        self._steps.append((Step.RSET, None))
        following = self._next() if self.pipelining else None
        self._write(_RSET + self._begun(following) if following else _RSET)

    def _go_on(self) -> None:
        if self._steps or self._owner is None:
            return
        following = self._next()
        if following is not None:
            self._write(self._begun(following))
        else:
            self._owner.idle(self)

    def _next(self) -> J | None:
        return self._owner.next_job(self) if self._owner is not None else None

    def _begun(self, job: J) -> bytes:
        """What is said to begin a mail."""
        if not self._steps:
            self.since = time.monotonic()
        self._steps.append((Step.MAIL, job))
        if not self.pipelining:
            return job.mail_from()
        self._steps.append((Step.RCPT, job))
        self._steps.append((Step.DATA, job))
        return job.mail_from() + job.rcpt_to() + _DATA

    def _ask(self, step: Step, job: J, line: bytes) -> None:
        self._steps.append((step, job))
        self._write(line)

    def _write(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def _end(self) -> None:
        if self._transport is not None:
            self._transport.close()
