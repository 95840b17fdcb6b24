"""WebSub: the whole feed, posted to who follows it (W3C Recommendation of 23 January 2018, sections 7 and 7.1)."""

import hashlib
import hmac
from collections.abc import Mapping

import aiohttp
from yarl import URL

from dateline.delivery import outward
from dateline.delivery.channels.contract import House, Single
from dateline.delivery.database import OwnThread
from dateline.delivery.deciding import Answer, Meaning, http_answer
from dateline.delivery.recipient import Recipient
from dateline.wire import log, series
from dateline.wire.series import Series
from dateline.words import clock
from dateline.words.entry import Entry
from dateline.words.errors import BadInput, Fault

TIMEOUT = aiohttp.ClientTimeout(total=30, sock_connect=5)
# FreshRSS, for one, reads no more than this.
LARGEST = 3 * 1024 * 1024
# A no is taken for an answer after so many; an end that is silent or says that it is busy is tried as long as any.
_TRIES = 3
_KEPT = 64
# How often a feed may change while it is posted before the next entry's turn comes.
_OVERTAKEN = 3


class WebSub(Single):
    """Posts the feed as it is at that moment. Nothing that an end answers but 410 ends its subscription."""

    name = "websub"
    label = "WebSub"
    offered = False
    at_once = 50
    slow_at_once = 20

    def __init__(self, house: House, timeout: aiohttp.ClientTimeout = TIMEOUT) -> None:
        self._session = outward.session(house.wire, timeout, private=house.private)
        self._hub = house.wire.hub_url
        self._feeds = Feeds()
        # Endpoint → the size of the log as of which it has the feed.
        self._has: dict[int, int] = {}

    @classmethod
    def check(cls, address: str, options: Mapping[str, str]) -> dict[str, str]:
        what = "A feed is followed by asking its hub."
        raise BadInput([Fault("bad-channel", what, "/channel", "Post a WebSub subscription to the address /hub.")])

    def prepare(self, entry: Entry, lang: str) -> "Post":
        return Post(self._session, self._feeds, self._hub, self._has, entry.seq)

    async def close(self) -> None:
        await self._session.close()
        await self._feeds.close()


class Post:
    """That the feed has changed by an entry. Who got the feed later than that has it already."""

    def __init__(self, session: aiohttp.ClientSession, feeds: "Feeds", hub: str, has: dict[int, int], seq: int) -> None:
        self._session, self._feeds, self._hub, self._has, self._seq = session, feeds, hub, has, seq

    async def __call__(self, to: Recipient) -> Answer:
        size = self._has.get(to.endpoint, 0)
        if size >= self._seq:
            return Answer(Meaning.DELIVERED, f"it was in the feed as of entry {size}, which was delivered")
        return await self._newest(to, Series(**to.options))

    async def _newest(self, to: Recipient, topic: Series) -> Answer:
        """Post the feed, and again if it changed meanwhile: another worker's newer one may have come before ours."""
        (size, document), sent = await self._feeds.read(topic), b""
        answer = Answer(Meaning.AGAIN, "it changes while it is sent")
        for _ in range(_OVERTAKEN):
            sent, answer = document, await self._post(to, document, headers(topic, self._hub, to.secret, document))
            if answer.meaning is not Meaning.DELIVERED:
                break
            self._has[to.endpoint] = size
            size, document = await self._feeds.read(topic)
            if document == sent:
                break
        return answer

    async def _post(self, to: Recipient, document: bytes, headers: dict[str, str]) -> Answer:
        """One request to the very callback that was given; what is answered beside the status does not matter."""
        try:
            address = URL(to.address, encoded=True)
            async with self._session.post(address, data=document, headers=headers, allow_redirects=False) as response:
                wait = response.headers.get("Retry-After", "")
                return _patient(http_answer(response.status, "", wait, clock.now()), to.attempts)
        except outward.FAILURES as error:
            return outward.failure(error)


class Feeds:
    """Feed documents as of now. They are rendered in a thread with a connection of its own, once for all readers."""

    def __init__(self) -> None:
        self._database = OwnThread("feeds")
        self._kept: dict[Series, tuple[int, bytes]] = {}

    async def read(self, topic: Series) -> tuple[int, bytes]:
        """The size of the log, and the document as of then or later."""
        return await self._database(self._read, topic)

    async def close(self) -> None:
        await self._database.close()

    def _read(self, topic: Series) -> tuple[int, bytes]:
        """Nothing changes but by an append, so what was made as of the same size is still true."""
        size = log.size()
        if topic not in self._kept or self._kept[topic][0] != size:
            if topic not in self._kept and len(self._kept) >= _KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[topic] = size, series.document(topic, LARGEST)
        return self._kept[topic]


def headers(topic: Series, hub: str, secret: str, document: bytes) -> dict[str, str]:
    """The topic's own Content-Type, its two links in one header, and with a secret the signature."""
    found = {"Content-Type": topic.media_type, "Link": f'<{hub}>; rel="hub", <{topic.url}>; rel="self"'}
    if secret:
        found["X-Hub-Signature"] = signature(secret, document)
    return found


def signature(secret: str, document: bytes) -> str:
    """`sha256=` and the HMAC of the body in hexadecimal (section 7.1). SHA-1 is broken (section 8.3)."""
    return "sha256=" + hmac.new(secret.encode(), document, hashlib.sha256).hexdigest()


def _patient(answer: Answer, attempts: int) -> Answer:
    """Every failure is tried again within limits (section 7), a redirect and a 404 too."""
    if answer.meaning is Meaning.NEVER and attempts + 1 < _TRIES:
        return Answer(Meaning.AGAIN, answer.evidence)
    return answer
