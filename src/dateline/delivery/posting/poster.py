"""The kept connections to web servers: a request goes out on one that is free, or on a new one.

Where a name leads is asked when a connection is opened, each address is checked, and it is the checked one that is
connected to: no name can change between. Certificates are checked by the system's list.
"""

import asyncio
import socket
import ssl
import time
from collections import deque
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import yarl

from dateline.delivery.addresses import is_public
from dateline.delivery.deciding import Answer, Meaning
from dateline.delivery.outward import Names, OwnNetworkError
from dateline.delivery.posting.connection import Connection, Reply

# What `post` can end with instead of a reply. A ValueError is an address or a name that cannot be one.
FAILURES = (TimeoutError, OSError, ValueError)
# Servers close what is unused, many after five seconds; we do so first. So many are kept at most.
_IDLE, _MOST = 4.0, 1000
_SWEEP = 1.0
# Addresses of which the request's first lines are kept.
_KNOWN = 10_000


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a whole attempt may take, and how long it may take to connect, in seconds."""

    whole: float
    connect: float


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
    """Unless `private`, nothing is sent into the machine's own network."""

    def __init__(self, patience: Patience, *, private: bool) -> None:
        self._patience, self._private = patience, private
        self._names = Names()
        self._context = ssl.create_default_context()
        self._context.set_alpn_protocols(["http/1.1"])
        self._free: dict[Place, deque[Connection]] = {}
        self._kept = 0
        self._sweeper: asyncio.TimerHandle | None = None

    async def post(self, place: Place, request: bytes) -> Reply:
        """Send one request, and wait for the answer. It ends with one of `FAILURES` otherwise."""
        async with asyncio.timeout(self._patience.whole):
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
        reached = await self._reached(place)
        context, name = (self._context, place.host) if place.tls else (None, None)
        try:
            _, connection = await asyncio.get_running_loop().create_connection(
                Connection, sock=reached, ssl=context, server_hostname=name
            )
        except BaseException:
            reached.close()
            raise
        return connection

    async def _reached(self, place: Place) -> socket.socket:
        """A socket that is connected to the first address of the name that answers."""
        failed: OSError = OSError("the name leads nowhere")
        for found in await self._names.resolve(place.host, place.port, socket.AF_UNSPEC):
            if not self._private and not is_public(found["host"]):
                raise OwnNetworkError
            try:
                return await self._connected(found["family"], (found["host"], found["port"]))
            except OSError as error:
                failed = error
        raise failed

    async def _connected(self, family: int, address: tuple[str, int]) -> socket.socket:
        made = socket.socket(family, socket.SOCK_STREAM)
        made.setblocking(False)
        try:
            async with asyncio.timeout(self._patience.connect):
                await asyncio.get_running_loop().sock_connect(made, address)
        except BaseException:
            made.close()
            raise
        return made


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
