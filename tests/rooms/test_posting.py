"""The connections that webhooks are posted over, against servers of each kind, over real sockets."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import aiohttp
import pytest
import uvloop

from dateline.delivery import outward
from dateline.delivery.deciding import Meaning
from dateline.delivery.outward import OwnNetworkError
from dateline.delivery.posting import connection as kept
from dateline.delivery.posting import poster as posting
from dateline.delivery.posting.connection import Reply
from dateline.delivery.posting.poster import FAILURES, Place, Poster, failure, target
from dateline.words.wire import Wire

WHOLE = aiohttp.ClientTimeout(total=5)
Act = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
REQUEST = b"POST /hook HTTP/1.1\r\nHost: outlet.example\r\nContent-Length: 5\r\n\r\nnews\n"


@asynccontextmanager
async def server(act: Act, context: ssl.SSLContext | None = None) -> AsyncIterator[Place]:
    """A listener of which `act` is what it does with each connection."""
    handlers: list[asyncio.Task[None] | None] = []

    async def handled(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        handlers.append(asyncio.current_task())
        try:
            await act(source, sink)
        finally:
            sink.close()
            with suppress(OSError):
                await sink.wait_closed()

    running = await asyncio.start_server(handled, "127.0.0.1", 0, ssl=context)
    try:
        yield Place("127.0.0.1", running.sockets[0].getsockname()[1], context is not None)
    finally:
        running.close()
        await asyncio.gather(*filter(None, handlers))


@asynccontextmanager
async def poster(whole: float = 5.0, *, private: bool = True) -> AsyncIterator[Poster]:
    made = Poster(whole, private=private)
    try:
        yield made
    finally:
        await made.close()


def answering(said: bytes, *, then_close: bool = False) -> tuple[Act, list[int]]:
    """It answers every request so; and how many requests came on each connection."""
    connections: list[int] = []

    async def act(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        number = len(connections)
        connections.append(0)
        try:
            while await source.readuntil(b"news\n"):
                connections[number] += 1
                sink.write(said)
                if then_close:
                    break
        except (asyncio.IncompleteReadError, ConnectionResetError):
            return

    return act, connections


def showing(certificate: Path) -> ssl.SSLContext:
    """What a server needs to show a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


async def told(said: bytes, *, then_close: bool = False) -> Reply:
    act, _ = answering(said, then_close=then_close)
    async with server(act) as place, poster() as made:
        return await made.post(place, REQUEST)


async def test_one_connection_serves_one_request_after_another() -> None:
    act, connections = answering(b"HTTP/1.1 204 No Content\r\n\r\n")
    async with server(act) as place, poster() as made:
        for _ in range(20):
            assert (await made.post(place, REQUEST)).status == 204
    assert connections == [20]


async def test_as_many_as_are_asked_at_once_have_connections_and_what_is_unused_is_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(posting, "_IDLE", 0.05)
    monkeypatch.setattr(posting, "_SWEEP", 0.02)
    act, connections = answering(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    async with server(act) as place, poster() as made:
        replies = await asyncio.gather(*(made.post(place, REQUEST) for _ in range(8)))
        assert [reply.body for reply in replies] == [b"ok"] * 8
        assert connections == [1] * 8
        await asyncio.sleep(0.3)
        await made.post(place, REQUEST)
    assert connections == [1] * 9


async def test_no_more_are_kept_than_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "_MOST", 2)
    act, connections = answering(b"HTTP/1.1 204 No Content\r\n\r\n")
    async with server(act) as place, poster() as made:
        for _ in range(2):
            await asyncio.gather(*(made.post(place, REQUEST) for _ in range(5)))
    assert sorted(connections) == [1] * 6 + [2] * 2


@pytest.mark.parametrize(
    ("said", "closes"),
    [
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", False),
        (b"HTTP/1.0 200 OK\r\n\r\nok", True),
        (b"HTTP/1.1 200 OK\r\n\r\nok", True),
    ],
)
async def test_a_connection_that_the_server_ends_is_not_used_again(said: bytes, closes: bool) -> None:
    act, connections = answering(said, then_close=closes)
    async with server(act) as place, poster() as made:
        for _ in range(3):
            reply = await made.post(place, REQUEST)
            assert (reply.status, reply.body, reply.broke_off) == (200, b"ok", False)
    assert connections == [1, 1, 1]


async def test_what_comes_before_the_answer_is_passed_over_and_chunks_are_put_together() -> None:
    interim = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLocation: /not-this\r\n\r\n"
    chunks = b"3\r\ntak\r\n2\r\nen\r\n0\r\n\r\n"
    reply = await told(interim + b"HTTP/1.1 202 Yes\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks)
    assert reply == Reply(202, body=b"taken")


async def test_of_a_refusal_it_is_known_how_long_to_wait_and_of_a_redirect_where_to() -> None:
    reply = await told(b"HTTP/1.1 429 Slow\r\nretry-after: 7\r\nContent-Length: 0\r\n\r\n")
    assert (reply.status, reply.retry_after) == (429, "7")
    reply = await told(b"HTTP/1.1 302 There\r\nLocation: https://elsewhere.example/\r\nContent-Length: 9\r\n\r\n")
    assert (reply.status, reply.location) == (302, "https://elsewhere.example/")


async def test_another_protocol_is_an_answer_and_the_end_of_the_connection() -> None:
    act, connections = answering(b"HTTP/1.1 101 Switching\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n")
    async with server(act) as place, poster() as made:
        for _ in range(2):
            assert (await made.post(place, REQUEST)).status == 101
    assert connections == [1, 1]


async def test_a_body_that_never_ends_is_waited_for_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "BODY", 0.1)
    reply = await told(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nhalf")
    assert reply == Reply(200, body=b"half", broke_off=True)


@pytest.mark.parametrize(
    ("said", "evidence"),
    [
        (b"SSH-2.0-OpenSSH_9.2\r\n", "no HTTP: Expected HTTP/, RTSP/ or ICE/"),
        (b"HTTP/1.1 200 OK\r\n" + b"X-Filler: 0123456789\r\n" * 5000, "headers without an end"),
        (b"", "the connection ended before an answer"),
    ],
)
async def test_what_is_no_answer_is_named_and_comes_again(said: bytes, evidence: str) -> None:
    with pytest.raises(FAILURES) as raised:
        await told(said, then_close=True)
    answer = failure(raised.value)
    assert answer.meaning is Meaning.AGAIN
    assert answer.evidence.startswith(evidence)


async def test_who_answers_unasked_is_let_go() -> None:
    async def act(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        await source.readuntil(b"news\n")
        sink.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        await asyncio.sleep(0.05)
        sink.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        assert await source.read() == b""

    async with server(act) as place, poster() as made:
        await made.post(place, REQUEST)
        await asyncio.sleep(0.2)
        # On a new connection: the other's answer was nobody's.
        assert (await made.post(place, REQUEST)).status == 204


async def test_silence_ends_and_its_connection_with_it() -> None:
    ended = asyncio.Event()

    async def act(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        try:
            await source.readuntil(b"news\n")
            await source.read()
        except ConnectionResetError:
            pass
        ended.set()

    async with server(act) as place, poster(whole=0.2) as made:
        with pytest.raises(TimeoutError):
            await made.post(place, REQUEST)
        await asyncio.wait_for(ended.wait(), 2)


async def test_a_certificate_that_nobody_signed_is_refused_before_anything_is_said(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    act, connections = answering(b"HTTP/1.1 204 No Content\r\n\r\n")
    async with server(act, showing(certificate)) as place, poster() as made:
        with pytest.raises(FAILURES) as raised:
            await made.post(place, REQUEST)
    answer = failure(raised.value)
    assert answer.meaning is Meaning.AGAIN
    assert "certificate verify failed" in answer.evidence
    assert connections == []


async def test_other_channels_take_such_a_certificate_for_what_can_be_mended(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    act, connections = answering(b"HTTP/1.1 204 No Content\r\n\r\n")
    wire = Wire(name="Wire", origin="wire.example")
    async with server(act, showing(certificate)) as place, outward.session(wire, WHOLE, private=True) as session:
        with pytest.raises(outward.FAILURES) as raised:
            await session.post(f"https://127.0.0.1:{place.port}/")
    answer = outward.failure(raised.value)
    assert answer.meaning is Meaning.AGAIN
    assert "certificate verify failed" in answer.evidence
    assert connections == []


async def test_a_certificate_that_is_trusted_is_good_and_the_connection_is_kept(certificate: Path) -> None:
    act, connections = answering(b"HTTP/1.1 204 No Content\r\n\r\n")
    async with server(act, showing(certificate)) as place, poster() as made:
        for _ in range(3):
            assert (await made.post(place, REQUEST)).status == 204
    assert connections == [3]


def test_in_the_workers_own_loop_certificates_are_checked_too(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    uvloop.run(test_a_certificate_that_is_trusted_is_good_and_the_connection_is_kept(certificate))
    uvloop.run(test_a_certificate_that_nobody_signed_is_refused_before_anything_is_said(certificate, monkeypatch))


async def test_its_own_network_is_never_connected_to() -> None:
    act, connections = answering(b"HTTP/1.1 204 No Content\r\n\r\n")
    async with server(act) as place, poster(private=False) as made:
        with pytest.raises(OwnNetworkError) as raised:
            await made.post(Place("localhost", place.port, tls=False), REQUEST)
    assert failure(raised.value).meaning is Meaning.NEVER
    assert connections == []


@pytest.mark.parametrize(
    ("address", "place", "line"),
    [
        (
            "https://news.example/hook?a=1&b=%20",
            Place("news.example", 443, tls=True),
            b"POST /hook?a=1&b=%20 HTTP/1.1\r\nHost: news.example\r\n",
        ),
        (
            "http://news.example:8080",
            Place("news.example", 8080, tls=False),
            b"POST / HTTP/1.1\r\nHost: news.example:8080\r\n",
        ),
        ("https://[2001:db8::1]/", Place("2001:db8::1", 443, tls=True), b"POST / HTTP/1.1\r\nHost: [2001:db8::1]\r\n"),
        (
            "https://zeitung-münchen.example/für",
            Place("xn--zeitung-mnchen-osb.example", 443, tls=True),
            b"POST /f%C3%BCr HTTP/1.1\r\nHost: xn--zeitung-mnchen-osb.example\r\n",
        ),
        (
            "https://news.example/a\r\nX: y",
            Place("news.example", 443, tls=True),
            b"POST /aX:%20y HTTP/1.1\r\nHost: news.example\r\n",
        ),
    ],
)
def test_where_an_address_leads_and_what_is_said_there(address: str, place: Place, line: bytes) -> None:
    assert target(address) == (place, line)


@pytest.mark.parametrize("address", ["", "nowhere", "ftp://news.example/", "https:///path"])
def test_what_is_no_web_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="not a web address"):
        target(address)
