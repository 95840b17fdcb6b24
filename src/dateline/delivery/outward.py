"""HTTP out of the house: kept connections, and none of them into the machine's own network unless that is allowed."""

import socket

import aiohttp

from dateline.delivery.addresses import is_public
from dateline.delivery.deciding import Answer, Meaning
from dateline.words.wire import Wire

# What a request can end with instead of an answer.
FAILURES = (TimeoutError, aiohttp.ClientError, OSError)


class OwnNetworkError(OSError):
    """The name led to an address of this machine's own network."""

    def __init__(self) -> None:
        super().__init__("the address is on this machine's own network")


def session(wire: Wire, timeout: aiohttp.ClientTimeout, *, private: bool) -> aiohttp.ClientSession:
    """Kept connections. Unless `private`, each new one is checked against the address that it really goes to."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, socket_factory=None if private else _public_socket),
        timeout=timeout,
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": f"Dateline (+{wire.base_url})"},
    )


def failure(error: Exception) -> Answer:
    """What it means that there was no answer: later there may be one, unless the address itself is wrong."""
    if isinstance(error, aiohttp.InvalidURL):
        return Answer(Meaning.NEVER, "not a web address")
    if isinstance(error, TimeoutError):
        return Answer(Meaning.AGAIN, "no answer in time")
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
