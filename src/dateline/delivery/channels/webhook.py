"""Webhooks as Standard Webhooks has them (spec/standard-webhooks.md, 1.0): a signed POST of ninjs 3.1."""

import asyncio
import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp
from django.utils.translation import gettext_lazy as _

from dateline.delivery import addresses, links, outward
from dateline.delivery.channels.contract import House, Single
from dateline.delivery.deciding import TAKES_BACK, Answer, http_answer
from dateline.delivery.recipient import Recipient
from dateline.formats import ninjs
from dateline.words import clock
from dateline.words.entry import Entry
from dateline.words.wire import Wire

# Standard Webhooks advises 15 to 30 s for the whole; who has not even connected after 5 s is not there.
TIMEOUT = aiohttp.ClientTimeout(total=15, sock_connect=5)
_PREFIX = "whsec_"
_SECRET_BYTES = 32
_EVIDENCE = 200
# The status has said all that counts; for the body's first bytes, which only the ledger wants, one waits no longer.
_BODY = 2.0


class Webhook(Single):
    """Posts over kept connections. Each new one is checked against the address that it really goes to."""

    name = "webhook"
    label = _("Webhook")
    at_once = 200
    slow_at_once = 50
    keys = (links.ACKNOWLEDGE,)

    def __init__(self, house: House, timeout: aiohttp.ClientTimeout = TIMEOUT) -> None:
        self._wire, self._key = house.wire, house.keys[links.ACKNOWLEDGE]
        self._session = outward.session(house.wire, timeout, private=house.private)

    @classmethod
    def check(cls, address: str, options: Mapping[str, str]) -> dict[str, str]:
        addresses.check_webhook(address)
        return {}

    @classmethod
    def new_secret(cls, given: str) -> str:
        """As Standard Webhooks writes it: `whsec_` and base64 of 32 random bytes."""
        return _PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()

    def prepare(self, entry: Entry, lang: str) -> "Post":
        asks = Asking(self._wire.base_url, self._key, entry.seq) if entry.signal in TAKES_BACK else None
        return Post(self._session, *request(entry, lang, self._wire), asks)

    async def close(self) -> None:
        await self._session.close()


@dataclass(frozen=True, slots=True)
class Asking:
    """What a post that takes something back asks of its recipient."""

    base_url: str
    key: bytes
    seq: int

    def header(self, to: Recipient) -> dict[str, str]:
        return {"dateline-acknowledge": links.acknowledging(self.base_url, self.key, to.name, self.seq)}


class Post:
    """One body, rendered once, for many recipients."""

    def __init__(
        self, session: aiohttp.ClientSession, body: bytes, headers: dict[str, str], asks: Asking | None = None
    ) -> None:
        self._session, self._body, self._headers, self._asks = session, body, headers, asks

    async def __call__(self, to: Recipient) -> Answer:
        at = int(time.time())
        headers = {
            **self._headers,
            **(self._asks.header(to) if self._asks else {}),
            "webhook-id": to.message,
            "webhook-timestamp": str(at),
            "webhook-signature": signatures(to.secret, to.message, at, self._body),
        }
        try:
            # A redirect would lead a signed text to somebody who was not asked, or into our own network.
            async with self._session.post(
                to.address, data=self._body, headers=headers, allow_redirects=False
            ) as response:
                said = await _said(response)
                return http_answer(response.status, said, response.headers.get("Retry-After", ""), clock.now())
        except outward.FAILURES as error:
            return outward.failure(error)


def request(entry: Entry, lang: str, wire: Wire) -> tuple[bytes, dict[str, str]]:
    """The body and the headers that are the same for all. ninjs has no signal, so that goes in a header."""
    headers = {
        "Content-Type": "application/json",
        "dateline-signal": str(entry.signal),
        "dateline-seq": str(entry.seq),
        "dateline-guid": entry.guid,
    }
    return ninjs.render(entry, lang, wire), headers


async def _said(response: aiohttp.ClientResponse) -> str:
    """Where it redirects to, or the first bytes of its body: the rest is not read, and the connection goes with it."""
    if 300 <= response.status < 400:
        return f"redirects to {response.headers.get('Location', 'nowhere')[:_EVIDENCE]}, which is not followed"
    try:
        async with asyncio.timeout(_BODY):
            return (await response.content.read(_EVIDENCE)).decode("utf-8", errors="replace")
    except outward.FAILURES:
        # A text that broke off was answered all the same: to send it again would be to send it twice.
        return "(its body did not come)"


def signatures(secret: str, message: str, at: int, body: bytes) -> str:
    """One signature for each secret that is good at the time, the newest first, a space between two."""
    if " " not in secret:
        return signature(secret, message, at, body)
    return " ".join(signature(each, message, at, body) for each in held(secret, at))


def held(secret: str, at: float) -> list[str]:
    """The secrets of an endpoint that still sign at a time, of what it keeps: the newest, then `older@until` each."""
    newest, *older = secret.split(" ")
    return [newest, *(name for name, _, until in (each.partition("@") for each in older) if float(until) > at)]


def signature(secret: str, message: str, at: int, body: bytes) -> str:
    """`v1,` and base64 of HMAC-SHA-256 over `id.timestamp.body`."""
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    signed = hmac.digest(key, f"{message}.{at}.".encode() + body, hashlib.sha256)
    return f"v1,{base64.b64encode(signed).decode()}"
