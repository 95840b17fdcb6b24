"""The channels, one file each. They do not know each other; what is common to them is said here."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from dateline.delivery.channels.email import Email
from dateline.delivery.channels.webhook import Webhook
from dateline.delivery.deciding import Answer
from dateline.delivery.recipient import Recipient
from dateline.words.entry import Entry
from dateline.words.wire import Wire

Send = Callable[[Recipient], Awaitable[Answer]]


class Channel(Protocol):
    """A way out. It raises nothing that the other end can bring about: every end of an attempt is an Answer.

    `at_once` is how many attempts run at a time; those that were slow before share `slow_at_once` others.
    """

    at_once: int
    slow_at_once: int

    def prepare(self, entry: Entry, lang: str) -> Send:
        """Render one rendition, once; what is returned sends it to one recipient."""
        ...

    async def close(self) -> None: ...


def open_all(wire: Wire, *, private_webhooks: bool, smtp_url: str, mail_from: str, key: bytes) -> dict[str, Channel]:
    """Every channel by its name, in the running event loop. `key` signs the tokens of unsubscribing."""
    return {"webhook": Webhook(wire, private=private_webhooks), "email": Email(wire, smtp_url, mail_from, key)}
