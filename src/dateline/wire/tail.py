"""The tail: newline-delimited JSON over a Unix socket, from any cursor, for edges.

A client sends `{"after": SEQ, "notices": NUMBER}` (a negative seq: so many of the newest) and gets a line per entry,
every audience, in order and for ever. `{"type": "size", "size": N}` says how long the log is; it comes before the
entries, and every five seconds. `{"type": "notice", …}` is what was said of tickets and profiles (`people.notices`);
what the client has not comes first of all. An edge says in turn how evenly it wrote (`{"type": "fairness", …}`,
`wire.fairness`).
"""

import contextlib
import json
import socket
import struct
import threading
from pathlib import Path
from typing import BinaryIO

import structlog
from django.db import connection

from dateline.people import notices
from dateline.wire import fairness, log
from dateline.wire.models import LogEntry

logger = structlog.get_logger("dateline.wire")
_CHUNK = 100
_BEAT = 5.0
# An edge that takes nothing for thirty seconds is let go (a struct timeval).
_STUCK = struct.pack("ll", 30, 0)


def lines(after: int, limit: int) -> tuple[bytes, int]:
    """The lines of up to `limit` entries, and the seq of the last (or `after` itself).

    Header and parts are JSON in the rows already, and go out as they stand: a burst costs no parsing.
    A canceled or erased part is null: no edge ever holds its text.
    """
    rows = list(LogEntry.objects.filter(seq__gt=after).order_by("seq").prefetch_related("parts")[:limit])
    return b"".join(_line(row) for row in rows), rows[-1].seq if rows else after


def _line(row: LogEntry) -> bytes:
    gone = row.canceled_by is not None
    parts = ",".join(
        f"{json.dumps(part.name)}:{'null' if gone or part.content is None else part.content}"
        for part in row.parts.all()
    )
    canceled = "null" if row.canceled_by is None else str(row.canceled_by)
    header = bytes(row.header).decode()
    return f'{{"type": "entry", "header": {header}, "parts": {{{parts}}}, "canceled_by": {canceled}}}\n'.encode()


class TailServer:
    """Serves the tail, one thread a client; there are as many clients as edges on this host."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._news = threading.Condition()
        self._size = self._said = 0
        self._stopped = False
        self._clients: set[threading.Thread] = set()

    def start(self) -> None:
        self._path.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(self._path))
        self._path.chmod(0o600)
        self._listener.listen(16)
        self.notify()
        threading.Thread(target=self._accept, daemon=True, name="tail").start()

    def notify(self) -> None:
        """The log has grown, or something was said."""
        size, said = log.size(), notices.newest()
        with self._news:
            if (size, said) != (self._size, self._said):
                self._size, self._said = size, said
                self._news.notify_all()

    def stop(self) -> None:
        self._stopped = True
        self._listener.close()
        self._path.unlink(missing_ok=True)
        with self._news:
            self._news.notify_all()
        for client in list(self._clients):
            client.join(_BEAT)

    def _accept(self) -> None:
        while not self._stopped:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(client,), daemon=True, name="tail-client")
            self._clients.add(thread)
            thread.start()

    def _serve(self, client: socket.socket) -> None:
        # A client that is gone, or says nothing that we understand, is let go; it comes back by itself.
        with client, contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            client.settimeout(30)
            said = client.makefile("rb")
            asked = json.loads(said.readline(4096))
            cursor, heard = int(asked["after"]), int(asked.get("notices", 0))
            client.settimeout(None)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, _STUCK)
            threading.Thread(target=_listen, args=(said,), daemon=True, name="tail-figures").start()
            self._follow(client, cursor if cursor >= 0 else max(0, log.size() + cursor), heard)
        connection.close()
        self._clients.discard(threading.current_thread())

    def _follow(self, client: socket.socket, cursor: int, heard: int) -> None:
        while not self._stopped:
            # Before the entries: what was said of a ticket holds for them too.
            for notice in notices.after(heard):
                client.sendall(json.dumps(notice).encode() + b"\n")
                heard = notice["number"]
            client.sendall(json.dumps({"type": "size", "size": self._size}).encode() + b"\n")
            while (found := lines(cursor, _CHUNK))[0]:
                client.sendall(found[0])
                cursor = found[1]
            with self._news:
                if self._size <= cursor and self._said <= heard and not self._stopped:
                    self._news.wait(_BEAT)


def _listen(said: BinaryIO) -> None:
    """Take in what an edge says, until it is gone."""
    with said, contextlib.suppress(OSError, ValueError):
        for line in said:
            try:
                fairness.take(json.loads(line)["figures"])
            except (ValueError, KeyError, TypeError, AttributeError) as wrong:
                logger.warning("an edge said what is no figures", why=type(wrong).__name__)
    connection.close()
