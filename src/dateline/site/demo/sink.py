"""The demo's other end: a mail server and a webhook receiver that keep the last hundred things they got.

They are real ones, on the loopback only, so that a newcomer sees mail and posts arrive. A page lists them.
"""

import asyncio
import email
import html
import json
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from email.policy import default

from aiohttp import web
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings

from dateline.words import clock

_KEPT = 100
_HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Arrival:
    at: datetime
    by: str
    to: str
    what: str


def mail_port() -> int:
    return int(settings.DATELINE_STREAM_PORT) + 24


def hook_port() -> int:
    return int(settings.DATELINE_STREAM_PORT) + 25


class Sink:
    """Keeps what arrives, newest first."""

    def __init__(self) -> None:
        self.arrivals: deque[Arrival] = deque(maxlen=_KEPT)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        message = email.message_from_bytes(envelope.original_content or b"", policy=default)
        self._keep("mail", ", ".join(envelope.rcpt_tos), str(message["Subject"]))
        return "250 OK, the demo's mail server has it"

    async def post(self, request: web.Request) -> web.Response:
        body = await request.json(loads=json.loads)
        headline = next((each["value"] for each in body.get("headlines", [])), body.get("pubStatus", ""))
        self._keep("webhook", request.path, f"{headline} ({request.headers.get('webhook-id', 'without an id')})")
        return web.Response(status=204)

    async def page(self, _request: web.Request) -> web.Response:
        rows = "".join(
            f"<tr><td>{each.at:%H:%M:%S}<td>{each.by}<td>{html.escape(each.to)}<td dir=auto>{html.escape(each.what)}"
            for each in self.arrivals
        )
        head = "<!doctype html><meta charset=utf-8><meta http-equiv=refresh content=2><title>What arrived</title>"
        table = f"<table cellpadding=4>{rows}</table>" if rows else "<p>Nothing has arrived yet.</p>"
        return web.Response(text=f"{head}<h1>What arrived</h1>{table}", content_type="text/html")

    def _keep(self, by: str, to: str, what: str) -> None:
        self.arrivals.appendleft(Arrival(clock.now(), by, to, what))


async def _serve(stop: asyncio.Event) -> None:
    sink = Sink()
    loop = asyncio.get_running_loop()
    mail = await loop.create_server(lambda: SMTP(sink, enable_SMTPUTF8=True, loop=loop), _HOST, mail_port())
    app = web.Application()
    app.add_routes([web.get("/", sink.page), web.post("/{outlet}", sink.post)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, _HOST, hook_port()).start()
    await stop.wait()
    mail.close()
    await runner.cleanup()


def run(stop_signals: tuple[int, ...]) -> None:
    """Serve until one of the signals."""

    async def main() -> None:
        stop = asyncio.Event()
        for number in stop_signals:
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await _serve(stop)

    asyncio.run(main())
