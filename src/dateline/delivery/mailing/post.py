"""One mail to one recipient, on its way."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from dateline.delivery.deciding import Answer
from dateline.delivery.mailing.mail import Sender
from dateline.delivery.mailing.replies import Reply
from dateline.delivery.recipient import Recipient
from dateline.words import clock


class Content(Protocol):
    """What is sent: the entry that it belongs to (`links.NO_ENTRY`: none), and the whole message for one recipient."""

    @property
    def seq(self) -> int: ...

    def to(self, recipient: Recipient, sender: Sender, now: datetime) -> bytes: ...


class Held(Protocol):
    """What a mail needs of the load that it belongs to; see `channels.contract.Load`."""

    urgent: bool

    def is_over(self, to: Recipient) -> bool: ...

    def has_room(self) -> bool: ...

    def done(self, to: Recipient, answer: Answer, took: float) -> None: ...

    def skip(self, to: Recipient) -> None: ...


class Post:
    """It is rendered when a server waits for it, and not before. `ended` is called once, whatever came of it."""

    __slots__ = ("_begun", "_ended", "_mail", "_sender", "load", "refused", "rounds", "since", "to")

    def __init__(self, load: Held, to: Recipient, mail: Content, sender: Sender, ended: Callable[[], None]) -> None:
        self.load, self.to = load, to
        self.refused: Reply | None = None
        self.rounds = 0
        self._mail, self._sender, self._ended = mail, sender, ended
        self._begun = 0.0
        self.since = time.monotonic()

    def is_over(self) -> bool:
        return self.load.is_over(self.to)

    def mail_from(self) -> bytes:
        self._begun = time.monotonic()
        return f"MAIL FROM:<{self._sender.envelope(self.to, self._mail.seq)}>\r\n".encode("ascii")

    def rcpt_to(self) -> bytes:
        return f"RCPT TO:<{self.to.address}>\r\n".encode("ascii")

    def content(self) -> bytes:
        return self._mail.to(self.to, self._sender, clock.now()) + b".\r\n"

    def finish(self, answer: Answer) -> None:
        self.load.done(self.to, answer, time.monotonic() - self._begun if self._begun else 0.0)
        self._ended()

    def skip(self) -> None:
        self.load.skip(self.to)
        self._ended()
