"""Bodies that are too large, of no length or cut short, sent to the real server: it is not Django that reads them."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.house import House, house

GOOD = b"---\nheadline: Tide turns\nlang: en\nplace: Brest\ncontacts:\n  - name: Ada Quill\n---\nIt turned.\n"
_MB = 1024 * 1024


@pytest.fixture(scope="module")
def wire() -> Iterator[tuple[House, str, int]]:
    """The web process alone, a token, and its process id."""
    with house() as made:
        made.init()
        token = made.token("issuer_author", "--organisation", "Tidewell Energy")
        line = [sys.executable, "-m", "dateline", "serve", "web"]
        with (made.folder / "output").open("ab") as output:
            made.process = subprocess.Popen(line, env=made.environment, stdout=output, stderr=output)
        made.wait_for(f"{made.web}/api/v1/wire/key")
        yield made, token, made.process.pid


def talk(wire: tuple[House, str, int], head: str, *chunks: bytes) -> tuple[bytes, int]:
    """What the server says to a request, and how many bytes of its body it let us send before that."""
    made, token, _ = wire
    start = f"POST /api/v1/releases HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
    sent = 0
    with socket.create_connection(("127.0.0.1", urlsplit(made.web).port or 0), timeout=20) as line:
        line.sendall(f"{start}Content-Type: text/markdown\r\n{head}\r\n\r\n".encode())
        try:
            for chunk in chunks:
                line.sendall(chunk)
                sent += len(chunk)
            line.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it has answered and hung up; the answer is still there to be read
        answer = b""
        while b"}]}" not in answer and (more := line.recv(65_536)):
            answer += more
    return answer, sent


def memory(process: int) -> int:
    """The most that a process and its children have held at once, in bytes."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()
    status = [Path(f"/proc/{each}/status").read_text(encoding="utf-8") for each in (process, *children)]
    lines = [line for each in status for line in each.splitlines() if line.startswith("VmHWM")]
    return sum(int(line.split()[1]) * 1024 for line in lines)


@pytest.mark.parametrize(
    ("head", "status", "code"),
    [
        (f"Content-Length: {200 * _MB}", b"413", b"too-large"),
        ("Transfer-Encoding: chunked", b"411", b"no-length"),
    ],
)
def test_200_mb_are_refused_unread(wire: tuple[House, str, int], head: str, status: bytes, code: bytes) -> None:
    before = memory(wire[2])
    chunk = b"x" * _MB if "Length" in head else f"{_MB:x}\r\n".encode() + b"x" * _MB + b"\r\n"
    answer, sent = talk(wire, head, *[chunk] * 200)
    assert answer.startswith(b"HTTP/1.1 " + status)
    assert b"application/problem+json" in answer
    assert code in answer
    assert sent < 50 * _MB, "it read on after it had refused"
    assert memory(wire[2]) - before < 50 * _MB


def test_a_body_that_ended_early_is_not_filed(wire: tuple[House, str, int]) -> None:
    """Half a release reads like a whole one."""
    answer, _ = talk(wire, f"Content-Length: {len(GOOD)}", GOOD[:-4])
    assert b"cut-short" in answer
    assert wire[0].call("GET", "/api/v1/releases", wire[1])[1]["releases"] == []


def test_a_head_is_an_answer_without_a_body(wire: tuple[House, str, int]) -> None:
    made = wire[0]
    with socket.create_connection(("127.0.0.1", urlsplit(made.web).port or 0), timeout=20) as line:
        line.sendall(b"HEAD /api/v1/wire/key HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        answer = b""
        while more := line.recv(65_536):
            answer += more
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.endswith(b"\r\n\r\n")
