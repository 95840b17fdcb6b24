"""The other ends of delivery: a real mail server and a real webhook receiver, which misbehave when they are told to."""

import asyncio
import email
import threading
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import default
from types import SimpleNamespace
from typing import Any

from aiohttp import web
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.shared import PATIENCE

OK = "250 2.0.0 Ok: queued as 4F2A"


@dataclass(frozen=True, slots=True)
class Posted:
    path: str
    headers: dict[str, str]
    body: bytes
    at: float


class Ends:
    """What arrived. `mail_says` and `hook_says` hold what to answer next; in the end all is taken."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, EmailMessage]] = []
        self.posts: list[Posted] = []
        self.mail_says: dict[str, list[str]] = defaultdict(list)
        self.hook_says: dict[str, list[dict[str, Any]]] = defaultdict(list)
        # Before these answer, they take so many seconds.
        self.slow: dict[str, float] = {}
        self.slow_all = 0.0
        self.at_once: dict[str, int] = defaultdict(int)
        self.most_at_once: dict[str, int] = defaultdict(int)
        self.smtp_port = self.http_port = 0

    @property
    def smtp_url(self) -> str:
        return f"smtp://127.0.0.1:{self.smtp_port}"

    def hook(self, path: str) -> str:
        return f"http://127.0.0.1:{self.http_port}/{path}"

    def mails_to(self, address: str) -> list[EmailMessage]:
        return [mail for to, mail in self.mails if to == address]

    def posts_to(self, path: str) -> list[Posted]:
        return [post for post in self.posts if post.path == f"/{path}"]

    async def take_mail(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        to = envelope.rcpt_tos[0]
        await asyncio.sleep(self.slow.get(to, self.slow_all))
        if self.mail_says[to]:
            return self.mail_says[to].pop(0)
        message = email.message_from_bytes(envelope.original_content, policy=default)
        self.mails.append((to, message))
        return OK

    async def post(self, request: web.Request) -> web.Response:
        body = await request.read()
        path = request.path.removeprefix("/")
        self.at_once[path] += 1
        self.most_at_once[path] = max(self.most_at_once[path], self.at_once[path])
        await asyncio.sleep(self.slow.get(path, self.slow_all))
        self.at_once[path] -= 1
        self.posts.append(Posted(request.path, dict(request.headers), body, time.time()))
        return web.Response(**self.hook_says[path].pop(0)) if self.hook_says[path] else web.Response(status=204)


@contextmanager
def ends() -> Iterator[Ends]:
    """Both servers, in a thread of their own, on ports that the system chose."""
    made, ready = Ends(), threading.Event()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    def serve() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(_serve(made, loop, ready, stop))
        loop.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    assert ready.wait(PATIENCE)
    try:
        yield made
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(PATIENCE)


async def _serve(made: Ends, loop: asyncio.AbstractEventLoop, ready: threading.Event, stop: asyncio.Event) -> None:
    handlers = SimpleNamespace(handle_DATA=made.take_mail)
    mail = await loop.create_server(lambda: SMTP(handlers, loop=loop), "127.0.0.1", 0, backlog=256)
    app = web.Application()
    handler: Callable[[web.Request], Awaitable[web.StreamResponse]] = made.post
    app.add_routes([web.post("/{path}", handler)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, backlog=256)
    await site.start()
    made.smtp_port = mail.sockets[0].getsockname()[1]
    made.http_port = runner.addresses[0][1]
    ready.set()
    await stop.wait()
    mail.close()
    await runner.cleanup()


def until(come: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Wait until something is so; fail if it does not come."""
    end = time.monotonic() + seconds
    while not come():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.02)
