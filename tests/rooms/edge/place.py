"""An edge that runs in the test's own loop, a log's tail for it to follow, and desktops over real sockets."""

import asyncio
import contextlib
import json
import shutil
import socket
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from dateline.edge import server
from dateline.edge.house import EdgeConfig
from dateline.words.entry import Entry
from tests.desktops import Event, events, line, seqs
from tests.entries import WIRE
from tests.shared import PATIENCE

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
PUBLIC = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


async def until(true: Callable[[], Any], seconds: float = PATIENCE) -> None:
    """Wait until it is true."""
    end = time.monotonic() + seconds
    while not true():
        await asyncio.sleep(0.005)
        assert time.monotonic() < end, "it did not come true in time"


@dataclass(slots=True)
class Log:
    """A log with a tail as the wire serves it, which can be cut. `asked` are the cursors that it was read from."""

    path: Path
    entries: list[Entry] = field(default_factory=list)
    asked: list[int] = field(default_factory=list)
    figures: list[dict[str, Any]] = field(default_factory=list)
    _readers: set[asyncio.StreamWriter] = field(default_factory=set)
    _server: asyncio.Server | None = None

    async def open(self) -> None:
        self._server = await asyncio.start_unix_server(self._serve, str(self.path))

    async def close(self) -> None:
        """The wire goes down."""
        assert self._server is not None
        self._server.close()
        self.path.unlink(missing_ok=True)
        for reader in list(self._readers):
            reader.close()
        await until(lambda: not self._readers)

    def add(self, *entries: Entry) -> None:
        self.entries += entries
        self.say(b"".join(line(each) for each in entries))

    def say(self, line: bytes) -> None:
        """A line to each reader that is still there."""
        for reader in self._readers:
            if not reader.is_closing():
                reader.write(line)

    def size(self) -> None:
        self.say(self._size())

    def garble(self) -> None:
        self.say(b'{"type": "entry", "header": 1\n')

    def _size(self) -> bytes:
        return json.dumps({"type": "size", "size": len(self.entries)}).encode() + b"\n"

    async def _serve(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        after = json.loads(await source.readline())["after"]
        self.asked.append(after)
        first = after if after >= 0 else max(0, len(self.entries) + after)
        sink.write(self._size() + b"".join(line(each) for each in self.entries if each.seq > first))
        self._readers.add(sink)
        with contextlib.suppress(ConnectionError):
            while said := await source.readline():
                self.figures += json.loads(said)["figures"]
        self._readers.discard(sink)
        sink.close()


@dataclass(slots=True)
class Desktop:
    """One connection to the edge and all that it has read so far."""

    source: asyncio.StreamReader
    sink: asyncio.StreamWriter
    got: bytes = b""
    ended: bool = False
    _reading: asyncio.Task[None] | None = None

    def read(self) -> None:
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        try:
            while data := await self.source.read(65536):
                self.got += data
        except ConnectionError:
            pass
        self.ended = True

    @property
    def status(self) -> int:
        return int(self.got.split(b" ", 2)[1]) if self.got else 0

    @property
    def body(self) -> bytes:
        return self.got.partition(b"\r\n\r\n")[2]

    @property
    def problem(self) -> Any:
        """The problem document of a refusal, whole: its length is as it says."""
        head, _, body = self.got.partition(b"\r\n\r\n")
        assert b"Content-Type: application/problem+json" in head
        assert f"Content-Length: {len(body)}".encode() in head
        return json.loads(body)

    @property
    def events(self) -> list[Event]:
        return events(self.body)

    @property
    def seqs(self) -> list[int]:
        return seqs(self.events)

    async def saw(self, count: int) -> list[int]:
        """The seqs, once there are so many."""
        await until(lambda: self.got.count(b'"seq":') >= count or self.ended)
        return self.seqs

    async def answered(self) -> int:
        """The status, once the answer is over."""
        await until(lambda: self.ended)
        return self.status

    async def close(self) -> None:
        self.sink.close()
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)


@dataclass(slots=True)
class Place:
    """The edge, its log, and whoever is connected."""

    log: Log
    port: int
    stop: asyncio.Event
    desktops: list[Desktop] = field(default_factory=list)

    async def send(self, data: bytes) -> Desktop:
        """A connection that sends these bytes."""
        made = Desktop(*await asyncio.open_connection("127.0.0.1", self.port))
        made.sink.write(data)
        self.desktops.append(made)
        made.read()
        return made

    async def deaf(self, query: str = "") -> Desktop:
        """A stream whose desktop does not read, and whose kernel keeps little for it."""
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.setblocking(False)
        await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", self.port))
        made = Desktop(*await asyncio.open_connection(sock=sock, limit=1024))
        made.sink.write(f"GET /wire?{query} HTTP/1.1\r\nHost: wire.example\r\n\r\n".encode())
        self.desktops.append(made)
        return made

    async def get(self, target: str, **headers: str) -> Desktop:
        headers = {"Connection": "close", **headers}
        lines = [f"GET {target} HTTP/1.1", "Host: wire.example"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        return await self.send("\r\n".join([*lines, "", ""]).encode())

    async def stream(self, query: str = "", **headers: str) -> Desktop:
        """A stream that is open."""
        made = await self.get(f"/wire?{query}", **headers)
        await until(lambda: made.events or made.ended)
        assert made.status == 200, made.got
        return made

    async def figure(self, name: str) -> float:
        page = await self.get("/metrics")
        assert await page.answered() == 200
        found = [each for each in page.body.decode().splitlines() if each.startswith(f"dateline_edge_{name} ")]
        return float(found[0].split()[1])

    async def ready(self) -> None:
        while True:
            page = await self.get("/healthz")
            if await page.answered() == 200:
                return
            await asyncio.sleep(0.01)


@asynccontextmanager
async def edge(
    *entries: Entry,
    most: int = 1000,
    kept: int = 1000,
    path: Path | None = None,
    port: int = 0,
    public: Ed25519PublicKey | None = None,
) -> AsyncIterator[Place]:
    """A running edge, read up to the end of the log; of a log of its own, or of the tail at `path`."""
    folder = Path(tempfile.mkdtemp(prefix="edge-"))
    log = Log(path or folder / "tail.sock", list(entries))
    listener = server.listen("127.0.0.1", port)
    place = Place(log, listener.getsockname()[1], asyncio.Event())
    if path is None:
        await log.open()
    key = public.public_bytes(Encoding.Raw, PublicFormat.Raw) if public is not None else PUBLIC
    config = EdgeConfig(WIRE, 0, log.path, key, most=most, kept=kept)
    serving = asyncio.create_task(server.serve(config, listener, place.stop))
    try:
        async with asyncio.timeout(PATIENCE):
            await place.ready()
        yield place
    finally:
        place.stop.set()
        async with asyncio.timeout(PATIENCE):
            await serving
        for desktop in place.desktops:
            await desktop.close()
        if path is None:
            await log.close()
        shutil.rmtree(folder, ignore_errors=True)
