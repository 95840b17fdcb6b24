"""An edge: a tail of the log in, streams out. It has no database."""

import asyncio
import contextlib
import json
import resource
import signal
import socket
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import structlog
import uvloop
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

from dateline.edge import request as http
from dateline.edge.connection import Connection
from dateline.edge.hub import Hub
from dateline.edge.replays import Replays
from dateline.edge.tail import follow
from dateline.formats import frame as frames
from dateline.people import ticket as tickets
from dateline.people.ticket import Ticket
from dateline.words import clock
from dateline.words.wire import Wire

log = structlog.get_logger("dateline.edge")
HEARTBEAT = 15.0
# The log says every five seconds how long it is; an edge that has heard nothing for so long is cut off from it.
SILENCE = 15.0
# Connections beyond the streams: requests that are being read, health, figures.
_SPARE = 200
# Files that are no connections: the tail, the loop, libraries.
_FILES = 100
_BACKLOG = 4096
_BEAT_STEP = 500
# A desktop that is gone without a word, or reads nothing at all, is let go by the kernel after this time.
_DEAD_AFTER_MS = 60_000
# What the kernel keeps unsent for one desktop; it would grow to megabytes by itself.
_KERNEL_BUFFER = 64 * 1024
_PATIENCE = 2.0


@dataclass(frozen=True, slots=True)
class EdgeConfig:
    """Where an edge listens, whose tail it reads, and whose tickets it trusts.

    `most` is how many streams it takes, `kept` how many entries it can replay.
    """

    wire: Wire
    port: int
    tail: Path
    ticket_key: bytes
    host: str = "127.0.0.1"
    most: int = 50_000
    kept: int = 10_000


class Edge:
    """The state that all connections of a process share."""

    def __init__(self, config: EdgeConfig, loop: asyncio.AbstractEventLoop) -> None:
        self.config = config
        self.hub = Hub(config.wire, config.kept)
        self.replays = Replays(loop)
        self.connections: set[Connection] = set()
        self.empty = asyncio.Event()
        self.streams = 0
        self.cut_off = 0
        self._loop = loop
        self._size: int | None = None
        self._heard = loop.time()
        self._shorter_since: float | None = None
        self._public = Ed25519PublicKey.from_public_bytes(config.ticket_key)

    @property
    def ready(self) -> bool:
        """Whether it has caught up with the log as it was when the edge came up."""
        return self._size is not None and self.hub.seq >= self._size

    @property
    def hears(self) -> bool:
        """Whether the log has said something lately."""
        return self._loop.time() - self._heard < SILENCE

    def check_room(self) -> None:
        """Busy if there can be no more streams, or none yet."""
        if not self.ready:
            raise http.Busy("This edge is still reading the log. Come back in a moment.")
        if self.streams >= self.config.most:
            raise http.Busy(f"This edge has {self.streams} streams, and takes no more. Come back in a moment.")

    def take_in(self, connection: Connection) -> bool:
        """One more connection; false if there are so many that it cannot even be answered."""
        self.connections.add(connection)
        return len(self.connections) <= self.config.most + _SPARE

    def let_go(self, connection: Connection) -> None:
        self.connections.discard(connection)
        if not self.connections:
            self.empty.set()

    def ticket(self, text: str) -> Ticket:
        return tickets.read(text, self._public, self.config.wire.origin, clock.now())

    def told_size(self, size: int) -> None:
        """The log says how long it is. Shorter than it was, it is another log: one that was restored."""
        self._heard = self._loop.time()
        if size == 0:
            self.hub.begun = True
        if self._size is None:
            self._size = size
        if size >= self.hub.seq:
            self._shorter_since = None
        elif self._shorter_since is None:
            # It may have been said just before an entry that has come already.
            self._shorter_since = self._heard
        elif self._heard - self._shorter_since > 1.0:
            self._begin_anew()

    def _begin_anew(self) -> None:
        """Forget all, and let every stream come back with a cursor that it is then told is wrong."""
        log.error("the log is shorter than it was; reading it anew", seq=self.hub.seq)
        for connection in list(self.connections):
            connection.close()
        self.hub = Hub(self.config.wire, self.config.kept)
        self._size = self._shorter_since = None
        raise ConnectionResetError("the log is another one")

    def page(self, path: str) -> bytes | None:
        """The edge's own pages: its health and its figures."""
        if path == "/healthz":
            good = self.ready and self.hears
            state = {"ok": good, "tail": self.hears, "seq": self.hub.seq, "streams": self.streams}
            return http.answer(200 if good else 503, "application/json", json.dumps(state).encode())
        if path == "/metrics":
            return http.answer(200, "text/plain; version=0.0.4; charset=utf-8", self._figures())
        return None

    def _figures(self) -> bytes:
        registry = CollectorRegistry()
        for name, told, value in (
            ("connections", "Open connections", len(self.connections)),
            ("streams", "Live streams, those that catch up included", self.streams),
            ("seq", "The newest entry that this edge has", self.hub.seq),
        ):
            Gauge(f"dateline_edge_{name}", told, registry=registry).set(value)
        for name, told, value in (
            ("frames", "Frames written", self.hub.written),
            ("gaps", "Streams that were told of a gap", self.hub.gaps),
            ("cut_off", "Streams cut off because they did not read", self.cut_off),
        ):
            Counter(f"dateline_edge_{name}", told, registry=registry).inc(value)
        return generate_latest(registry)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; what is set on it, each connection has too."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family, backlog=_BACKLOG)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _DEAD_AFTER_MS)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _KERNEL_BUFFER)
    return listener


async def serve(config: EdgeConfig, listener: socket.socket, stop: asyncio.Event) -> None:
    """Serve until `stop`; then tell every stream when to come back."""
    loop = asyncio.get_running_loop()
    edge = Edge(config, loop)
    server = await loop.create_server(lambda: Connection(edge, loop), sock=listener, backlog=_BACKLOG)
    log.info("edge is up", most=config.most)
    works: list[Coroutine[Any, Any, Any]] = [stop.wait(), follow(edge, config.tail, config.kept), _beat(edge)]
    tasks = [loop.create_task(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            # Whichever ended of itself fell; the supervisor starts the edge again.
            task.result()
    finally:
        server.close()
        await _end(edge, tasks)
    log.info("edge is down", frames=edge.hub.written)


async def _end(edge: Edge, tasks: Sequence[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    edge.empty.clear()
    for connection in list(edge.connections):
        connection.close()
    with contextlib.suppress(TimeoutError):
        if edge.connections:
            await asyncio.wait_for(edge.empty.wait(), _PATIENCE)
    for connection in list(edge.connections):
        connection.abort()
    await asyncio.sleep(0)


async def _beat(edge: Edge) -> None:
    """A heartbeat to each live stream: the last seq that it has considered. Some at a time: frames go before."""
    while True:
        await asyncio.sleep(HEARTBEAT)
        for count, stream in enumerate(edge.hub.all(), 1):
            stream.send(frames.heartbeat(edge.hub.seq))
            if count % _BEAT_STEP == 0:
                await asyncio.sleep(0)


def room(most: int) -> int:
    """How many streams there can be: as many as asked for, or as files may be open."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = most + _SPARE + _FILES
    may = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
    resource.setrlimit(resource.RLIMIT_NOFILE, (may, hard))
    return may - _SPARE - _FILES


def run(config: EdgeConfig) -> None:
    """Serve until SIGINT or SIGTERM."""

    async def main() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await serve(replace(config, most=room(config.most)), listen(config.host, config.port), stop)

    uvloop.run(main())
