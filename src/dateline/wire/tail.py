"""The tail: newline-delimited JSON over a Unix socket, from any cursor, for edges.

A client sends `{"after": SEQ}` (negative: so many of the newest) and gets a line per entry, every
audience, in order and for ever.
`{"type": "size", "size": N}` says how long the log is; it comes first and every five seconds.
"""

import contextlib
import json
import socket
import threading
from pathlib import Path

from django.db import connection

from dateline.wire import log
from dateline.words.entry import Entry

_CHUNK = 100
_BEAT = 5.0


def line(entry: Entry) -> bytes:
    """One entry as a line. A canceled or erased part is null: no edge ever holds its text."""
    document = {"type": "entry", "header": entry.header, "parts": entry.parts, "canceled_by": entry.canceled_by}
    return json.dumps(document, ensure_ascii=False).encode() + b"\n"


class TailServer:
    """Serves the tail, one thread a client; there are as many clients as edges on this host."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._news = threading.Condition()
        self._size = 0
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
        """The log has grown."""
        with self._news:
            self._size = log.size()
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
            with client.makefile("rb") as asked:
                cursor = int(json.loads(asked.readline(4096))["after"])
            self._follow(client, cursor if cursor >= 0 else max(0, log.size() + cursor))
        connection.close()
        self._clients.discard(threading.current_thread())

    def _follow(self, client: socket.socket, cursor: int) -> None:
        while not self._stopped:
            client.sendall(json.dumps({"type": "size", "size": self._size}).encode() + b"\n")
            while entries := log.tail(cursor, _CHUNK):
                client.sendall(b"".join(line(entry) for entry in entries))
                cursor = entries[-1].seq
            with self._news:
                if self._size <= cursor and not self._stopped:
                    self._news.wait(_BEAT)
