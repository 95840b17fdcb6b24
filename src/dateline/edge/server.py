"""An edge's process: a tail of the log in, streams out, until it is told to stop."""

import asyncio
import contextlib
import gc
import resource
import secrets
import signal
import socket
from collections.abc import Coroutine, Sequence
from dataclasses import replace
from typing import Any

import structlog
import uvloop

from dateline.edge.connection import Connection
from dateline.edge.house import SPARE, Edge, EdgeConfig
from dateline.edge.tail import follow

log = structlog.get_logger("dateline.edge")
HEARTBEAT = 15.0
TICK = 1.0
# Files that are no connections: the tail, the loop, libraries.
_FILES = 100
_BACKLOG = 4096
_BEAT_STEP = 500
# A desktop that is gone without a word, or reads nothing at all, is let go by the kernel after this time.
_DEAD_AFTER_MS = 60_000
# What the kernel keeps unsent for one desktop; it would grow to megabytes by itself.
_KERNEL_BUFFER = 64 * 1024
_PATIENCE = 2.0
_COLLECT = (100_000, 100, 1000)


def listen(host: str, port: int, *, shared: bool = False) -> socket.socket:
    """A listening socket; what is set on it, each connection has too. If `shared`, other processes may listen too."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family, backlog=_BACKLOG, reuse_port=shared)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _DEAD_AFTER_MS)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _KERNEL_BUFFER)
    return listener


async def serve(config: EdgeConfig, listener: socket.socket, stop: asyncio.Event) -> None:
    """Serve until `stop`; then tell every stream when to come back."""
    loop = asyncio.get_running_loop()
    edge = Edge(config, loop)
    server = await loop.create_server(lambda: Connection(edge), sock=listener, backlog=_BACKLOG)
    log.info("edge is up", name=config.name, most=config.most)
    works: list[Coroutine[Any, Any, Any]] = [
        stop.wait(),
        follow(edge, config.tail, config.kept),
        _beat(edge),
        _tick(edge),
    ]
    tasks = [loop.create_task(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            # Whichever ended of itself fell; the supervisor starts the edge again.
            task.result()
    finally:
        server.close()
        await _end(edge, tasks)
    log.info("edge is down", name=config.name, frames=edge.hub.written)


async def _end(edge: Edge, tasks: Sequence[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    edge.empty.clear()
    for connection in list(edge.connections):
        connection.close("going-down", "This edge goes down.", "Come back with the last id.")
    with contextlib.suppress(TimeoutError):
        if edge.connections:
            async with asyncio.timeout(_PATIENCE):
                await edge.empty.wait()
    for connection in list(edge.connections):
        connection.transport.abort()
    await asyncio.sleep(0)


async def _beat(edge: Edge) -> None:
    """A heartbeat to each live stream: the last seq that it has considered. Some at a time: frames go before."""
    while True:
        await asyncio.sleep(HEARTBEAT)
        for count, stream in enumerate(edge.hub.all(), 1):
            stream.send(stream.dialect.heartbeat(edge.hub.seq))
            if count % _BEAT_STEP == 0:
                await asyncio.sleep(0)


async def _tick(edge: Edge) -> None:
    while True:
        await asyncio.sleep(TICK)
        edge.tick()


def room(most: int) -> int:
    """How many streams there can be: as many as asked for, or as files may be open."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = most + SPARE + _FILES
    may = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
    resource.setrlimit(resource.RLIMIT_NOFILE, (may, hard))
    return may - SPARE - _FILES


def run(config: EdgeConfig, *, shared: bool = False) -> None:
    """Serve until SIGINT or SIGTERM; `shared` if other processes serve at the same port."""

    # Ten thousand streams are a million objects that live long, and none of them is part of a cycle that is dropped:
    # to look at them all again and again would hold up frames for half a second.
    gc.set_threshold(*_COLLECT)

    async def main() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        named = replace(config, most=room(config.most), name=f"{config.name}-{secrets.token_hex(3)}")
        await serve(named, listen(config.host, config.port, shared=shared), stop)

    uvloop.run(main())
