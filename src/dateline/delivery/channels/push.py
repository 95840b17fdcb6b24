"""Web Push to a browser: a notice with one-tap actions.

Sources: RFC 8030 (the protocol), RFC 8291 (encryption), RFC 8292 (VAPID).
"""

from collections.abc import Mapping
from datetime import datetime

import aiohttp
from django.utils.translation import gettext_lazy as _

from dateline.delivery import addresses, encrypted, notice, outward, tapped, vapid
from dateline.delivery.channels.contract import House, Single
from dateline.delivery.deciding import Answer, Meaning, http_answer
from dateline.delivery.notice import Notice
from dateline.delivery.recipient import Recipient
from dateline.words import clock
from dateline.words.entry import Entry
from dateline.words.errors import BadInput, Fault

TIMEOUT = aiohttp.ClientTimeout(total=15, sock_connect=5)
_EVIDENCE = 200
_FORM = {"Content-Type": "application/octet-stream", "Content-Encoding": "aes128gcm"}


class Push(Single):
    """Posts to the push services of the browsers' makers; each message is encrypted for the one browser."""

    name = "push"
    label = _("Browser")
    keys = (vapid.KEY, tapped.KEY)
    at_once = 200
    slow_at_once = 50

    def __init__(self, house: House, timeout: aiohttp.ClientTimeout = TIMEOUT) -> None:
        self._wire, self._key = house.wire, house.keys[tapped.KEY]
        self._vapid = vapid.Vapid(house.keys[vapid.KEY], house.mail_from)
        self._session = outward.session(house.wire, timeout, private=house.private)

    @classmethod
    def check(cls, address: str, options: Mapping[str, str]) -> dict[str, str]:
        addresses.check_webhook(address)
        _check_key(options.get("p256dh", ""))
        _check_secret(options.get("auth", ""))
        actions = options.get("actions", notice.USUAL).split()
        if unknown := [each for each in actions if each not in notice.ACTIONS]:
            _refuse("actions", f"There is no button {unknown[0][:40]!r}.", f"Write {', '.join(notice.ACTIONS)}.")
        return {"p256dh": options["p256dh"], "auth": options["auth"], "actions": " ".join(actions)}

    def prepare(self, entry: Entry, lang: str) -> "Post":
        return Post(self._session, self._vapid, Notice.of(entry, lang, self._wire, self._key), self._key)

    async def close(self) -> None:
        await self._session.close()


class Post:
    """One notice, rendered once, encrypted for each browser anew: the service that carries it reads nothing."""

    def __init__(self, session: aiohttp.ClientSession, signs: vapid.Vapid, told: Notice, key: bytes) -> None:
        self._session, self._vapid, self._notice, self._key = session, signs, told, key

    async def __call__(self, to: Recipient) -> Answer:
        now = clock.now()
        # What is taken back is told to everybody, whatever he has muted.
        if not self._notice.takes_back and (why := tapped.quiet(to.options, self._notice.guid, now)):
            return Answer(Meaning.DECLINED, why)
        try:
            return await self._posted(to, now)
        except (KeyError, ValueError) as error:
            return Answer(Meaning.NEVER, f"not a browser's subscription: {type(error).__name__}")
        except outward.FAILURES as error:
            return outward.failure(error)

    async def _posted(self, to: Recipient, now: datetime) -> Answer:
        keys = encrypted.bytes_of(to.options["p256dh"]), encrypted.bytes_of(to.options["auth"])
        body = encrypted.encrypt(self._notice.to(to, self._key), *keys)
        headers = {**_FORM, **self._notice.headers, "Authorization": self._vapid.authorization(to.address, now)}
        # A redirect would lead the message to somebody who was not asked, or into our own network.
        async with self._session.post(to.address, data=body, headers=headers, allow_redirects=False) as response:
            said = (await response.content.read(_EVIDENCE)).decode("utf-8", errors="replace")
            kept = response.headers.get("Location", "") if response.ok else said
            return push_answer(response.status, kept, response.headers.get("Retry-After", ""), now)


def push_answer(status: int, said: str, retry_after: str, now: datetime) -> Answer:
    """As for any POST, but 404 ends it too: a subscription that has run out (RFC 8030 section 7.3)."""
    if status == 404:
        return Answer(Meaning.GONE, f"HTTP 404 {said}".strip())
    return http_answer(status, said, retry_after, now)


def _check_key(text: str) -> None:
    try:
        encrypted.read_point(encrypted.bytes_of(text))
    except ValueError:
        _refuse("p256dh", "p256dh is no public key of P-256.", "Send what the browser's getKey('p256dh') gives.")


def _check_secret(text: str) -> None:
    try:
        good = len(encrypted.bytes_of(text)) == encrypted.SECRET
    except ValueError:
        good = False
    if not good:
        _refuse("auth", "auth is not 16 bytes.", "Send what the browser's getKey('auth') gives.")


def _refuse(field: str, what: str, mend: str) -> None:
    raise BadInput([Fault(f"bad-{field}", what, f"/options/{field}", f"{mend} In base64url.")])
