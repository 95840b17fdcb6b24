"""Asking subscribers whether they meant it (WebSub section 5.3), beside the sending; the database says whom."""

import asyncio
import hmac
import secrets
import socket
from urllib.parse import urlencode

import aiohttp
import structlog
from yarl import URL

from dateline.delivery import outward
from dateline.delivery.database import Database
from dateline.delivery.deciding import Answer, Meaning
from dateline.delivery.hub import following, requests
from dateline.delivery.models import HubRequest
from dateline.delivery.pausing import pause
from dateline.intake import bell
from dateline.wire.series import Series
from dateline.words import clock
from dateline.words.wire import Wire

log = structlog.get_logger("dateline.delivery.hub")
# Less than `requests.HOLD`.
TIMEOUT = aiohttp.ClientTimeout(total=8, sock_connect=4)
# So many are asked at once, and of one host one.
AT_ONCE = 20
LOOK_EVERY = 5.0


class Hub:
    """One a worker. Any number may run on one database."""

    def __init__(self, wire: Wire, database: Database, *, private: bool) -> None:
        self._wire, self._database, self._private = wire, database, private
        self._wake = asyncio.Event()
        self._busy: set[str] = set()

    async def keep(self) -> None:
        """Carry out requests, and end what has run out, for ever."""
        listener = bell.listen(requests.BELL)
        loop = asyncio.get_running_loop()
        loop.add_reader(listener.fileno(), self._rung, listener)
        try:
            async with outward.session(self._wire, TIMEOUT, private=self._private) as session:
                await self._keep(session)
        finally:
            loop.remove_reader(listener.fileno())
            listener.close()

    async def _keep(self, session: aiohttp.ClientSession) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._keep_sweeping())
            while True:
                self._wake.clear()
                while (row := await self._claim()) is not None:
                    self._busy.add(row.host)
                    group.create_task(self._carry_out(session, row))
                await pause(LOOK_EVERY, self._wake)

    async def _keep_sweeping(self) -> None:
        while True:
            if await self._database(following.sweep, clock.now()):
                self._wake.set()
            await asyncio.sleep(LOOK_EVERY)

    async def _claim(self) -> HubRequest | None:
        if len(self._busy) >= AT_ONCE:
            return None
        return await self._database(requests.claim, clock.now(), frozenset(self._busy))

    async def _carry_out(self, session: aiohttp.ClientSession, row: HubRequest) -> None:
        """Ask once, and write down what came of it."""
        asked_at = clock.now()
        answer = await ask(session, row)
        if answer.meaning is Meaning.DELIVERED and row.mode != HubRequest.Mode.DENIED:
            await self._database(following.confirmed, row, asked_at)
        elif answer.meaning is Meaning.AGAIN:
            await self._database(requests.again, row, clock.now())
        else:
            await self._database(requests.finish, row)
        log.info("asked", mode=row.mode, request=row.name, came=str(answer.meaning))
        self._busy.discard(row.host)
        self._wake.set()

    def _rung(self, listener: socket.socket) -> None:
        bell.drain(listener)
        self._wake.set()


async def ask(session: aiohttp.ClientSession, row: HubRequest) -> Answer:
    """Delivered if it was confirmed, again if nobody answered; any other answer, a redirect too, is a no."""
    challenge = secrets.token_urlsafe(32)
    try:
        address = URL(with_query(row.callback, _query(row, challenge)), encoded=True)
        async with session.get(address, allow_redirects=False) as response:
            said = await _read(response, len(challenge) + 1)
            good = 200 <= response.status < 300 and hmac.compare_digest(said, challenge.encode())
            return Answer(Meaning.DELIVERED if good else Meaning.NEVER, f"HTTP {response.status}")
    except outward.FAILURES as error:
        return outward.failure(error)


def with_query(callback: str, query: str) -> str:
    """The callback with more at the end of its query string, which stays as it was (WebSub section 5.1.1)."""
    if "?" not in callback:
        return f"{callback}?{query}"
    return callback + ("" if callback[-1] in "?&" else "&") + query


def _query(row: HubRequest, challenge: str) -> str:
    topic = Series(row.lang, row.sector, row.kind).url
    values = {"hub.mode": row.mode, "hub.topic": topic}
    if row.mode == HubRequest.Mode.DENIED:
        values["hub.reason"] = row.reason
    else:
        values["hub.challenge"] = challenge
    if row.mode == HubRequest.Mode.SUBSCRIBE:
        values["hub.lease_seconds"] = str(row.lease)
    return urlencode(values)


async def _read(response: aiohttp.ClientResponse, most: int) -> bytes:
    """The body, or the beginning of one that is longer than it should be."""
    found = b""
    while len(found) < most and (chunk := await response.content.read(most - len(found))):
        found += chunk
    return found
