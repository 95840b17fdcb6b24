"""An edge: a tail of the log in, streams out. It has no database."""

import asyncio
import json
import signal
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog
import uvloop
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

from dateline.edge.connection import Connection
from dateline.edge.hub import Hub
from dateline.edge.tail import follow
from dateline.people import ticket as tickets
from dateline.words import clock
from dateline.words.wire import Wire

log = structlog.get_logger("dateline.edge")
HEARTBEAT = 15.0
_BACKLOG = 4096


@dataclass(frozen=True, slots=True)
class EdgeConfig:
    """Where an edge listens, whose tail it reads, and whose tickets it trusts."""

    wire: Wire
    port: int
    tail: Path
    ticket_key: bytes
    host: str = "127.0.0.1"
    most: int = 50_000
    kept: int = 10_000


class Edge:
    """The state that all connections of a process share."""

    def __init__(self, config: EdgeConfig) -> None:
        self.config = config
        self.hub = Hub(config.wire, config.kept)
        self.cut_off = 0
        self.size: int | None = None
        self._public = Ed25519PublicKey.from_public_bytes(config.ticket_key)

    @property
    def ready(self) -> bool:
        """Whether it has caught up with the log as it was when the edge came up."""
        return self.size is not None and self.hub.seq >= self.size

    @property
    def full(self) -> bool:
        return self.hub.count >= self.config.most

    def groups(self, ticket: str) -> frozenset[str]:
        now: datetime = clock.now()
        return tickets.read(ticket, self._public, self.config.wire.origin, now) if ticket else frozenset()

    def page(self, path: str) -> tuple[int, str, bytes] | None:
        """The edge's own pages: its health and its figures."""
        if path == "/healthz":
            state = {"ok": self.ready, "seq": self.hub.seq, "streams": self.hub.count}
            return (200 if self.ready else 503), "application/json", json.dumps(state).encode()
        if path == "/metrics":
            return 200, "text/plain; version=0.0.4; charset=utf-8", self._figures()
        return None

    def _figures(self) -> bytes:
        registry = CollectorRegistry()
        Gauge("dateline_edge_streams", "Connected streams", registry=registry).set(self.hub.count)
        Gauge("dateline_edge_seq", "The newest entry that this edge has", registry=registry).set(self.hub.seq)
        Counter("dateline_edge_frames", "Frames written", registry=registry).inc(self.hub.written)
        Counter("dateline_edge_cut_off", "Streams cut off because they did not read", registry=registry).inc(
            self.cut_off
        )
        return generate_latest(registry)


async def serve(config: EdgeConfig, stop: asyncio.Event) -> None:
    """Serve until `stop`; then tell every stream when to come back."""
    loop = asyncio.get_running_loop()
    edge = Edge(config)
    server = await loop.create_server(lambda: Connection(edge, loop), config.host, config.port, backlog=_BACKLOG)
    tasks = [loop.create_task(follow(edge, config.tail)), loop.create_task(_beat(edge.hub))]
    log.info("edge is up", port=config.port)
    await stop.wait()
    server.close()
    for task in tasks:
        task.cancel()
    for stream in edge.hub.all():
        if isinstance(stream, Connection):
            stream.close()
    await asyncio.sleep(0.1)


async def _beat(hub: Hub) -> None:
    while True:
        await asyncio.sleep(HEARTBEAT)
        hub.beat()


def run(config: EdgeConfig) -> None:
    """Serve until SIGINT or SIGTERM."""

    async def main() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await serve(config, stop)

    uvloop.run(main())
