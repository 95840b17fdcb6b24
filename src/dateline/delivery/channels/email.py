"""Mail over SMTP, to the operator's relay, over a few kept connections.

Sources: RFC 5321 (replies), RFC 5322, RFC 2919 (List-Id), RFC 2369 and RFC 8058 (one-click unsubscribing).
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from urllib.parse import unquote, urlsplit

import aiosmtplib
from django.utils.translation import gettext_lazy as _

from dateline.delivery import addresses, links
from dateline.delivery.channels.contract import Channel, House
from dateline.delivery.deciding import Answer, Meaning, smtp_answer
from dateline.delivery.mail import Mail
from dateline.delivery.recipient import Recipient
from dateline.words import clock
from dateline.words.entry import Entry

TIMEOUT = 30.0
# A relay closes what is idle; a connection older than this is made anew.
_IDLE = 8.0
# Many relays take a hundred messages a connection.
_MESSAGES = 90
_CLOSING = 421


class Email(Channel):
    """One mail to each recipient, in a transaction of its own, so that each has its own final reply."""

    name = "email"
    label = _("E-mail")
    example = "name@newsroom.example"
    keys = (links.LEAVE,)

    def __init__(self, house: House) -> None:
        self._wire, self._from, self._key = house.wire, house.mail_from, house.keys[links.LEAVE]
        self._relay = Relay(house.smtp_url)

    @classmethod
    def check(cls, address: str, options: Mapping[str, str]) -> dict[str, str]:
        addresses.check_mail(address)
        return {}

    def prepare(self, entry: Entry, lang: str) -> "Post":
        return Post(self._relay, Mail.of(entry, lang, self._wire, self._from), self._from, self._key)

    async def close(self) -> None:
        await self._relay.close()


class Post:
    """One mail, rendered once, for many recipients."""

    def __init__(self, relay: "Relay", mail: Mail, sender: str, key: bytes) -> None:
        self._relay, self._mail, self._sender, self._key = relay, mail, sender, key

    async def __call__(self, to: Recipient) -> Answer:
        message = self._mail.to(to, self._key, clock.now())
        try:
            async with self._relay.connection() as smtp:
                await smtp.mail(self._sender)
                await smtp.rcpt(to.address)
                reply = await smtp.data(message)
                return smtp_answer(reply.code, reply.message)
        except aiosmtplib.SMTPResponseException as refused:
            return smtp_answer(refused.code, refused.message)
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            return Answer(Meaning.AGAIN, f"{type(error).__name__}: {error}")


class Kept:
    """A connection that is kept, and how much it has been used."""

    def __init__(self, smtp: aiosmtplib.SMTP) -> None:
        self.smtp, self.sent, self.idle_since = smtp, 0, 0.0


class Relay:
    """Kept connections to one relay. One that met an error that ends it is not used again."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port
        self._tls = parts.scheme == "smtps"
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._idle: list[Kept] = []

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[aiosmtplib.SMTP]:
        """A connection for one mail. A refusal leaves it good, unless the relay says that it closes (421)."""
        kept, good = await self._take(), False
        try:
            yield kept.smtp
            good = True
        except aiosmtplib.SMTPResponseException as refused:
            good = refused.code != _CLOSING and await _reset(kept.smtp)
            raise
        finally:
            await self._give(kept, good=good)

    async def close(self) -> None:
        idle, self._idle = self._idle, []
        await asyncio.gather(*(_quit(kept.smtp) for kept in idle))

    async def _take(self) -> Kept:
        now = asyncio.get_running_loop().time()
        while self._idle:
            kept = self._idle.pop()
            if kept.smtp.is_connected and now - kept.idle_since < _IDLE:
                return kept
            kept.smtp.close()
        return Kept(await self._connected())

    async def _connected(self) -> aiosmtplib.SMTP:
        smtp = aiosmtplib.SMTP(hostname=self._host, port=self._port, use_tls=self._tls, timeout=TIMEOUT)
        try:
            await smtp.connect()
            if self._user:
                await smtp.login(self._user, self._password)
        except aiosmtplib.SMTPResponseException as refused:
            # That the relay does not take us says nothing of the recipient, who must not fail for it.
            smtp.close()
            raise aiosmtplib.SMTPConnectError(f"{refused.code} {refused.message}") from refused
        return smtp

    async def _give(self, kept: Kept, *, good: bool) -> None:
        kept.sent += 1
        if not good or not kept.smtp.is_connected:
            kept.smtp.close()
        elif kept.sent >= _MESSAGES:
            await _quit(kept.smtp)
        else:
            kept.idle_since = asyncio.get_running_loop().time()
            self._idle.append(kept)


async def _reset(smtp: aiosmtplib.SMTP) -> bool:
    """Forget the transaction that was refused; false if the connection is of no more use."""
    try:
        await smtp.rset()
    except (aiosmtplib.SMTPException, OSError):
        return False
    return True


async def _quit(smtp: aiosmtplib.SMTP) -> None:
    """Leave politely; whether the relay heard it does not matter."""
    try:
        await smtp.quit()
    except (aiosmtplib.SMTPException, OSError):
        smtp.close()
