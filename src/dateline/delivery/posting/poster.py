"""The kept connections to web servers: a request goes out on one that is free, or on a new one.

Where a name leads is asked when a connection is opened, each address is checked, and it is the checked one that is
connected to: no name can change between. Certificates are checked by the system's list.
"""

import asyncio
import ssl
import time
from collections import deque
from functools import lru_cache
from typing import NamedTuple

import yarl

from dateline.delivery.deciding import Answer, Meaning
from dateline.delivery.dialing import connect
from dateline.delivery.outward import Names, OwnNetworkError
from dateline.delivery.posting.connection import Connection, Reply

# What `post` can end with instead of a reply. A ValueError is an address or a name that cannot be one.
FAILURES = (TimeoutError, OSError, ValueError)
# Servers close what is unused, many after five seconds; we do so first. So many are kept at most.
_IDLE, _MOST = 4.0, 1000
_SWEEP = 1.0
# Addresses of which the request's first lines are kept.
_KNOWN = 10_000


class Place(NamedTuple):
    """Where a connection leads."""

    host: str
    port: int
    tls: bool


@lru_cache(maxsize=_KNOWN)
def target(address: str) -> tuple[Place, bytes]:
    """Where a web address leads, and the first lines of a POST to it. ValueError if it is none."""
    url = yarl.URL(address)
    if url.raw_host is None or url.port is None or url.scheme not in {"http", "https"}:
        raise ValueError("not a web address")
    line = f"POST {url.raw_path_qs} HTTP/1.1\r\nHost: {url.host_port_subcomponent}\r\n"
    return Place(url.raw_host, url.port, url.scheme == "https"), line.encode("ascii")


class Poster:
    """An attempt may take so many seconds in all. Unless `private`, nothing is sent into the machine's own network."""

    def __init__(self, seconds: float, *, private: bool) -> None:
        self._seconds, self._private = seconds, private
        self._names = Names()
        self._context = ssl.create_default_context()
        self._context.set_alpn_protocols(["http/1.1"])
        self._free: dict[Place, deque[Connection]] = {}
        self._kept = 0
        self._sweeper: asyncio.TimerHandle | None = None

    async def post(self, place: Place, request: bytes) -> Reply:
        """Send one request, and wait for the answer. It ends with one of `FAILURES` otherwise."""
        async with asyncio.timeout(self._seconds):
            connection = self._free_one(place) or await self._opened(place)
            try:
                reply = await connection.ask(request)
            finally:
                self._give_back(place, connection)
        return reply

    async def close(self) -> None:
        if self._sweeper is not None:
            self._sweeper.cancel()
        for waiting in self._free.values():
            for connection in waiting:
                connection.abort()
        self._free.clear()
        await self._names.close()

    def _free_one(self, place: Place) -> Connection | None:
        """The one that was used last: the others may grow old and be closed."""
        waiting = self._free.get(place)
        while waiting:
            self._kept -= 1
            connection = waiting.pop()
            if connection.is_free:
                return connection
        return None

    def _give_back(self, place: Place, connection: Connection) -> None:
        if not connection.is_free or self._kept >= _MOST:
            connection.abort()
            return
        self._free.setdefault(place, deque()).append(connection)
        self._kept += 1
        if self._sweeper is None:
            self._sweeper = asyncio.get_running_loop().call_later(_SWEEP, self._sweep)

    def _sweep(self) -> None:
        """Close what was unused for long, and forget what the other end has closed."""
        old = time.monotonic() - _IDLE
        for place, waiting in list(self._free.items()):
            while waiting and (waiting[0].since < old or not waiting[0].is_free):
                self._kept -= 1
                waiting.popleft().abort()
            if not waiting:
                del self._free[place]
        again = asyncio.get_running_loop().call_later(_SWEEP, self._sweep) if self._free else None
        self._sweeper = again

    async def _opened(self, place: Place) -> Connection:
        tls = self._context if place.tls else None
        return await connect(Connection, self._names, place.host, place.port, private=self._private, tls=tls)


def failure(error: Exception) -> Answer:
    """What it means that there was no reply: later there may be one, unless the address itself is wrong."""
    if isinstance(error, TimeoutError):
        return Answer(Meaning.AGAIN, "no answer in time")
    if isinstance(error, OwnNetworkError):
        return Answer(Meaning.NEVER, str(error))
    # First: that a certificate does not verify is both, and can be mended.
    if isinstance(error, OSError):
        return Answer(Meaning.AGAIN, str(error) or type(error).__name__)
    return Answer(Meaning.NEVER, "not a web address")
