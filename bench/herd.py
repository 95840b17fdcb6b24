"""A herd of browsers: they come back by themselves, as EventSource does, after the time that they were told to wait.

`python -m bench.herd PORT COUNT`. Lines on its standard input: `back N` waits until every one has had N entries.
"""

import contextlib
import heapq
import json
import re
import resource
import select
import socket
import sys
import time
from typing import Any

_RETRY = re.compile(rb"retry: (\d+)")
_ID = re.compile(rb"^id: (\d+)$", re.MULTILINE)
_SEQ = re.compile(rb'"seq":(\d+)')


class Browser:
    """One screen: its last id, how long it was told to wait, and the entries that it has had."""

    __slots__ = ("got", "last", "number", "rest", "retry", "sock", "twice")

    def __init__(self, number: int) -> None:
        self.number = number
        self.sock: socket.socket | None = None
        self.rest, self.last, self.retry = b"", 0, 3.0
        self.got: set[int] = set()
        self.twice = 0

    def read(self, data: bytes) -> None:
        *events, self.rest = (self.rest + data).split(b"\n\n")
        for event in events:
            if found := _SEQ.search(event):
                seq = int(found[1])
                self.twice += seq in self.got
                self.got.add(seq)
            if found := _ID.search(event):
                self.last = int(found[1])
            if found := _RETRY.search(event):
                self.retry = int(found[1]) / 1000


class Herd:
    def __init__(self, port: int, count: int) -> None:
        self.port, self.browsers = port, [Browser(number) for number in range(count)]
        self.epoll = select.epoll()
        self.open: dict[int, Browser] = {}
        self.due: list[tuple[float, int]] = []
        self.handshakes = 0

    def connect(self, number: int) -> None:
        """Open the stream, from where this one was; if nobody listens, try again after the time it was told."""
        one = self.browsers[number]
        after = f"Last-Event-ID: {one.last}\r\n" if one.last else ""
        sock = socket.socket()
        try:
            sock.connect(("127.0.0.1", self.port))
            sock.sendall(f"GET /wire HTTP/1.1\r\nHost: localhost\r\n{after}\r\n".encode())
        except OSError:
            sock.close()
            heapq.heappush(self.due, (time.monotonic() + one.retry, number))
            return
        sock.setblocking(False)
        one.sock, one.rest = sock, b""
        self.open[sock.fileno()] = one
        self.epoll.register(sock.fileno(), select.EPOLLIN)
        self.handshakes += 1

    def turn(self) -> str:
        """Read what has come, and let those come back whose time it is; what the standard input says, if anything."""
        said = ""
        for fd, _ in self.epoll.poll(0.01, 4096):
            if fd == sys.stdin.fileno():
                said = sys.stdin.readline()
            else:
                self._read(self.open[fd])
        while self.due and self.due[0][0] <= time.monotonic():
            self.connect(heapq.heappop(self.due)[1])
        return said

    def _read(self, one: Browser) -> None:
        assert one.sock is not None
        data = b""
        with contextlib.suppress(OSError):
            data = one.sock.recv(65536)
        if data:
            one.read(data)
            return
        del self.open[one.sock.fileno()]
        one.sock.close()
        heapq.heappush(self.due, (time.monotonic() + one.retry, one.number))

    def back(self, entries: int, within: float = 150.0) -> dict[str, Any]:
        """Until each is connected and has had so many entries, or too long; how many have missed or doubled one."""
        end = time.monotonic() + within
        while time.monotonic() < end:
            self.turn()
            if len(self.open) == len(self.browsers) and all(len(one.got) >= entries for one in self.browsers):
                break
        missed = sum(max(0, entries - len(one.got)) for one in self.browsers)
        return {"at": time.monotonic(), "missed": missed, "doubled": sum(one.twice for one in self.browsers)}


def main(port: int, count: int) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    herd = Herd(port, count)
    began = time.monotonic()
    for number in range(count):
        herd.connect(number)
    while not all(one.last or one.rest for one in herd.browsers):
        herd.turn()
    print(json.dumps({"seconds": time.monotonic() - began}), flush=True)
    herd.epoll.register(sys.stdin.fileno(), select.EPOLLIN)
    while True:
        said = herd.turn()
        if said.startswith("back "):
            print(json.dumps(herd.back(int(said.split()[1]))), flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
