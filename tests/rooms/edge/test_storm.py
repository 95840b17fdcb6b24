"""Joins, leaves, stalls, kills and releases at random, over real sockets and two processes on one port.

In the end each desktop has exactly the entries that its rules ask for, in order, none twice, none missing; or it was
told of a gap. What it should have is read off the rules here, plainly, without the edge's index.
"""

import asyncio
import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientError, ClientSession, ClientTimeout, WSMsgType

from dateline.people import ticket
from dateline.words import clock, sectors
from dateline.words.entry import Entry
from dateline.words.release import Signal
from tests.desktops import entry, events
from tests.house import free_port
from tests.rooms.edge.place import KEY, PUBLIC, Log, until

SCRIPT = """
import sys
from pathlib import Path
from dateline.edge.house import EdgeConfig
from dateline.edge.server import run
from dateline.words.wire import Wire
run(EdgeConfig(Wire(), int(sys.argv[1]), Path(sys.argv[2]), bytes.fromhex(sys.argv[3])), shared=True)
"""
DIVIDENDS, STOCKS, ECONOMY, TOP = "medtop:20000177", "medtop:20000396", "medtop:04000000", "dateline:top-story"
LANGS, COUNTRIES = ("en", "de", "ko", "ar"), ("DE", "KR", "FR", "EG")
REPLACES = {Signal.CORRECTION, Signal.UPDATE, Signal.WITHDRAWAL}


@dataclass(eq=False)
class Screen:
    """A desktop that comes back by itself, and what it was told: (seq, language), and gaps."""

    port: int
    langs: tuple[str, ...]
    groups: frozenset[str]
    rules: list[dict[str, Any]]
    cursor: int
    got: list[tuple[int, str]] = field(default_factory=list)
    prevs: list[int] = field(default_factory=list)
    gaps: list[tuple[int, int]] = field(default_factory=list)
    begun: int | None = None
    stalled: asyncio.Event = field(default_factory=asyncio.Event)
    closings: int = 0

    @property
    def query(self) -> str:
        made = ticket.new("user:1", self.groups, clock.now(), languages=self.langs, rules=tuple(self.rules))
        return f"ticket={ticket.sign(KEY, 'wire.example', made)}&after={self.cursor}"

    def take(self, told: int | None, name: str, data: Any) -> None:
        """One event, whole."""
        if name == "gap":
            self.gaps.append((data["from"], data["to"]))
        elif name == "closing":
            self.closings += 1
        elif data is not None and "seq" in data:
            self.got.append((data["seq"], data["lang"]))
            self.prevs.append(data["prev"])
        if told is not None:
            self.cursor = told

    async def live(self, session: ClientSession) -> None:
        self.begun = self.cursor
        while True:
            with contextlib.suppress(OSError, ClientError, asyncio.IncompleteReadError, TimeoutError):
                await self.once(session)
            await asyncio.sleep(random.uniform(0.01, 0.1))

    async def once(self, session: ClientSession) -> None:
        raise NotImplementedError


class Stream(Screen):
    async def once(self, session: ClientSession) -> None:
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.setblocking(False)
        try:
            await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", self.port))
            source, sink = await asyncio.open_connection(sock=sock, limit=4096)
        except (OSError, asyncio.CancelledError):
            sock.close()
            raise
        try:
            sink.write(f"GET /wire?{self.query} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            head = await source.readuntil(b"\r\n\r\n")
            assert b" 200 " in head or b" 503 " in head, head
            rest = b""
            while data := await source.read(4096):
                if self.stalled.is_set():
                    await asyncio.sleep(0.5)
                    self.stalled.clear()
                whole, _, rest = (rest + data).rpartition(b"\n\n")
                for each in events(whole + b"\n\n") if whole else ():
                    self.take(each.id, each.name, each.data)
        finally:
            sink.close()


class Socket(Screen):
    async def once(self, session: ClientSession) -> None:
        async with session.ws_connect(f"http://127.0.0.1:{self.port}/wire?{self.query}") as wire:
            async for message in wire:
                assert message.type is WSMsgType.TEXT
                told = json.loads(message.data)
                self.take(told.get("id"), told["event"], told.get("data"))


class Poll(Screen):
    async def once(self, session: ClientSession) -> None:
        async with session.get(f"http://127.0.0.1:{self.port}/wire?{self.query}&wait=2") as answer:
            if answer.status != 200:
                return
            told = await answer.json()
        for each in told["frames"]:
            self.take(each["id"], each["event"], each["data"])
        self.cursor = told["after"]


def wants(screen: Screen, of: Entry) -> str | None:
    """The language in which a desktop wants an entry by its own facts, read off the rules."""
    if not of.audience & {"public", *screen.groups}:
        return None
    wide = {each for code in of.sectors for each in (code, *sectors.ancestors(code))}
    matched = [
        rule
        for rule in screen.rules
        if ("sectors" not in rule or wide & set(rule["sectors"]))
        and ("countries" not in rule or set(of.countries) & set(rule["countries"]))
        and ("urgency" not in rule or of.header["urgency"] <= rule["urgency"])
        and not set(of.countries) & set(rule.get("refused", {}).get("country", []))
    ]
    if not matched:
        return None
    return next((lang for lang in screen.langs if lang in of.langs), of.header["source_language"])


def expected(screen: Screen, log: list[Entry]) -> list[tuple[int, str]]:
    """Every entry after the cursor that the desktop came with, and in which language."""
    found = []
    for of in log[screen.begun or 0 :]:
        lang = wants(screen, of)
        if lang is None and of.signal in REPLACES:
            earlier = [each for each in log[: of.seq - 1] if each.guid == of.guid]
            had = next((one for each in reversed(earlier) if (one := wants(screen, each))), None)
            told = of.signal is Signal.WITHDRAWAL or of.audience & {"public", *screen.groups}
            if had is not None and told:
                lang = had if had in of.langs else of.header["source_language"]
        if lang is not None:
            found.append((of.seq, lang))
    return found


class Storm:
    """What happens, drawn from a seed."""

    def __init__(self, seed: int, log: Log, port: int) -> None:
        self.draw, self.log, self.port = random.Random(seed), log, port
        self.edges: list[subprocess.Popen[bytes]] = []
        self.screens: dict[Screen, asyncio.Task[None]] = {}
        self.left: list[Screen] = []
        self.kills = 0

    def start_edge(self) -> None:
        line = [sys.executable, "-c", SCRIPT, str(self.port), str(self.log.path), PUBLIC.hex()]
        self.edges.append(subprocess.Popen(line, stdout=subprocess.DEVNULL))

    def release(self) -> None:
        """Some entries together: new ones, and corrections and withdrawals of older ones."""
        made: list[Entry] = []
        for _ in range(self.draw.randint(1, 6)):
            seq = len(self.log.entries) + len(made) + 1
            langs = tuple(self.draw.sample(LANGS, self.draw.randint(1, 3)))
            header: dict[str, Any] = {
                "source_language": langs[0],
                "sectors": self.draw.sample([DIVIDENDS, STOCKS, TOP], self.draw.randint(0, 2)),
                "countries": self.draw.sample(COUNTRIES, self.draw.randint(0, 2)),
                "urgency": self.draw.randint(1, 9),
                "audience": self.draw.choice([["public"], ["public"], ["media"], ["media", "europe"]]),
                "slugline": "s" * 80,
            }
            if seq > 3 and self.draw.random() < 0.3:
                old = (self.log.entries + made)[self.draw.randrange(seq - 1)]
                header["guid"] = old.guid.rpartition(":")[2]
                header["signal"] = self.draw.choice(sorted(REPLACES))
            made.append(entry(seq, langs, **header))
        self.log.add(*made)

    def join(self, session: ClientSession) -> None:
        rules = [self.rule() for _ in range(self.draw.randint(1, 3))]
        groups = frozenset(self.draw.sample(["media", "europe"], self.draw.randint(0, 2)))
        langs = tuple(self.draw.sample(LANGS, self.draw.randint(0, 3)))
        kind = self.draw.choice([Stream, Stream, Socket, Poll])
        made = kind(self.port, langs, groups, rules, self.draw.randint(0, len(self.log.entries) // 2))
        self.screens[made] = asyncio.create_task(made.live(session))

    def rule(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if self.draw.random() < 0.4:
            found["sectors"] = self.draw.sample([DIVIDENDS, ECONOMY, TOP], self.draw.randint(1, 2))
        if self.draw.random() < 0.4:
            found["countries"] = self.draw.sample(COUNTRIES, self.draw.randint(1, 2))
        if self.draw.random() < 0.3:
            found["urgency"] = self.draw.randint(2, 8)
        if self.draw.random() < 0.3:
            found["refused"] = {"country": [self.draw.choice(COUNTRIES)]}
        return found or {"everything": True}

    def leave(self) -> None:
        if len(self.screens) > 5:
            gone = self.draw.choice(list(self.screens))
            self.screens.pop(gone).cancel()
            self.left.append(gone)

    def kill(self) -> None:
        """One of the two, as it stands; it is started again."""
        one = self.edges.pop(self.draw.randrange(len(self.edges)))
        os.kill(one.pid, signal.SIGKILL)
        one.wait()
        self.kills += 1
        self.start_edge()

    def stall(self) -> None:
        if self.screens:
            self.draw.choice(list(self.screens)).stalled.set()


@asynccontextmanager
async def storm(seed: int) -> AsyncIterator[tuple[Storm, ClientSession]]:
    with tempfile.TemporaryDirectory(prefix="edge-") as folder:
        log = Log(Path(folder) / "tail.sock")
        await log.open()
        made = Storm(seed, log, free_port())
        async with ClientSession(timeout=ClientTimeout(total=20)) as session:
            try:
                yield made, session
            finally:
                for task in made.screens.values():
                    task.cancel()
                await asyncio.gather(*made.screens.values(), return_exceptions=True)
                for one in made.edges:
                    one.kill()
                    one.wait()
                await log.close()


@pytest.mark.parametrize("seed", range(int(os.environ.get("DATELINE_STORMS", "2"))))
async def test_each_has_exactly_what_its_rules_ask_for_whatever_happens(seed: int) -> None:
    async with storm(seed) as (it, session):
        it.start_edge()
        it.start_edge()
        for _ in range(12):
            it.join(session)
        acts = [it.release] * 8 + [lambda: it.join(session)] * 3 + [it.leave, it.stall, it.stall]
        for step in range(220):
            it.draw.choice(acts)()
            if step % 55 == 54:
                it.kill()
            await asyncio.sleep(it.draw.uniform(0, 0.03))
        end = len(it.log.entries)
        # The last one is wanted by everybody who may read at all; until then nobody is done.
        await until(lambda: all(screen.cursor >= end for screen in it.screens))
        assert it.kills == 4
        for screen in it.screens:
            assert screen.gaps == []
            assert screen.got == expected(screen, it.log.entries)
        for screen in it.left:
            # Who left has the beginning of what it asked for.
            assert screen.got == expected(screen, it.log.entries)[: len(screen.got)]
        assert len({type(screen) for screen in it.screens}) == 3
        assert sum(len(screen.got) for screen in it.screens) > 1000
