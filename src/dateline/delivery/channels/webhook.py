"""Webhooks as Standard Webhooks has them (spec/standard-webhooks.md, 1.0): a signed POST of ninjs 3.1."""

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from dateline.delivery import addresses, links
from dateline.delivery.channels.contract import House, Single
from dateline.delivery.deciding import TAKES_BACK, Answer, http_answer
from dateline.delivery.posting.connection import Reply
from dateline.delivery.posting.poster import FAILURES, Poster, failure, target
from dateline.delivery.recipient import Recipient
from dateline.formats import ninjs
from dateline.words import clock
from dateline.words.entry import Entry
from dateline.words.wire import Wire

# Standard Webhooks advises 15 to 30 s for the whole; who has not even connected after 5 s is not there.
SECONDS = 15.0
_PREFIX = "whsec_"
_SECRET_BYTES = 32
_EVIDENCE = 200


class Webhook(Single):
    """Posts over kept connections. Each new one is checked against the address that it really goes to."""

    name = "webhook"
    label = _("Webhook")
    at_once = 200
    slow_at_once = 50
    keys = (links.ACKNOWLEDGE,)

    def __init__(self, house: House, seconds: float = SECONDS) -> None:
        self._wire, self._key = house.wire, house.keys[links.ACKNOWLEDGE]
        self._poster = Poster(seconds, private=house.private)

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
        return Post(self._poster, *request(entry, lang, self._wire), asks)

    async def close(self) -> None:
        await self._poster.close()


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

    def __init__(self, poster: Poster, body: bytes, headers: dict[str, str], asks: Asking | None = None) -> None:
        self._poster, self._body, self._asks = poster, body, asks
        shared = headers | {"Content-Length": str(len(body))}
        self._head = _lines(shared)

    async def __call__(self, to: Recipient) -> Answer:
        at = int(time.time())
        own = {
            **(self._asks.header(to) if self._asks else {}),
            "webhook-id": to.message,
            "webhook-timestamp": str(at),
            "webhook-signature": signatures(to.secret, to.message, at, self._body),
        }
        try:
            place, line = target(to.address)
            reply = await self._poster.post(place, b"".join((line, self._head, _lines(own), b"\r\n", self._body)))
        except FAILURES as error:
            return failure(error)
        return http_answer(reply.status, _said(reply), reply.retry_after, clock.now())


def _lines(headers: Mapping[str, str]) -> bytes:
    return "".join([f"{name}: {value}\r\n" for name, value in headers.items()]).encode()


def request(entry: Entry, lang: str, wire: Wire) -> tuple[bytes, dict[str, str]]:
    """The body and the headers that are the same for all. ninjs has no signal, so that goes in a header."""
    headers = {
        **common(wire),
        "dateline-signal": str(entry.signal),
        "dateline-seq": str(entry.seq),
        "dateline-guid": entry.guid,
    }
    return ninjs.render(entry, lang, wire), headers


def common(wire: Wire) -> dict[str, str]:
    """What every post says of itself. A few packed bytes may be gigabytes: none are asked for, or unpacked."""
    return {
        "User-Agent": f"Dateline (+{wire.base_url})",
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "Content-Type": "application/json",
    }


def _said(reply: Reply) -> str:
    """Where it redirects to, or the first bytes of its body. A redirect is not followed: it would lead a signed text to
    somebody who was not asked, or into our own network. A text that broke off was answered all the same.
    """
    if 300 <= reply.status < 400:
        return f"redirects to {reply.location[:_EVIDENCE] or 'nowhere'}, which is not followed"
    if reply.broke_off and not reply.body:
        return "(its body did not come)"
    return reply.body.decode("utf-8", errors="replace")


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
