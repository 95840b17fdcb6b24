"""Connections to hosts that strangers name: the address that is connected to is the one that was checked."""

import asyncio
import socket
import ssl
from collections.abc import Callable
from typing import TypeVar

from aiohttp.abc import AbstractResolver, ResolveResult

from dateline.delivery.addresses import is_public
from dateline.delivery.outward import OwnNetworkError

# Who has not answered by then is not there; his other addresses are tried.
_CONNECT = 5.0
P = TypeVar("P", bound=asyncio.Protocol)


async def connect(
    protocol: Callable[[], P],
    names: AbstractResolver,
    host: str,
    port: int,
    *,
    private: bool,
    tls: ssl.SSLContext | None = None,
) -> P:
    """A protocol over a connection as `dial` makes it; with `tls` from the first byte on."""
    dialled = await dial(names, host, port, private=private)
    name = host if tls else None
    try:
        _, made = await asyncio.get_running_loop().create_connection(
            protocol, sock=dialled, ssl=tls, server_hostname=name
        )
    except BaseException:
        dialled.close()
        raise
    return made


async def dial(names: AbstractResolver, host: str, port: int, *, private: bool) -> socket.socket:
    """A connected socket, not into the machine's own network unless `private`. OSError if there is none."""
    failed: OSError = OSError("the name leads nowhere")
    for found in await names.resolve(host, port, socket.AF_UNSPEC):
        if not private and not is_public(found["host"]):
            failed = OwnNetworkError()
            continue
        try:
            return await _connected(found)
        except OSError as error:
            failed = error
    raise failed


async def _connected(found: ResolveResult) -> socket.socket:
    made = socket.socket(found["family"], socket.SOCK_STREAM)
    try:
        made.setblocking(False)
        async with asyncio.timeout(_CONNECT):
            await asyncio.get_running_loop().sock_connect(made, (found["host"], found["port"]))
    except BaseException:
        made.close()
        raise
    return made
