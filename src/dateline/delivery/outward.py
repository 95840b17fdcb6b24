"""HTTP out of the house: kept connections, and none of them into the machine's own network unless that is allowed."""

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from dateline.delivery.addresses import is_public
from dateline.delivery.deciding import Answer, Meaning
from dateline.words.wire import Wire

# What a request can end with instead of an answer. A ValueError is an address or a name that cannot be one.
FAILURES = (TimeoutError, aiohttp.ClientError, OSError, ValueError)
# Name servers that are slow hold up so many at once, and only those of the same session.
_LOOKUPS = 32


class OwnNetworkError(OSError):
    """The name led to an address of this machine's own network."""

    def __init__(self) -> None:
        super().__init__("the address is on this machine's own network")


def session(wire: Wire, timeout: aiohttp.ClientTimeout, *, private: bool) -> aiohttp.ClientSession:
    """Kept connections. Unless `private`, each new one is checked against the address that it really goes to."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, resolver=Names(), socket_factory=None if private else _public_socket),
        timeout=timeout,
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": f"Dateline (+{wire.base_url})", "Accept-Encoding": "identity"},
        # A few packed bytes may be gigabytes (RFC 9110 section 8.4.1); nothing that is read here is worth packing.
        auto_decompress=False,
    )


class Names(AbstractResolver):
    """Looks names up in threads of its own: the event loop has few, and strangers choose the names that a hub asks."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_LOOKUPS, thread_name_prefix="names")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        look = partial(socket.getaddrinfo, host, port, family, socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
        found = await asyncio.get_running_loop().run_in_executor(self._threads, look)
        written = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
        return [
            ResolveResult(hostname=host, host=str(to[0]), port=port, family=kind, proto=protocol, flags=written)
            for kind, _, protocol, _, to in found
        ]

    async def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


def failure(error: Exception) -> Answer:
    """What it means that there was no answer: later there may be one, unless the address itself is wrong."""
    # First: it is a ValueError too, and can be mended.
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return Answer(Meaning.AGAIN, str(error.certificate_error))
    if isinstance(error, ValueError):
        return Answer(Meaning.NEVER, "not a web address")
    if isinstance(error, TimeoutError):
        return Answer(Meaning.AGAIN, "no answer in time")
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return Answer(Meaning.AGAIN, "the connection ended before an answer")
    if isinstance(error, aiohttp.ClientConnectorError):
        refused = isinstance(error.os_error, OwnNetworkError)
        return Answer(Meaning.NEVER if refused else Meaning.AGAIN, str(error.os_error))
    return Answer(Meaning.AGAIN, f"{type(error).__name__}: {error}")


def _public_socket(info: aiohttp.AddrInfoType) -> socket.socket:
    """The socket for one resolved address: what is checked is what is connected to, so no name can change between."""
    family, kind, protocol, _, address = info
    if not is_public(str(address[0])):
        raise OwnNetworkError
    return socket.socket(family, kind, protocol)
