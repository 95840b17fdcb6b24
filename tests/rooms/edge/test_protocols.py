"""WebSocket and long poll: the same frames, the same cursor, the same rules; and clients that break them."""

import asyncio
import base64
import json
import os
import zlib
from typing import Any

import pytest
from aiohttp import ClientSession, WSMsgType, WSServerHandshakeError

from dateline.edge import websocket
from tests.desktops import entry
from tests.rooms.edge.place import Desktop, Place, edge, until

SHAKE = (
    "GET /wire?{} HTTP/1.1\r\nHost: wire.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "{}Sec-WebSocket-Key: {}\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


def masked(payload: bytes, opcode: int = websocket.TEXT, *, final: bool = True) -> bytes:
    """A client's frame."""
    mask = os.urandom(4)
    size = len(payload)
    head = bytes([(0x80 if final else 0) | opcode])
    head += bytes([0x80 | size]) if size < 126 else b"\xfe" + size.to_bytes(2, "big")
    return head + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))


async def shaken(place: Place, query: str = "", extensions: str = "") -> Desktop:
    """A socket that is open."""
    key = base64.b64encode(os.urandom(16)).decode()
    made = await place.send(SHAKE.format(query, extensions, key).encode())
    await until(lambda: b"\r\n\r\n" in made.got)
    assert made.status == 101, made.got
    return made


def said(desktop: Desktop) -> list[tuple[int, bytes]]:
    """The frames that the server has sent, as (opcode, payload), decompressed."""
    data, found = desktop.body, []
    while len(data) >= 2:
        first, size, at = data[0], data[1], 2
        assert size < 0x80, "a server does not mask"
        if size == 126:
            size, at = int.from_bytes(data[2:4], "big"), 4
        payload = data[at : at + size]
        if len(payload) < size:
            break
        data = data[at + size :]
        if first & 0x40:
            payload = zlib.decompressobj(wbits=-15).decompress(payload + b"\0\0\xff\xff")
        found.append((first & 0x0F, payload))
    return found


def messages(desktop: Desktop) -> list[dict[str, Any]]:
    return [json.loads(payload) for opcode, payload in said(desktop) if opcode == websocket.TEXT]


def frames(desktop: Desktop) -> list[tuple[int, int]]:
    return [(each["data"]["seq"], each["data"]["prev"]) for each in messages(desktop) if "seq" in each.get("data", {})]


@pytest.mark.parametrize("deflates", [False, True])
async def test_an_independent_client_reads_the_wire_and_comes_back_where_it_was(deflates: bool) -> None:
    async with edge(entry(1), entry(2, ("de", "en"))) as place, ClientSession() as session:
        url = f"http://127.0.0.1:{place.port}/wire"
        async with session.ws_connect(f"{url}?after=0&lang=de,en", compress=15 if deflates else 0) as socket:
            place.log.add(entry(3))
            got: list[dict[str, Any]] = []
            while len([each for each in got if "seq" in each.get("data", {})]) < 3:
                message = await socket.receive(5)
                assert message.type is WSMsgType.TEXT, message
                got.append(json.loads(message.data))
        shown = [each for each in got if "seq" in each.get("data", {})]
        assert [(each["id"], each["event"], each["data"]["lang"]) for each in shown] == [
            (1, "release", "en"),
            (2, "release", "de"),
            (3, "release", "en"),
        ]
        async with session.ws_connect(f"{url}?after=2&lang=de,en") as socket:
            while (told := json.loads((await socket.receive(5)).data)).get("id") != 3:
                pass
            assert told["data"]["prev"] == 2


async def test_a_compressed_frame_is_one_message_whatever_came_before_it() -> None:
    offer = "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_max_window_bits\r\n"
    async with edge() as place:
        german = await shaken(place, "lang=de", offer)
        all_of_it = await shaken(place, "", offer)
        assert b"permessage-deflate" in all_of_it.got
        place.log.add(entry(1, ("en",)), entry(2, ("de",)), entry(3, ("en",)), entry(4, ("de",)))
        await until(lambda: len(frames(all_of_it)) == 4 and len(frames(german)) == 2)
        assert frames(all_of_it) == [(1, 0), (2, 1), (3, 2), (4, 3)]
        assert frames(german) == [(2, 0), (4, 2)]


@pytest.mark.parametrize(
    "offer",
    [
        "",
        "Sec-WebSocket-Extensions: permessage-deflate\r\n",
        "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; server_max_window_bits=9\r\n",
        "Sec-WebSocket-Extensions: x-other\r\n",
    ],
)
async def test_nothing_is_compressed_that_would_be_compressed_for_each(offer: str) -> None:
    async with edge() as place:
        socket = await shaken(place, "", offer)
        assert b"permessage-deflate" not in socket.got
        place.log.add(entry(1))
        await until(lambda: frames(socket) == [(1, 0)])


async def test_it_answers_a_ping_and_a_close() -> None:
    async with edge() as place:
        socket = await shaken(place)
        socket.sink.write(masked(b"are you there", websocket.PING))
        await until(lambda: (websocket.PONG, b"are you there") in said(socket))
        socket.sink.write(masked((1000).to_bytes(2, "big"), websocket.CLOSE))
        await until(lambda: socket.ended)
        assert said(socket)[-1] == (websocket.CLOSE, (1000).to_bytes(2, "big"))


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"\x81\x05hello", websocket.BROKEN),
        (masked(b"x" * 9000), websocket.TOO_BIG),
        (b"\x81\xff" + (2**62).to_bytes(8, "big"), websocket.TOO_BIG),
        (masked(b"x", final=False) + masked(b"x", 0, final=False) * 20, websocket.TOO_BIG),
        (masked(b"x" * 3000, final=False) + masked(b"x" * 3000, 0, final=False) * 3, websocket.TOO_BIG),
        (masked(b"x", 0), websocket.BROKEN),
        (masked(b"x", final=False) + masked(b"x"), websocket.BROKEN),
        (masked(b"x" * 126, websocket.PING), websocket.BROKEN),
        (masked(b"", websocket.PING, final=False), websocket.BROKEN),
        (masked(b"", 0xB), websocket.BROKEN),
        (masked(b"", 0x3), websocket.BROKEN),
        (b"\xc1" + masked(b"x")[1:], websocket.BROKEN),
    ],
    ids=["unmasked", "large", "huge", "fragments", "heavy-fragments", "nothing-before", "two-at-once", "long-ping",
         "half-ping", "no-control", "no-opcode", "compressed"],
)  # fmt: skip
async def test_what_breaks_the_protocol_is_told_so_and_delays_nobody(data: bytes, status: int) -> None:
    async with edge() as place:
        screen, socket = await place.stream(), await shaken(place)
        socket.sink.write(data)
        await until(lambda: socket.ended)
        opcode, payload = said(socket)[-1]
        assert (opcode, int.from_bytes(payload[:2], "big")) == (websocket.CLOSE, status)
        assert payload[2:].decode()
        place.log.add(entry(1))
        assert await screen.saw(1) == [1]


async def test_a_bomb_is_not_unpacked() -> None:
    offer = "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover\r\n"
    squeezer = zlib.compressobj(9, wbits=-15)
    bomb = squeezer.compress(b" " * 5_000_000) + squeezer.flush(zlib.Z_SYNC_FLUSH)
    async with edge() as place:
        socket = await shaken(place, "", offer)
        frame = masked(bomb[:-4])
        socket.sink.write(bytes([frame[0] | 0x40]) + frame[1:])
        await until(lambda: socket.ended)
        assert int.from_bytes(said(socket)[-1][1][:2], "big") == websocket.TOO_BIG


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-WebSocket-Version": "8", "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA=="}, 426),
        ({"Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "short"}, 400),
        ({"Sec-WebSocket-Version": "13"}, 400),
    ],
)
async def test_a_handshake_that_is_not_whole_says_why(headers: dict[str, str], status: int) -> None:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    async with edge() as place:
        refused = await place.send(
            f"GET /wire HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{lines}\r\n".encode()
        )
        assert await refused.answered() == status
        assert refused.problem["errors"][0]["what"]


async def test_a_socket_is_refused_as_a_stream_is() -> None:
    async with edge(entry(1)) as place, ClientSession() as session:
        for query in ("lang=12", "after=99", "ticket=nonsense"):
            with pytest.raises(WSServerHandshakeError) as refused:
                await session.ws_connect(f"http://127.0.0.1:{place.port}/wire?{query}")
            assert refused.value.status in {400, 401}


async def test_what_a_desktop_says_is_understood_or_refused_in_words() -> None:
    async with edge() as place:
        socket = await shaken(place)
        for text in (b"hello", b"[1]", b'{"seq": "x"}', b"\xff", b"{}", b'{"ticket": "nonsense"}', b"[" * 5000):
            before = len(messages(socket))
            socket.sink.write(masked(text))
            await until(lambda before=before: len(messages(socket)) > before)
            assert messages(socket)[-1]["event"] == "refused"
        place.log.add(entry(1))
        await until(lambda: frames(socket) == [(1, 0)])


async def poll(place: Place, session: ClientSession, **query: str) -> dict[str, Any]:
    async with session.get(f"http://127.0.0.1:{place.port}/wire", params=query) as answer:
        assert answer.status == 200, await answer.text()
        return dict(await answer.json())


async def test_a_poll_gets_what_has_come_or_waits_for_it_on_one_connection() -> None:
    async with edge(entry(1), entry(2)) as place, ClientSession() as session:
        first = await poll(place, session, after="0", wait="5")
        assert ([each["id"] for each in first["frames"]], first["after"]) == ([1, 2], 2)
        waiting = asyncio.create_task(poll(place, session, after="2", wait="5"))
        await asyncio.sleep(0.1)
        assert not waiting.done()
        place.log.add(entry(3))
        told = await waiting
        assert ([each["data"]["prev"] for each in told["frames"]], told["after"]) == ([2], 3)
        assert await poll(place, session, wait="0") == {"after": 3, "frames": []}
        assert await place.figure("streams") == 0


async def test_a_poll_that_wants_little_moves_its_cursor_and_is_told_of_a_gap() -> None:
    async with edge(*(entry(seq) for seq in range(1, 301)), kept=250) as place, ClientSession() as session:
        assert await poll(place, session, after="60", wait="0", lang="ko") == {"after": 300, "frames": []}
        gap = await poll(place, session, after="10", wait="5")
        assert gap["frames"][0]["event"] == "gap"
        assert gap["frames"][0]["data"]["to"] == 50
        after, got = gap["after"], [each["id"] for each in gap["frames"][1:]]
        while after < 300:
            told = await poll(place, session, after=str(after), wait="5")
            after, got = told["after"], got + [each["id"] for each in told["frames"]]
        assert got == list(range(51, 301))


@pytest.mark.parametrize("wait", ["soon", "-1", "1.5", ""])
async def test_a_wait_that_is_no_number_is_refused(wait: str) -> None:
    async with edge() as place:
        refused = await place.get(f"/wire?wait={wait}&after=0")
        # An empty value is none at all to a query.
        assert await until_status(refused) == (200 if not wait else 400)


async def until_status(desktop: Desktop) -> int:
    await until(lambda: desktop.status)
    return desktop.status


async def test_answers_share_a_connection_and_a_page_of_any_origin_may_read_them() -> None:
    async with edge() as place, ClientSession() as session:
        url = f"http://127.0.0.1:{place.port}"
        for _ in range(3):
            async with session.get(f"{url}/healthz") as answer:
                assert answer.headers["Access-Control-Allow-Origin"] == "*"
            async with session.options(f"{url}/receipt") as answer:
                assert (answer.status, "POST" in answer.headers["Access-Control-Allow-Methods"]) == (204, True)
        assert session.connector is not None
        assert len(session.connector._conns) == 1
