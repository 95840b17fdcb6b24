"""Mail servers for tests: one that misbehaves as it is told, and a real postfix."""

import asyncio
import contextlib
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.house import free_port
from tests.shared import PATIENCE, open_folder, program


@dataclass
class Host:
    """A mail server and what it is told: replies by the word that a recipient's address begins with."""

    greeting: str = "220 host ESMTP"
    offers: tuple[str, ...] = ("PIPELINING", "8BITMIME")
    # For each beginning of an address: what RCPT is answered, and what the final dot is, each in turn.
    rcpt: dict[str, list[str]] = field(default_factory=dict)
    end: dict[str, list[str]] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None
    # Seconds before each answer.
    tarpit: float = 0.0
    # Mails before it says 421 and closes; connections at once; mails a window of seconds.
    most: int = 0
    at_once: int = 0
    window: tuple[int, float] | None = None
    grey: float = 0.0
    port: int = 0
    mails: list[tuple[str, str, bytes, float]] = field(default_factory=list)
    refused: int = 0
    connections: int = 0
    open: int = 0
    most_open: int = 0
    _windows: dict[int, int] = field(default_factory=dict)
    _seen: dict[str, float] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def to(self, address: str) -> list[bytes]:
        return [content for _, rcpt, content, _ in self.mails if rcpt == address]

    async def serve(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        try:
            await _Talk(self, source, sink).run()
        except (ConnectionError, asyncio.IncompleteReadError, TimeoutError):
            pass
        finally:
            self.open -= 1
            sink.close()

    def policy(self, address: str) -> str:
        """What the limits say to one more recipient; empty if nothing."""
        now = time.monotonic()
        if self.grey and now - self._seen.setdefault(address, now) < self.grey:
            return f"451 4.7.1 Greylisted, please try again in {self.grey:.0f} seconds"
        if self.window is not None:
            most, seconds = self.window
            number = int(now / seconds)
            if self._windows.get(number, 0) >= most:
                self.refused += 1
                return "451 4.7.0 Too many messages, slow down"
            self._windows[number] = self._windows.get(number, 0) + 1
        return ""


class _Talk:
    def __init__(self, host: Host, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        self.host, self.source, self.sink = host, source, sink
        self.sender = self.rcpt = ""
        self.taken = 0

    async def say(self, line: str) -> None:
        if self.host.tarpit:
            await asyncio.sleep(self.host.tarpit)
        self.sink.write(f"{line}\r\n".encode())
        await self.sink.drain()

    async def run(self) -> None:
        if self.host.at_once and self.host.open > self.host.at_once:
            await self.say("421 4.7.0 Too many connections")
            return
        await self.say(self.host.greeting)
        while line := (await self.source.readline()).decode().strip():
            verb = line.partition(" ")[0].upper()
            if verb == "QUIT" or not await self.one(verb, line):
                return

    async def one(self, verb: str, line: str) -> bool:
        """Answer one command; false if the connection ends."""
        match verb:
            case "EHLO":
                offers = [*self.host.offers, *(["STARTTLS"] if self.host.tls else [])]
                lines = ["host", *offers]
                said = [f"250{'-' if at + 1 < len(lines) else ' '}{each}" for at, each in enumerate(lines)]
                await self.say("\r\n".join(said))
            case "STARTTLS":
                await self.say("220 go")
                assert self.host.tls is not None
                await self.sink.start_tls(self.host.tls)
            case "MAIL":
                self.sender, self.rcpt = line.partition("<")[2].partition(">")[0], ""
                if self.host.most and self.taken >= self.host.most:
                    await self.say("421 4.7.0 Too many messages on this connection")
                    return False
                await self.say("250 2.1.0 Ok")
            case "RCPT":
                return await self.recipient(line.partition("<")[2].partition(">")[0])
            case "DATA":
                return await self.data()
            case _:
                await self.say("250 2.0.0 Ok")
        return True

    async def recipient(self, address: str) -> bool:
        scripted = self.turn(self.host.rcpt, address)
        if scripted == "drop":
            return False
        if scripted == "silence":
            await asyncio.sleep(3600)
        reply = scripted or self.host.policy(address) or "250 2.1.5 Ok"
        if reply.startswith("250"):
            self.rcpt = address
        await self.say(reply)
        return not reply.startswith("421")

    async def data(self) -> bool:
        if not self.rcpt:
            await self.say("554 5.5.1 No valid recipients")
            return True
        await self.say("354 go on")
        scripted = self.turn(self.host.end, self.rcpt)
        if scripted == "drop in the middle":
            await self.source.readline()
            self.sink.transport.abort()
            return False
        content = await self.source.readuntil(b"\r\n.\r\n")
        if scripted == "take and drop":
            self.take(content)
            self.sink.transport.abort()
            return False
        if scripted == "drop":
            self.sink.transport.abort()
            return False
        reply = scripted or "250 2.0.0 Ok: queued as 4F2A"
        if reply.startswith("250"):
            self.take(content)
        await self.say(reply)
        return not reply.startswith("421")

    def take(self, content: bytes) -> None:
        self.taken += 1
        self.host.mails.append((self.sender, self.rcpt, content.removesuffix(b".\r\n"), time.monotonic()))

    @staticmethod
    def turn(script: dict[str, list[str]], address: str) -> str:
        for beginning, said in script.items():
            if address.startswith(beginning) and said:
                return said.pop(0)
        return ""


@contextmanager
def hosts(*many: Host) -> Iterator[None]:
    """Serve them all in a thread of their own, on ports that the system chose."""
    loop, ready, stop = asyncio.new_event_loop(), threading.Event(), asyncio.Event()

    async def serve() -> None:
        servers = [await asyncio.start_server(host.serve, "127.0.0.1", 0, backlog=256, limit=2**20) for host in many]
        for host, server in zip(many, servers, strict=True):
            host.port = server.sockets[0].getsockname()[1]
        ready.set()
        await stop.wait()
        for server in servers:
            server.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    assert ready.wait(PATIENCE)
    try:
        yield
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(PATIENCE)
        loop.close()


def routed(folder: Path, **domains: Host) -> str:
    """DATELINE_SMTP_URL for these domains (written with `_` for `.`), each to its host."""
    file = folder / "routes"
    file.write_text("".join(f"{name.replace('_', '.')} {host.url}\n" for name, host in domains.items()))
    return f"file:{file}"


@contextmanager
def postfix(domain: str, more: str = "") -> Iterator[tuple[str, Path]]:
    """A real postfix that takes mail for one domain into a Maildir: its URL, and the folder of new mails.

    `more` are lines of its configuration.
    """
    with open_folder() as base:
        port = _configured(base, domain, more)
        line = [program("postfix"), "-c", str(base / "conf")]
        running = subprocess.Popen([*line, "start-fg"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            _wait_for(port)
            yield f"smtp://127.0.0.1:{port}", base / "mail" / "all" / "new"
        finally:
            subprocess.run([*line, "stop"], capture_output=True, check=False)
            running.wait(PATIENCE)


def _configured(base: Path, domain: str, more: str) -> int:
    """Its folders and configuration; the port that it will listen on."""
    port = free_port()
    for part in ("conf", "queue", "data", "mail"):
        (base / part).mkdir()
    shutil.chown(base / "data", "postfix")
    shutil.chown(base / "mail", "nobody")
    (base / "conf" / "main.cf").write_text(
        f"""compatibility_level = 3.6
queue_directory = {base}/queue
data_directory = {base}/data
maillog_file = {base}/log
maillog_file_prefixes = {base}
myhostname = mx.{domain}
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
virtual_mailbox_domains = {domain}
virtual_mailbox_base = {base}/mail
virtual_mailbox_maps = static:all/
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
virtual_minimum_uid = 100
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
smtpd_relay_restrictions = reject_unauth_destination
mynetworks =
alias_maps =
alias_database =
{more}
"""
    )
    master = Path("/etc/postfix/master.cf")
    proto = Path("/usr/share/postfix/master.cf.dist")
    lines = (proto if proto.exists() else master).read_text().splitlines()
    kept = [line for line in lines if not line.startswith(("smtp      inet", "smtp  inet"))]
    (base / "conf" / "master.cf").write_text("\n".join([*kept, f"127.0.0.1:{port} inet n - n - - smtpd", ""]))
    return port


def _wait_for(port: int) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1) as probe:
            if probe.recv(3) == b"220":
                return
        time.sleep(0.1)
    raise AssertionError("postfix did not answer")
