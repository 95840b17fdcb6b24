"""Opening a connection: greeting, EHLO, STARTTLS and AUTH (RFC 5321, 3207, 4954)."""

import asyncio
import base64
import ssl
from functools import cache
from typing import Any

from dateline.delivery.dialing import connect
from dateline.delivery.mailing.replies import Reply
from dateline.delivery.mailing.routes import Destination
from dateline.delivery.mailing.smtp import Connection
from dateline.delivery.outward import Names

OPENING = 30.0


class RefusedError(Exception):
    """The server took the connection and would not go on; nothing is said of any recipient."""

    def __init__(self, reply: Reply, at: str) -> None:
        super().__init__(f"{at}: {reply.code} {reply.text}")
        self.reply = reply


async def opened(to: Destination, ours: str, names: Names) -> Connection[Any]:
    """A connection that is ready for mail; `ours` is the name that we say is ours.

    RefusedError, OSError or TimeoutError if no server of the destination would.
    """
    last: Exception = OSError("no server to connect to")
    for host, port in to.hosts:
        try:
            async with asyncio.timeout(OPENING):
                return await _opened(to, host, port, ours, names)
        except (OSError, TimeoutError, RefusedError, ssl.SSLError, ValueError) as error:
            last = error
    raise last


async def _opened(to: Destination, host: str, port: int, ours: str, names: Names) -> Connection[Any]:
    first = _verified() if to.tls == "first" else None
    connection: Connection[Any] = await connect(Connection, names, host, port, private=not to.outside, tls=first)
    try:
        await _ready(connection, to, host, ours)
    except BaseException:
        connection.abort("it could not be opened")
        raise
    return connection


async def _ready(connection: Connection[Any], to: Destination, host: str, ours: str) -> None:
    _good(await connection.reply(), "greeting")
    offers = await _hello(connection, ours)
    if to.tls in {"may", "must"}:
        if "STARTTLS" in offers:
            _good(await connection.command(b"STARTTLS"), "STARTTLS")
            await connection.start_tls(_verified() if to.tls == "must" else _opportunistic(), host)
            offers = await _hello(connection, ours)
        elif to.tls == "must":
            raise ssl.SSLError("TLS: the server does not offer STARTTLS")
    if to.user:
        secret = base64.b64encode(f"\0{to.user}\0{to.password}".encode())
        _good(await connection.command(b"AUTH PLAIN " + secret), "AUTH")
    connection.pipelining = "PIPELINING" in offers


async def _hello(connection: Connection[Any], ours: str) -> set[str]:
    """What the server offers."""
    reply = await connection.command(f"EHLO {ours}".encode())
    if reply.good:
        return {line.split()[0].upper() for line in reply.text.splitlines()[1:] if line.split()}
    _good(await connection.command(f"HELO {ours}".encode()), "HELO")
    return set()


def _good(reply: Reply, at: str) -> None:
    if not reply.good:
        raise RefusedError(reply, at)


@cache
def _verified() -> ssl.SSLContext:
    return ssl.create_default_context()


@cache
def _opportunistic() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
