"""A mail server and a webhook receiver in one process, which note when each thing came.

`python -m bench.sinks SMTP_PORT HTTP_PORT FILE` prints `ready`, and on SIGTERM writes
{"mail": {subject: [count, last]}, "webhook": {guid: [count, last]}} to FILE.
"""

import asyncio
import email
import json
import signal
import sys
import time
from collections import defaultdict
from email.policy import default
from pathlib import Path

import uvloop
from aiohttp import web
from aiosmtpd.smtp import SMTP, Envelope, Session

Seen = dict[str, list[float]]


class Sink:
    def __init__(self) -> None:
        self.mail: Seen = defaultdict(lambda: [0, 0.0])
        self.webhook: Seen = defaultdict(lambda: [0, 0.0])
        self.subjects: dict[bytes, str] = {}

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        content = envelope.original_content or b""
        line = next((each for each in content.split(b"\r\n") if each.lower().startswith(b"subject:")), b"")
        if line not in self.subjects:
            self.subjects[line] = str(email.message_from_bytes(content, policy=default)["Subject"])
        _count(self.mail, self.subjects[line])
        return "250 OK"

    async def post(self, request: web.Request) -> web.Response:
        body = json.loads(await request.read())
        _count(self.webhook, body["uri"])
        return web.Response(status=204)


def _count(seen: Seen, key: str) -> None:
    seen[key][0] += 1
    seen[key][1] = time.time()


async def main(smtp_port: int, http_port: int, file: Path) -> None:
    sink = Sink()
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    mail = await loop.create_server(
        lambda: SMTP(sink, enable_SMTPUTF8=True, loop=loop), "127.0.0.1", smtp_port, backlog=1024
    )
    app = web.Application()
    app.add_routes([web.post("/{outlet}", sink.post)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", http_port, backlog=2048).start()
    print("ready", flush=True)
    await stop.wait()
    file.write_text(json.dumps({"mail": sink.mail, "webhook": sink.webhook}))
    mail.close()
    await runner.cleanup()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])))
