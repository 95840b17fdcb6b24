"""An edge as a process of its own, and one that follows the real wire."""

import asyncio
import signal
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from dateline.wire.tail import TailServer
from dateline.words.release import Signal
from tests.desktops import entry
from tests.house import free_port
from tests.rooms import stories
from tests.rooms.edge.place import PUBLIC, Log, Place, edge, until

SCRIPT = """
import sys
from pathlib import Path
from dateline.edge.house import EdgeConfig
from dateline.edge.server import run
from dateline.words.wire import Wire
run(EdgeConfig(Wire(), int(sys.argv[1]), Path(sys.argv[2]), bytes.fromhex(sys.argv[3])))
"""


class Alone:
    """An edge in a process; it can be killed and started again at the same port."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        line = [sys.executable, "-c", SCRIPT, str(self.place.port), str(self.place.log.path), PUBLIC.hex()]
        self.process = await asyncio.to_thread(subprocess.Popen, line, stdout=subprocess.DEVNULL)
        async with asyncio.timeout(20):
            while True:
                try:
                    await self.place.ready()
                except OSError:
                    await asyncio.sleep(0.05)
                else:
                    return

    async def end(self, number: int) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return await asyncio.to_thread(self.process.wait, 10)


@asynccontextmanager
async def alone(*entries: Any) -> Any:
    with tempfile.TemporaryDirectory(prefix="edge-") as folder:
        log = Log(Path(folder) / "tail.sock", list(entries))
        await log.open()
        place = Place(log, free_port(), asyncio.Event())
        made = Alone(place)
        try:
            await made.start()
            yield made
        finally:
            if made.process is not None:
                made.process.kill()
                made.process.wait()
            for desktop in place.desktops:
                await desktop.close()
            await log.close()


async def test_sigterm_lets_every_stream_go_and_says_when_to_come_back() -> None:
    async with alone(entry(1)) as one:
        screen = await one.place.stream("after=0")
        await screen.saw(1)
        assert await one.end(signal.SIGTERM) == 0
        await until(lambda: screen.ended)
        assert screen.body.count(b"retry: ") == 2


async def test_an_edge_that_is_killed_loses_nothing() -> None:
    async with alone(entry(1)) as one:
        screen = await one.place.stream()
        one.place.log.add(entry(2))
        assert await screen.saw(1) == [2]
        await one.end(signal.SIGKILL)
        await until(lambda: screen.ended)
        one.place.log.add(entry(3))
        await one.start()
        one.place.log.add(entry(4))
        back = await one.place.stream(Last_Event_ID="2")
        assert await back.saw(2) == [3, 4]
        assert not [each for each in back.events if each.name == "gap"]


@pytest.fixture
def tail(transactional_db: None, own_head: Path) -> Iterator[TailServer]:
    with tempfile.TemporaryDirectory(prefix="tail-") as folder:
        made = TailServer(Path(folder) / "tail.sock")
        made.start()
        yield made
        made.stop()


async def away(act: Callable[[], Any]) -> Any:
    """In a thread, with a database connection of its own."""

    def acting() -> Any:
        try:
            return act()
        finally:
            connection.close()

    return await asyncio.to_thread(acting)


def then(act: Callable[[], Any], wire: TailServer) -> Awaitable[Any]:
    """Do it, and let the wire tell its readers, as its process does after an append."""

    def acting() -> Any:
        done = act()
        wire.notify()
        return done

    return away(acting)


async def test_the_real_wire_streams_and_takes_back(tail: TailServer) -> None:
    first = await then(stories.released, tail)
    async with edge(path=tail._path) as place:
        screen = await place.stream("after=0")
        assert await screen.saw(1) == [1]
        await then(lambda: stories.corrected(first, stories.CORRECTED), tail)
        assert await screen.saw(2) == [1, 2]
        await then(lambda: stories.withdrawn(first), tail)
        assert await screen.saw(3) == [1, 2, 3]
        names = [Signal.RELEASE, Signal.CORRECTION, Signal.WITHDRAWAL]
        assert [each.name for each in screen.events if each.is_frame] == names
    # One that starts only now is never given the text at all.
    async with edge(path=tail._path) as place:
        late = await place.stream("after=0")
        assert await late.saw(3) == [1, 2, 3]
        told = [each.data["headline"] for each in late.events if each.is_frame]
        assert len(set(told)) == 1
        assert stories.STORY.main.headline not in told
