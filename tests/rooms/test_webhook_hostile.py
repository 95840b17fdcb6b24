"""Webhooks that mean harm, over real sockets: each is named in the ledger, and nobody else waits for them."""

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from dateline.delivery.channels.webhook import Webhook
from dateline.delivery.deciding import Patience
from dateline.delivery.models import Endpoint, Outcome
from tests.rooms import stories
from tests.rooms.delivering import delivering, settled
from tests.rooms.ends import Ends, until
from tests.shared import PATIENCE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("witness_file")]
ONCE = Patience(attempts=1)
Act = Callable[[socket.socket], None]


@contextmanager
def outlet_that(act: Act) -> Iterator[str]:
    """A listener that reads the request and then does as it likes with the connection; where it is."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        thread = threading.Thread(target=serve, args=(door, act), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{door.getsockname()[1]}/hook"
        finally:
            door.shutdown(socket.SHUT_RDWR)
            thread.join(PATIENCE)
            assert not thread.is_alive()


def serve(door: socket.socket, act: Act) -> None:
    while True:
        try:
            line, _ = door.accept()
        except OSError:
            return
        with line:
            try:
                line.recv(65536)
                act(line)
            except OSError:
                continue


def outcome_of(there: Endpoint) -> Outcome:
    return Outcome.objects.get(endpoint=there)


@pytest.fixture(autouse=True)
def short_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole of an attempt may last 3 s here: the rule is the same, the test is shorter."""
    monkeypatch.setattr(Webhook.__init__, "__defaults__", (3.0,))


def test_a_redirect_to_the_metadata_address_is_not_followed_and_is_final() -> None:
    there = b"HTTP/1.1 307 Go\r\nLocation: http://169.254.169.254/latest\r\nContent-Length: 0\r\n\r\n"
    with outlet_that(lambda line: line.sendall(there)) as url:
        hook = stories.outlet("Leader", url)
        with delivering():
            stories.released()
            until(settled)
    row = outcome_of(hook)
    assert (row.result, row.attempt) == (Outcome.Result.FAILED, 1)
    assert row.evidence == "HTTP 307 redirects to http://169.254.169.254/latest, which is not followed"


def test_of_ten_gigabytes_only_the_first_bytes_are_read() -> None:
    sent: list[int] = []

    def flood(line: socket.socket) -> None:
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n")
        chunk = b"x" * 65536
        sent.extend(line.send(chunk) for _ in range(10_000_000_000 // len(chunk)))

    with outlet_that(flood) as url:
        hook = stories.outlet("Flood", url)
        with delivering():
            stories.released()
            until(settled)
    row = outcome_of(hook)
    assert (row.result, row.evidence) == (Outcome.Result.DELIVERED, "HTTP 200 " + "x" * 200)
    # What the kernel's buffers and one read took, and no more.
    assert sum(sent) < 32_000_000


def test_a_packed_answer_is_not_unpacked() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    head = f"HTTP/1.1 500 No\r\nContent-Encoding: gzip\r\nContent-Length: {len(bomb)}\r\n\r\n".encode()
    with outlet_that(lambda line: line.sendall(head + bomb)) as url:
        hook = stories.outlet("Bomb", url)
        with delivering(ONCE):
            stories.released()
            until(settled)
    row = outcome_of(hook)
    assert row.result == Outcome.Result.FAILED
    assert row.evidence.startswith("HTTP 500 \ufffd")


def drip(text: bytes) -> Act:
    def act(line: socket.socket) -> None:
        for number in range(len(text)):
            line.sendall(text[number : number + 1])
            time.sleep(1)

    return act


def close_in_headers(line: socket.socket) -> None:
    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Le")


def close_in_body(line: socket.socket) -> None:
    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n")


def stall_in_body(line: socket.socket) -> None:
    close_in_body(line)
    line.recv(1)


@pytest.mark.parametrize(
    ("act", "result", "evidence"),
    [
        (drip(b"HTTP/1.1 200 OK\r\n"), Outcome.Result.FAILED, "no answer in time"),
        (close_in_headers, Outcome.Result.FAILED, "the connection ended before an answer"),
        # It has said that it took the text; to send it again would be to send it twice.
        (close_in_body, Outcome.Result.DELIVERED, "HTTP 200 (its body did not come)"),
        (stall_in_body, Outcome.Result.DELIVERED, "HTTP 200 (its body did not come)"),
    ],
)
def test_one_that_dallies_or_breaks_off_is_named_and_delays_nobody(
    act: Act, result: str, evidence: str, sink: Ends
) -> None:
    with outlet_that(act) as url:
        bad = stories.outlet("Slow", url)
        good = [stories.outlet(f"Good {number}", sink.hook(f"good{number}")) for number in range(20)]
        with delivering(ONCE):
            stories.released()
            until(settled)
    row = outcome_of(bad)
    assert (row.result, row.evidence) == (result, evidence)
    assert row.ms < 4000
    posted = [sink.posts_to(f"good{number}")[0].at for number in range(len(good))]
    assert max(posted) - min(posted) < 1.5
    assert max(Outcome.objects.filter(endpoint__in=good).values_list("ms", flat=True)) < 1500
