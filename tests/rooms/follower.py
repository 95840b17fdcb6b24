"""A subscriber of the WebSub hub: a real server that confirms what it is asked, unless it is told otherwise."""

import asyncio
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.shared import PATIENCE


@dataclass(frozen=True, slots=True)
class Heard:
    """A request as it came: `raw` is its path and query, undecoded."""

    raw: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def mode(self) -> str:
        return self.query.get("hub.mode", "")


class Follower:
    """`asked` are the verifications and `told` the notifications, by path.

    `answers` and `says` hold what to answer them next; in the end all is confirmed, and taken. An answer of status 0
    is to hang up; one with a `text` of `*` has the challenge.
    """

    def __init__(self) -> None:
        self.asked: dict[str, list[Heard]] = defaultdict(list)
        self.told: dict[str, list[Heard]] = defaultdict(list)
        self.answers: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.says: dict[str, list[dict[str, Any]]] = defaultdict(list)
        # Before it answers a verification, it takes so many seconds.
        self.slow = 0.0
        self.port = 0

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}/{path}"

    def modes(self, path: str) -> list[str]:
        return [each.mode for each in self.asked[path]]

    async def get(self, request: web.Request) -> web.Response:
        heard, path = await _heard(request), request.path.removeprefix("/")
        self.asked[path].append(heard)
        await asyncio.sleep(self.slow)
        answer = dict(self.answers[path].pop(0) if self.answers[path] else {"text": "*"})
        if answer.get("status") == 0 and request.transport is not None:
            request.transport.abort()
        if answer.get("text") == "*":
            answer["text"] = heard.query.get("hub.challenge", "")
        return web.Response(**answer)

    async def post(self, request: web.Request) -> web.Response:
        path = request.path.removeprefix("/")
        self.told[path].append(await _heard(request))
        return web.Response(**self.says[path].pop(0)) if self.says[path] else web.Response(status=202)


async def _heard(request: web.Request) -> Heard:
    return Heard(request.raw_path, dict(request.query), dict(request.headers), await request.read())


@contextmanager
def follower() -> Iterator[Follower]:
    """The server, in a thread of its own, on a port that the system chose."""
    made, ready, loop = Follower(), threading.Event(), asyncio.new_event_loop()
    stop = asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(_serve(made, ready, stop)), daemon=True)
    thread.start()
    assert ready.wait(PATIENCE)
    try:
        yield made
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(PATIENCE)
        loop.close()


async def _serve(made: Follower, ready: threading.Event, stop: asyncio.Event) -> None:
    app = web.Application()
    app.add_routes([web.get("/{path:.*}", made.get, allow_head=False), web.post("/{path:.*}", made.post)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.port = runner.addresses[0][1]
    ready.set()
    await stop.wait()
    await runner.cleanup()
