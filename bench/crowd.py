"""A crowd of desktops in one process, told over its standard input what to do: one JSON object a line, one answer each.

It reads with epoll and looks at no byte: frames are counted by their size, which a first one tells (`probe`). So it
costs half of what the servers cost, and the time is taken where a client receives.
"""

import json
import resource
import select
import socket
import ssl
import sys
import time
from typing import Any

_BUFFER = bytearray(256 * 1024)
# The certificate is the bench's own, and nobody vouches for it.
_trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
_trusting.check_hostname = False
_trusting.verify_mode = ssl.CERT_NONE


class Crowd:
    """The connections. Those that are slow are read only by `sip`."""

    def __init__(self) -> None:
        self.fast: dict[int, socket.socket] = {}
        self.slow: list[socket.socket] = []
        self.epoll = select.epoll()
        self.first = -1

    def connect(
        self, port: int, requests: list[str], count: int, slow: int = 0, answers: bool = True, tls: bool = False
    ) -> dict[str, Any]:
        """Open `count` connections; each sends its request, the last again and again. The first ones are slow."""
        began = time.monotonic()
        for number in range(count):
            made = socket.socket()
            if number < slow:
                made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            made.connect(("127.0.0.1", port))
            made = _trusting.wrap_socket(made) if tls else made
            request = requests[min(number, len(requests) - 1)]
            made.sendall(request.encode())
            made.setblocking(False)
            if number < slow:
                self.slow.append(made)
            else:
                self.fast[made.fileno()] = made
                self.epoll.register(made.fileno(), select.EPOLLIN)
        self.first = next(iter(self.fast))
        silent = set(self.fast) if answers else set()
        while silent:
            events = self.epoll.poll(30.0, 8192)
            if not events:
                raise SystemExit(f"{len(silent)} connections got no answer")
            for fd, _ in events:
                self._read(fd)
                silent.discard(fd)
        answered = time.monotonic() - began
        self.quiet(0.5)
        return {"seconds": answered}

    def quiet(self, seconds: float, until: float = 60.0, *, begun: bool = False) -> dict[str, Any]:
        """Read until nothing has come for so long (`begun`: after something has); how many bytes the first one got."""
        got, end = 0, time.monotonic() + until
        patience = until if begun else seconds
        while (events := self.epoll.poll(patience, 8192)) and time.monotonic() < end:
            patience = seconds
            for fd, _ in events:
                size = self._read(fd)
                got += size if fd == self.first else 0
        return {"bytes": got}

    def _read(self, fd: int) -> int:
        try:
            size = self.fast[fd].recv_into(_BUFFER)
        except OSError:
            size = 0
        if not size:
            raise SystemExit("a connection was closed")
        return size

    def expect(self, frames: int, size: int, within: float = 60.0) -> dict[str, Any]:
        """Say that it reads, then read so many frames of this size; when they came (seconds, monotonic)."""
        answer({"reads": True})
        wanted, have, times = frames * size, 0, []
        recv = {fd: each.recv_into for fd, each in self.fast.items()}
        poll, clock, buffer = self.epoll.poll, time.monotonic, _BUFFER
        end = clock() + within
        while have < wanted:
            events = poll(1.0, 256)
            for fd, _ in events:
                have += recv[fd](buffer)
            now = clock()
            if events:
                times.append((have, now))
            elif now > end:
                raise SystemExit(f"only {have} of {wanted} bytes came")
        marks = {name: _when(times, share * wanted) for name, share in (("p50", 0.5), ("p99", 0.99))}
        return {"first": times[0][1], "last": times[-1][1], **marks, "frames": frames}

    def burst(self, frames: int, within: float = 120.0) -> dict[str, Any]:
        """Say that it reads, then read so many frames of any size; when they came (seconds, monotonic)."""
        answer({"reads": True})
        have, times = 0, []
        poll, clock = self.epoll.poll, time.monotonic
        end = clock() + within
        while have < frames:
            events = poll(1.0, 256)
            for fd, _ in events:
                have += self._frames(self.fast[fd])
            now = clock()
            times.append((have, now))
            if now > end:
                raise SystemExit(f"only {have} of {frames} frames came")
        marks = {name: _when(times, share * frames) for name, share in (("p50", 0.5), ("p99", 0.99))}
        return {"last": times[-1][1], **marks, "frames": have}

    @staticmethod
    def _frames(sock: socket.socket) -> int:
        """How many events there are in what has come; TLS may hold more than the kernel says."""
        found = 0
        try:
            while size := sock.recv_into(_BUFFER):
                found += _BUFFER[:size].count(b"event: release")
                if not isinstance(sock, ssl.SSLSocket):
                    break
        except (ssl.SSLWantReadError, BlockingIOError):
            pass
        return found

    def sip(self, size: int = 256) -> dict[str, Any]:
        """The slow ones read a little."""
        got = 0
        for each in self.slow:
            try:
                got += len(each.recv(size))
            except OSError:
                continue
        return {"bytes": got}

    def close(self) -> dict[str, Any]:
        for each in (*self.fast.values(), *self.slow):
            each.close()
        self.__init__()  # type: ignore[misc]
        return {}


def _when(times: list[tuple[int, float]], size: float) -> float:
    return next(at for have, at in times if have >= size)


def answer(told: dict[str, Any]) -> None:
    print(json.dumps(told), flush=True)


def main() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    crowd = Crowd()
    for line in sys.stdin:
        asked = json.loads(line)
        answer(getattr(crowd, asked.pop("do"))(**asked))


if __name__ == "__main__":
    main()
