"""Connections to hosts that strangers name: the address that is connected to is the one that was checked.

Of a host with several addresses the first that answers is taken (RFC 8305): one that is dead costs a quarter of a
second.
"""

import asyncio
import socket
import ssl
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from itertools import chain, zip_longest
from typing import TypeVar

from aiohttp.abc import AbstractResolver, ResolveResult

from dateline.delivery.addresses import is_public
from dateline.delivery.outward import OwnNetworkError

# Seconds. Who has not answered by then is not there.
_CONNECT = 5.0
# Seconds until the next address is tried beside those before it (RFC 8305 section 5), and so many are tried at most: a
# stranger's name may lead to hundreds.
_NEXT, _MOST = 0.25, 6
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
    found = await names.resolve(host, port, socket.AF_UNSPEC)
    allowed = [each for each in found if private or is_public(each["host"])]
    if found and not allowed:
        raise OwnNetworkError
    # Most hosts have one, and a race of one takes half as long again.
    if len(allowed) == 1:
        return await _connected(allowed[0])
    race = _Race(in_turn(allowed))
    try:
        return await race.run()
    except BaseException:
        race.close()
        raise


def in_turn(found: Sequence[ResolveResult]) -> list[ResolveResult]:
    """The first few, of each family in turn, that of the first before the other (RFC 8305 section 4)."""
    families = defaultdict(list)
    for each in found:
        families[each["family"]].append(each)
    turns = chain.from_iterable(zip_longest(*families.values()))
    return [each for each in turns if each is not None][:_MOST]


class _Race:
    """Connects to addresses, each begun when one before it has failed or a moment after it was begun."""

    def __init__(self, found: Sequence[ResolveResult]) -> None:
        self._left = deque(found)
        self._won: socket.socket | None = None
        self._failed: Exception = OSError("the name leads nowhere")

    async def run(self) -> socket.socket:
        """The first that is connected; the others are closed. What the last failed of is raised, if none is."""
        async with asyncio.TaskGroup() as group:
            going: set[asyncio.Task[None]] = set()
            while self._won is None and (self._left or going):
                if self._left:
                    going.add(group.create_task(self._try(self._left.popleft())))
                wait = _NEXT if self._left else None
                _, going = await asyncio.wait(going, timeout=wait, return_when=asyncio.FIRST_COMPLETED)
            for each in going:
                each.cancel()
        if self._won is None:
            raise self._failed
        return self._won

    def close(self) -> None:
        """For whoever gave up when one may just have been connected."""
        if self._won is not None:
            self._won.close()

    async def _try(self, found: ResolveResult) -> None:
        try:
            made = await _connected(found)
        # Out of the group they would come as an error of another kind. The last is uvloop's.
        except (OSError, ValueError, RuntimeError) as error:
            self._failed = error
            return
        if self._won is None:
            self._won = made
        else:
            made.close()


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
