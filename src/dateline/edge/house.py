"""What all connections of an edge's process share: who is here, what they may, and what the wire says to them."""

import asyncio
import heapq
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp
import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

from dateline.edge import passes
from dateline.edge import request as http
from dateline.edge.connection import Connection
from dateline.edge.hub import Hub
from dateline.edge.limits import Limits
from dateline.edge.live import Live
from dateline.edge.passes import Passes
from dateline.edge.replays import Replays
from dateline.people import ticket as tickets
from dateline.people.ticket import Ticket
from dateline.words import clock
from dateline.words.errors import Refused, Unauthorised
from dateline.words.wire import Wire

log = structlog.get_logger("dateline.edge")
# The log says every five seconds how long it is; an edge that has heard nothing for so long is cut off from it.
SILENCE = 15.0
# Who comes before the log is read waits so long: a browser's EventSource gives up for good when it is refused.
PATIENCE = 10.0
# A desktop that takes nothing for so long has stopped reading.
STALL_SECONDS = 30.0
# Connections beyond the streams: requests that are being read, health, figures.
SPARE = 200
_FETCH = aiohttp.ClientTimeout(total=5)


@dataclass(frozen=True, slots=True)
class EdgeConfig:
    """Where an edge listens, whose tail it reads, and whose tickets it trusts.

    `most` is how many streams one process takes, `kept` how many entries it can replay, `name` what its figures are
    signed off with.
    """

    wire: Wire
    port: int
    tail: Path
    ticket_key: bytes
    host: str = "127.0.0.1"
    most: int = 50_000
    kept: int = 10_000
    name: str = "edge"


@dataclass(slots=True)
class _Stall:
    """A stream that does not take what it is given: since when, and how much waits for it."""

    since: float
    waits: int


class Edge:
    """The state of one process."""

    def __init__(self, config: EdgeConfig, loop: asyncio.AbstractEventLoop) -> None:
        self.config = config
        self.loop = loop
        self.hub = Hub(config.wire, config.kept)
        self.replays = Replays(loop)
        self.limits = Limits()
        self.passes = Passes()
        self.trusted = config.wire.base_url
        self.connections: set[Connection | Live] = set()
        self.empty = asyncio.Event()
        self.streams = 0
        self.cut_off = 0
        self._stalled: dict[Live, _Stall] = {}
        self._ends: list[tuple[float, int, Live]] = []
        self._numbers = count()
        self._waiting: list[tuple[float, Callable[[], None]]] = []
        self._size: int | None = None
        self._heard = loop.time()
        self._shorter_since: float | None = None
        self._public = Ed25519PublicKey.from_public_bytes(config.ticket_key)

    # --- who is here

    def take_in(self, connection: Connection) -> bool:
        """One more connection; false if there are so many that it cannot even be answered."""
        self.connections.add(connection)
        return len(self.connections) <= self.config.most + SPARE

    def let_go(self, connection: Connection | Live) -> None:
        self.connections.discard(connection)
        if not self.connections:
            self.empty.set()

    def came(self, live: Live) -> None:
        """A stream begins."""
        self.connections.add(live)
        self.streams += 1
        if live.ticket is not None:
            self.passes.came(live)
            heapq.heappush(self._ends, (live.ticket.expires.timestamp(), next(self._numbers), live))

    def went(self, live: Live) -> None:
        self.streams -= 1
        self.passes.went(live)
        self._stalled.pop(live, None)
        self.limits.go(live.address, live.ticket.holder if live.ticket else "")
        self.let_go(live)

    def stalls(self, live: Live, stalls: bool) -> None:
        if stalls:
            self._stalled[live] = _Stall(self.loop.time(), live.transport.get_write_buffer_size())
        else:
            self._stalled.pop(live, None)

    def tick(self) -> None:
        """Each second: end what is over, draw the order of the next write."""
        now = self.loop.time()
        self._end_expired(clock.now().timestamp())
        self._end_stalled(now)
        self._let_waiting_go(now)
        self.passes.forget(clock.now().timestamp())
        self.hub.settle()

    # --- what they may

    @property
    def ready(self) -> bool:
        """Whether it has caught up with the log as it was when the edge came up."""
        return self._size is not None and self.hub.seq >= self._size

    @property
    def hears(self) -> bool:
        """Whether the log has said something lately."""
        return self.loop.time() - self._heard < SILENCE

    def has_room(self) -> bool:
        return self.ready and self.streams < self.config.most

    def when_ready(self, then: Callable[[], None]) -> None:
        """Go on at once, or when the log is known, or when that has taken too long."""
        if self.ready:
            then()
        else:
            self._waiting.append((self.loop.time() + PATIENCE, then))

    def ticket(self, text: str) -> Ticket:
        now = clock.now()
        return self.passes.admit(tickets.read(text, self._public, self.config.wire.origin, None), now)

    def renew(self, live: Live, text: str) -> None:
        """A stream goes on with a newer ticket of the same holder."""
        ticket = self.ticket(text)
        if live.ticket is None or live.ticket.holder != ticket.holder:
            raise Unauthorised("This ticket is another reader's. Open a stream of its own with it.")
        self.passes.went(live)
        live.ticket = ticket
        self.passes.came(live)
        live.send(live.dialect.event("renewed", {"expires": int(ticket.expires.timestamp())}))

    async def fetch(self, ticket: Ticket, text: str) -> Ticket:
        """The ticket with its profile, which the API has; Refused if that cannot be had."""
        url = f"{self.config.wire.base_url}/api/v1/tickets/profile"
        try:
            async with (
                aiohttp.ClientSession(timeout=_FETCH) as session,
                session.get(url, headers={"Authorization": f"Ticket {text}"}) as answer,
            ):
                if answer.status != 200:
                    raise Unauthorised("The wire knows no profile of this ticket. Ask for a new one.")
                return passes.with_profile(ticket, await answer.json())
        except (aiohttp.ClientError, TimeoutError, ValueError, KeyError) as broken:
            log.warning("cannot fetch a profile", why=type(broken).__name__)
            raise http.Busy("The profile of this ticket cannot be had now. Come back in a moment.") from None

    def received(self, told: Mapping[str, Any]) -> None:
        """A desktop's receipt: when, by its own clock, it had an entry."""
        try:
            self.hub.fairness.received(int(told["seq"]), clock.instant(str(told["at"])).timestamp())
        except (KeyError, Refused) as wrong:
            raise ValueError("no receipt") from wrong

    # --- what the wire says

    def told_size(self, size: int) -> None:
        """The log says how long it is. Shorter than it was, it is another log: one that was restored."""
        self._heard = self.loop.time()
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

    def notice(self, notice: Mapping[str, Any]) -> None:
        """What is said of tickets and profiles."""
        self.passes.hear(notice, clock.now().timestamp())

    def caught_up(self) -> None:
        """Whoever waits for the log may go on, if it is known now."""
        if self.ready and self._waiting:
            waiting, self._waiting = self._waiting, []
            for _, then in waiting:
                then()

    def figures(self) -> list[dict[str, Any]]:
        """What is to be told to the wire: how evenly entries went out."""
        return [{"edge": self.config.name, **each} for each in self.hub.fairness.take()]

    # --- its own pages

    def page(self, path: str) -> tuple[int, str, bytes] | None:
        """Its health and its figures."""
        if path == "/healthz":
            good = self.ready and self.hears
            state = {"ok": good, "tail": self.hears, "seq": self.hub.seq, "streams": self.streams}
            return 200 if good else 503, "application/json", json.dumps(state).encode()
        if path == "/metrics":
            return 200, "text/plain; version=0.0.4; charset=utf-8", self._metrics()
        return None

    def _metrics(self) -> bytes:
        registry = CollectorRegistry()
        for name, told, value in (
            ("connections", "Open connections", len(self.connections)),
            ("streams", "Live streams, those that catch up included", self.streams),
            ("slow", "Streams that do not take what they are given now", len(self._stalled)),
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

    def _begin_anew(self) -> None:
        """Forget all, and let every stream come back with a cursor that it is then told is wrong."""
        log.error("the log is shorter than it was; reading it anew", seq=self.hub.seq)
        for connection in list(self.connections):
            connection.close("restored", "The log was restored and begins anew.", "Come back with the last id.")
        self.hub = Hub(self.config.wire, self.config.kept)
        self._size = self._shorter_since = None
        raise ConnectionResetError("the log is another one")

    def _end_expired(self, now: float) -> None:
        while self._ends and self._ends[0][0] <= now:
            _, _, live = heapq.heappop(self._ends)
            if live.ticket is None or live.transport.is_closing():
                continue
            if live.ticket.expires.timestamp() > now:
                heapq.heappush(self._ends, (live.ticket.expires.timestamp(), next(self._numbers), live))
                continue
            # Whoever has lost a group since gets no new ticket; so the stream ends with the old one.
            told = {"what": "The ticket has expired.", "mend": "POST /api/v1/tickets"}
            live.end(live.dialect.event("expired", told))

    def _end_stalled(self, now: float) -> None:
        for live, stall in list(self._stalled.items()):
            waits = live.transport.get_write_buffer_size()
            if waits < stall.waits:
                stall.since = now
            stall.waits = waits
            if now - stall.since > STALL_SECONDS:
                live.close("slow", "This screen has read nothing for a while.", "Come back with the last id.")

    def _let_waiting_go(self, now: float) -> None:
        late = [then for until, then in self._waiting if until <= now]
        self._waiting = [each for each in self._waiting if each[0] > now]
        for then in late:
            then()
