"""A whole install of its own: a home in a temporary folder, every process running, ports of its own."""

import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg.sql import SQL, Identifier

from tests.shared import PATIENCE


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(slots=True)
class House:
    """One wire. `folder` holds the home, the keys (outside it) and the processes' output."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.environment = {
            **os.environ,
            "DATELINE_HOME": str(self.home),
            "DATELINE_KEY_FILE": str(self.folder / "keys" / "wire.key"),
            "DATELINE_PORT": str(free_port()),
            "DATELINE_STREAM_PORT": str(free_port()),
            "DATELINE_PRIVATE_WEBHOOKS": "1",
            **self.environment,
        }
        self.environment.pop("DJANGO_SETTINGS_MODULE", None)
        self.environment["DATELINE_DATABASE_URL"] = _database()

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def web(self) -> str:
        return f"http://127.0.0.1:{self.environment['DATELINE_PORT']}"

    @property
    def stream(self) -> str:
        return f"http://127.0.0.1:{self.environment['DATELINE_STREAM_PORT']}"

    @property
    def output(self) -> str:
        return (self.folder / "output").read_text(encoding="utf-8", errors="replace")

    def dateline(self, *words: str, check: bool = True, **more: Any) -> subprocess.CompletedProcess[str]:
        """Run a command of this install to its end."""
        line = [sys.executable, "-m", "dateline", *words]
        done = subprocess.run(
            line, env=self.environment, capture_output=True, text=True, timeout=120, check=False, **more
        )
        if check and done.returncode:
            raise AssertionError(f"dateline {' '.join(words)} failed:\n{done.stdout}{done.stderr}")
        return done

    def init(self) -> None:
        self.dateline("init", "--name", "Wire", "--origin", "wire.example")

    def start(self, *words: str) -> None:
        """Start every process (or what `words` says) and wait until web and stream answer."""
        line = [sys.executable, "-m", "dateline", *(words or ("serve",))]
        with (self.folder / "output").open("ab") as output:
            self.process = subprocess.Popen(line, env=self.environment, stdout=output, stderr=output)
        self.wait_for(f"{self.web}/healthz")
        self.wait_for(f"{self.stream}/healthz")

    def wait_for(self, url: str) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                with urllib.request.urlopen(url, timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        raise AssertionError(f"{url} did not answer:\n{self.output}")

    def token(self, role: str, *words: str) -> str:
        return self.dateline("token", "new", "--role", role, *words).stdout.split()[-1]

    def call(self, method: str, path: str, token: str = "", body: Any = None, **headers: str) -> tuple[int, Any]:
        """One request; status and parsed JSON (or text)."""
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.web}{path}", data=data, method=method)
        if data is not None:
            request.add_header("Content-Type", "application/json")
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        for name, value in headers.items():
            request.add_header(name.replace("_", "-"), value)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return answer.status, _parsed(answer.read())
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, _parsed(refused.read())

    def dump(self, path: Path) -> None:
        """Every row of the PostgreSQL database, as a backup has it. SQLite needs none: it lies in the home."""
        url = self.environment["DATELINE_DATABASE_URL"]
        if not url:
            return
        with psycopg.connect(url) as connection, path.open("wb") as file:
            tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            for (table,) in tables:
                with connection.cursor().copy(SQL("COPY {} TO STDOUT").format(Identifier(table))) as rows:
                    for row in rows:
                        # COPY writes binary as \x and hex; a thief would undo that.
                        file.write(
                            re.sub(rb"\\\\x([0-9a-f]+)", lambda found: bytes.fromhex(found[1].decode()), bytes(row))
                        )

    def stop(self, number: int = signal.SIGINT) -> int:
        """Stop it as Ctrl-C does; its exit status."""
        if self.process is None:
            return 0
        self.process.send_signal(number)
        status = self.process.wait(timeout=PATIENCE)
        self.process = None
        return status


def _database() -> str:
    """A database of its own in the tests' PostgreSQL server, or none for SQLite in the home."""
    if os.environ.get("DATELINE_TEST_STORE") != "postgresql":
        return ""
    server = os.environ["DATELINE_DATABASE_URL"]
    name = f"house_{secrets.token_hex(4)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
    return urlsplit(server)._replace(path=f"/{name}").geturl()


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode("utf-8", errors="replace")


@contextmanager
def house(**environment: str) -> Iterator[House]:
    """A house that is taken down afterwards, whatever happened."""
    folder = Path(tempfile.mkdtemp(prefix="dateline-house-"))
    made = House(folder, environment)
    try:
        yield made
    finally:
        if made.process is not None and made.process.poll() is None:
            made.process.terminate()
            try:
                made.process.wait(timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                made.process.kill()
                made.process.wait()
        shutil.rmtree(folder, ignore_errors=True)
