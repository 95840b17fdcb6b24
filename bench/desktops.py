"""Many desktops in one process: SSE clients that note when each entry came.

`python -m bench.desktops URL COUNT FILE` prints `ready` when all are connected, and on SIGTERM
writes {seq: [count, last receipt as Unix seconds]} to FILE.
"""

import asyncio
import json
import signal
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import uvloop


class Desktop(asyncio.Protocol):
    """One SSE client: it reads only as far as the ids."""

    def __init__(self, request: bytes, seen: dict[int, list[float]], ready: asyncio.Queue[None]) -> None:
        self.request, self.seen, self.ready = request, seen, ready
        self.rest = b""
        self.open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cast("asyncio.Transport", transport).write(self.request)

    def data_received(self, data: bytes) -> None:
        now = time.time()
        if not self.open:
            self.open = True
            self.ready.put_nowait(None)
        *frames, self.rest = (self.rest + data).split(b"\n\n")
        for frame in frames:
            if b'"seq":' in frame and b"id:" in frame:
                seq = int(frame.split(b"id:", 1)[1].split(b"\n", 1)[0])
                told = self.seen[seq]
                told[0] += 1
                told[1] = now


async def main(url: str, count: int, file: Path) -> None:
    parts = urlsplit(url)
    request = (
        f"GET {parts.path}?{parts.query} HTTP/1.1\r\nHost: {parts.netloc}\r\nAccept: text/event-stream\r\n\r\n".encode()
    )
    seen: dict[int, list[float]] = defaultdict(lambda: [0, 0.0])
    ready: asyncio.Queue[None] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    for _ in range(count):
        await loop.create_connection(lambda: Desktop(request, seen, ready), parts.hostname, parts.port)
    for _ in range(count):
        await ready.get()
    print("ready", flush=True)
    await stop.wait()
    file.write_text(json.dumps(seen))


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])))
