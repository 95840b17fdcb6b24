"""`dateline tail` against a real edge: what it prints for a person and for a pipe, and how it comes back."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from dateline.people import ticket
from dateline.words import clock
from dateline.words.release import Signal
from tests.desktops import entry
from tests.house import free_port
from tests.rooms.edge.place import KEY, Place, edge, until
from tests.shared import PATIENCE


@dataclass(slots=True)
class Terminal:
    """The command as it runs, and all that it has written."""

    process: asyncio.subprocess.Process
    out: bytes = b""
    told: bytes = b""
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def read(self) -> None:
        self._tasks += [asyncio.create_task(self._read_out()), asyncio.create_task(self._read_told())]

    async def _read_out(self) -> None:
        assert self.process.stdout is not None
        while data := await self.process.stdout.read(65536):
            self.out += data

    async def _read_told(self) -> None:
        assert self.process.stderr is not None
        while data := await self.process.stderr.read(65536):
            self.told += data

    @property
    def lines(self) -> list[str]:
        return self.out.decode().splitlines()

    async def end(self, number: int = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return await self.ended()

    async def ended(self) -> int:
        status = await asyncio.wait_for(self.process.wait(), PATIENCE)
        await asyncio.gather(*self._tasks)
        return status


@asynccontextmanager
async def tail(port: int, *words: str, **environment: str) -> AsyncIterator[Terminal]:
    """The command in a process of its own, in a folder that has no house."""
    known = {name: value for name, value in os.environ.items() if not name.startswith(("DATELINE_", "DJANGO_"))}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "dateline", "tail", "--url", f"http://127.0.0.1:{port}", *words),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**known, **environment},
        cwd=Path(__file__).parent,
    )
    made = Terminal(process)
    made.read()
    try:
        yield made
    finally:
        if process.returncode is None:
            process.kill()
        await made.ended()


async def connected(place: Place) -> None:
    for _ in range(200):
        if await place.figure("streams"):
            return
        await asyncio.sleep(0.05)
    raise AssertionError("the command did not connect")


async def test_a_pipe_gets_a_line_a_frame() -> None:
    async with (
        edge(entry(1), entry(2, ("ar", "en"))) as place,
        tail(place.port, "--after", "0", "--lang", "ar,en") as it,
    ):
        await until(lambda: len(it.lines) == 2)
        place.log.add(entry(3, ("de",)), entry(4, guid="s1", signal=Signal.WITHDRAWAL))
        await until(lambda: len(it.lines) == 3)
        first, second, third = (line.split("\t") for line in it.lines)
        assert first[1:] == ["1", "release", "en", "Tidewell Energy", "TEXT en", "https://wire.example/en/s1"]
        assert second[1:4] == ["2", "release", "ar"]
        assert third[1:3] == ["4", "withdrawal"]
        assert b"\x1b" not in it.out
        assert await it.end() == 0
        assert it.told == b""


async def test_a_person_gets_colour_and_nothing_that_steers_the_terminal() -> None:
    evil = entry(1, source={"name": "Acme \x1b]0;owned\x07 \u202eSE", "issuer": ""})
    # rich takes FORCE_COLOR for a terminal.
    async with (
        edge(evil, entry(2, ("ar",))) as place,
        tail(place.port, "--after", "0", FORCE_COLOR="1") as it,
    ):
        await until(lambda: it.out.count(b"https://") == 2)
        shown = it.out.decode()
        assert not [steers for steers in ("\x1b]0;", "\x07", "\u202e") if steers in shown]
        assert "\x1b[1m\u2068TEXT ar\u2069\x1b[0m" in shown
        assert await it.end() == 0


async def test_json_is_the_frame_with_its_event_and_a_gap_is_a_line_too() -> None:
    async with edge(*(entry(seq) for seq in range(1, 6)), kept=2) as place:
        async with tail(place.port, "--after", "0", "--json") as it:
            await until(lambda: len(it.lines) == 3)
            gap, *frames = (json.loads(line) for line in it.lines)
            assert gap == {"event": "gap", "from": 1, "to": 3, "fetch": "https://wire.example/api/v1/wire?after=0"}
            assert [(each["event"], each["seq"]) for each in frames] == [("release", 4), ("release", 5)]
        async with tail(place.port, "--after", "1") as it:
            await until(lambda: len(it.lines) == 2)
            await until(lambda: b"Missed entries 2 to 3; they are at https://" in it.told)


async def test_it_comes_back_where_it_was_and_says_so() -> None:
    port = free_port()
    async with tail(port, "--json") as it:
        await until(lambda: b"No stream: " in it.told)
        async with edge(entry(1), port=port) as place:
            await connected(place)
            await until(lambda: b"The stream is back" in it.told or b"Connected." in it.told)
            place.log.add(entry(2))
            await until(lambda: len(it.lines) == 1)
        await until(lambda: it.told.count(b"No stream: ") == 2)
        async with edge(*(entry(seq) for seq in range(1, 5)), port=port):
            await until(lambda: len(it.lines) == 3)
            assert [json.loads(line)["seq"] for line in it.lines] == [2, 3, 4]
            assert b"The stream is back, after entry 2." in it.told
        assert await it.end() == 0


async def test_with_a_token_it_reads_what_its_groups_may_and_renews_its_ticket() -> None:
    lives = [timedelta(seconds=3), ticket.LIFE]

    async def give(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        head = await source.readuntil(b"\r\n\r\n")
        assert head.startswith(b"POST /api/v1/tickets ")
        assert b"Authorization: Bearer dl_secret" in head
        made = ticket.sign(
            KEY, "wire.example", ticket.new("user:1", frozenset({"media"}), clock.now() - ticket.LIFE + lives.pop(0))
        )
        body = json.dumps({"ticket": made}).encode()
        sink.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
        sink.close()

    web = await asyncio.start_server(give, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{web.sockets[0].getsockname()[1]}"
    async with (
        edge(entry(1, audience=["media"])) as place,
        tail(place.port, "--after", "0", "--web", address, DATELINE_TOKEN="dl_secret") as it,
    ):
        await until(lambda: len(it.lines) == 1)
        await until(lambda: not lives)
        place.log.add(entry(2, audience=["media"]))
        await until(lambda: len(it.lines) == 2)
        assert it.told == b""
    web.close()


async def test_what_is_refused_is_said_and_ends_it() -> None:
    async with edge() as place:
        async with tail(place.port, "--sector", "steel") as it:
            assert await it.ended() == 1
            assert b"There is no sector 'steel'." in it.told
            assert b"Traceback" not in it.told
        async with tail(place.port, "--url", "wire.example") as it:
            assert await it.ended() == 1
            assert b"Write http:// or https:// before it." in it.told


async def test_a_reader_that_has_enough_ends_it_quietly() -> None:
    async with edge(entry(1)) as place:
        command = f'"{sys.executable}" -m dateline tail --after 0 --url http://127.0.0.1:{place.port} | head -n 1'
        shell = await asyncio.create_subprocess_shell(
            command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, cwd=Path(__file__).parent
        )
        await connected(place)
        ended = asyncio.create_task(shell.communicate())
        for seq in range(2, 200):
            place.log.add(entry(seq))
            if ended.done():
                break
            await asyncio.sleep(0.05)
        out, told = await ended
        assert out.count(b"\n") == 1
        assert told == b""
