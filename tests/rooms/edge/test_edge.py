"""The live stream over real sockets: what desktops get, what they are refused, and who is let go."""

import asyncio
import json
import socket
from collections.abc import Callable
from datetime import timedelta

import pytest

from dateline.edge import connection, house, live, server
from dateline.people import ticket
from dateline.words import clock
from dateline.words.release import Signal
from tests.desktops import entry
from tests.rooms.edge.place import KEY, edge, until


def made_ticket(*groups: str, age: timedelta = timedelta(0), origin: str = "wire.example") -> str:
    return ticket.sign(KEY, origin, ticket.new("user:1", frozenset(groups), clock.now() - age))


async def test_a_stream_is_told_where_it_is_and_when_to_come_back_then_what_is_released() -> None:
    async with edge(entry(1)) as place:
        screen = await place.stream()
        assert b"Content-Type: text/event-stream" in screen.got
        assert b"Access-Control-Allow-Origin: *" in screen.got
        assert b"retry: " in screen.body
        assert screen.events[-1].id == 1
        place.log.add(entry(2), entry(3))
        assert await screen.saw(2) == [2, 3]


async def test_filters_and_languages_are_those_of_the_query() -> None:
    async with edge() as place:
        german = await place.stream("lang=de&lang=en")
        same = await place.stream("lang=de,en")
        korea = await place.stream("country=KR&lang=ko")
        economy = await place.stream("sector=medtop:04000000")
        place.log.add(
            entry(1, ("en", "de"), sectors=[], countries=[]),
            entry(2, ("en", "ko"), sectors=["medtop:20000177"], countries=["KR"]),
            entry(3, ("fr",), sectors=[], countries=["KR"], source_language="fr"),
        )
        for screen in (german, same):
            await screen.saw(2)
            assert [(each.data["seq"], each.data["lang"]) for each in screen.events if each.is_frame] == [
                (1, "de"),
                (2, "en"),
            ]
        assert await korea.saw(1) == [2]
        assert await economy.saw(1) == [2]


async def test_a_desktop_that_comes_back_gets_what_it_missed() -> None:
    async with edge(*(entry(seq) for seq in range(1, 451))) as place:
        back = await place.stream("after=1", Last_Event_ID="440")
        assert await back.saw(10) == list(range(441, 451))
        whole = await place.stream("after=0")
        assert await whole.saw(450) == list(range(1, 451))
        place.log.add(entry(451))
        assert (await whole.saw(451))[-1] == 451
        await back.saw(11)
        assert [each.data["prev"] for each in back.events if each.is_frame] == list(range(440, 451))


async def test_a_gap_is_said_before_what_can_be_replayed() -> None:
    async with edge(*(entry(seq) for seq in range(1, 21)), kept=5) as place:
        assert place.log.asked[0] == -5
        screen = await place.stream("after=3")
        assert await screen.saw(5) == [16, 17, 18, 19, 20]
        gap = next(each for each in screen.events if each.name == "gap")
        assert gap.data == {"from": 4, "to": 15, "fetch": "https://wire.example/api/v1/wire?after=3"}
        assert await place.figure("gaps_total") == 1
        ahead = await place.stream("lang=en", Last_Event_ID="25")
        await until(lambda: len(ahead.events) >= 2)
        assert any(each.name == "gap" and each.data["from"] == 21 for each in ahead.events)


async def test_a_tail_that_breaks_leaves_no_gap() -> None:
    async with edge(entry(1)) as place:
        screen = await place.stream()
        place.log.add(entry(2))
        await screen.saw(1)
        await place.log.close()
        place.log.entries += [entry(3), entry(4)]
        await asyncio.sleep(0.1)
        await place.log.open()
        assert await screen.saw(3) == [2, 3, 4]
        place.log.garble()
        await until(lambda: len(place.log.asked) >= 3)
        place.log.add(entry(5))
        assert await screen.saw(4) == [2, 3, 4, 5]
        assert place.log.asked[:3] == [-1000, 2, 4]
        assert not [each for each in screen.events if each.name == "gap"]


async def test_a_log_that_was_restored_shorter_is_read_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    async with edge(*(entry(seq) for seq in range(1, 6))) as place:
        screen = await place.stream()
        del place.log.entries[3:]
        place.log.size()
        await asyncio.sleep(1.1)
        assert not screen.ended
        place.log.size()
        await until(lambda: screen.ended)
        assert b"retry: " in screen.got.rpartition(b"\n\n")[0].rpartition(b"\n\n")[2]
        await place.ready()
        place.log.add(entry(4, guid="another"))
        back = await place.stream("lang=en", Last_Event_ID="5")
        assert [each.name for each in back.events if each.data] == ["gap"]


async def test_heartbeats_carry_the_seq_that_was_considered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "HEARTBEAT", 0.05)
    async with edge() as place:
        screen = await place.stream("lang=ko")
        place.log.add(entry(1), entry(2))
        await until(lambda: screen.events[-1].id == 2)
        assert screen.seqs == []
        assert b"id: 2\nevent: heartbeat\n" in screen.body


async def test_what_is_not_public_needs_a_ticket() -> None:
    async with edge(entry(1, audience=["media"])) as place:
        anybody = await place.stream("after=0")
        media = await place.stream(f"after=0&ticket={made_ticket('media')}")
        other = await place.stream(f"after=0&ticket={made_ticket('europe')}")
        place.log.add(entry(2, audience=["media"]), entry(3))
        assert await media.saw(3) == [1, 2, 3]
        assert await anybody.saw(1) == [3]
        assert await other.saw(1) == [3]
        assert b"s1" not in anybody.got
        assert b"s2" not in other.got


@pytest.mark.parametrize(
    "text",
    [
        lambda: made_ticket("media", age=timedelta(minutes=16)),
        lambda: made_ticket("media", origin="other.example"),
        lambda: made_ticket("media")[:-4] + "AAAA",
        lambda: "nonsense",
    ],
    ids=["expired", "foreign", "forged", "nonsense"],
)
async def test_a_bad_ticket_is_refused(text: Callable[[], str]) -> None:
    async with edge(entry(1, audience=["media"])) as place:
        refused = await place.get(f"/wire?after=0&ticket={text()}")
        assert await refused.answered() == 401
        assert "POST /api/v1/tickets" in refused.problem["detail"]


async def test_a_stream_ends_with_its_ticket() -> None:
    async with edge() as place:
        nearly = made_ticket("media", age=ticket.LIFE - timedelta(seconds=2))
        screen = await place.stream(f"ticket={nearly}")
        place.log.add(entry(1, audience=["media"]))
        assert await screen.saw(1) == [1]
        await until(lambda: screen.ended)
        assert screen.events[-1].name == "expired"


async def test_a_withdrawal_reaches_who_is_there_and_who_replays() -> None:
    async with edge(entry(1, guid="k")) as place:
        early = await place.stream("after=0")
        await early.saw(1)
        place.log.add(entry(2, guid="k", signal=Signal.WITHDRAWAL))
        await early.saw(2)
        late = await place.stream("after=0")
        await late.saw(2)
        assert [each.name for each in early.events if each.is_frame] == ["release", "withdrawal"]
        assert [each.name for each in late.events if each.is_frame] == ["withdrawal", "withdrawal"]
        assert b"TEXT" not in late.got


@pytest.mark.parametrize(
    ("target", "status", "told"),
    [
        ("/wire?lang=12", 400, "BCP 47"),
        ("/wire?sector=steel", 400, "/api/v1/sectors"),
        ("/wire?country=Germany", 400, "ISO 3166"),
        ("/wire?after=soon", 400, "id of the last frame"),
        ("/wire?after=-1", 400, "id of the last frame"),
        ("/wire?after=99", 400, "no 99 yet"),
        ("/wire?" + "&".join(["lang=en"] * 300), 400, "200 fields"),
        ("/", 404, "/wire"),
        ("/wire/", 404, "/wire"),
        ("//[", 400, "cannot be read"),
    ],
)
async def test_a_request_that_cannot_be_served_says_why(target: str, status: int, told: str) -> None:
    async with edge(entry(1)) as place:
        refused = await place.get(target)
        assert await refused.answered() == status
        assert refused.problem["status"] == status
        assert told in refused.problem["detail"]


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"POST /wire HTTP/1.1\r\nHost: x\r\n\r\n", 405),
        (b"HEAD /wire HTTP/1.1\r\nHost: x\r\n\r\n", 405),
        (b"GET /wire HTTP/1.1\r\nno colon\r\n\r\n", 400),
        (b"GET /wire HTTP/1.1\r\nA: 1\r\n folded\r\n\r\n", 400),
        (b"GET /wire\r\n\r\n", 400),
        (b"GET /wire HTTP/2.0\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
        (b"\x00" * 100, 400),
        (b"\r\n\r\n", 400),
        (b"GET /wire HTTP/1.1\r\nX: " + b"x" * 1_000_000, 431),
        (b"GET /wire?" + b"x" * 1_000_000 + b" HTTP/1.1\r\n\r\n", 431),
        (b"A" * 1_000_000, 431),
    ],
)
async def test_garbage_gets_a_clear_answer_and_harms_nobody(data: bytes, status: int) -> None:
    async with edge() as place:
        screen = await place.stream()
        refused = await place.send(data)
        assert await refused.answered() == status
        assert refused.problem["errors"][0]["what"]
        place.log.add(entry(1))
        assert await screen.saw(1) == [1]


async def test_a_request_may_come_in_pieces_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HEAD_SECONDS", 0.5)
    async with edge() as place:
        pieces = await place.send(b"GET /wire HTT")
        silent = await place.send(b"")
        half = await place.send(b"GET /wire HTTP/1.1\r\n")
        await asyncio.sleep(0.1)
        pieces.sink.write(b"P/1.1\r\nHost: x\r\n\r\n")
        assert await half.answered() == 408
        assert await silent.answered() == 408
        await asyncio.sleep(0.5)
        place.log.add(entry(1))
        assert await pieces.saw(1) == [1]


async def test_there_is_room_for_so_many_streams_and_health_is_answered_beside_them() -> None:
    async with edge(most=2) as place:
        first = await place.stream()
        await place.stream()
        third = await place.get("/wire")
        assert await third.answered() == 503
        assert b"Retry-After: " in third.got
        health = await place.get("/healthz")
        assert await health.answered() == 200
        assert json.loads(health.body) == {"ok": True, "tail": True, "seq": 0, "streams": 2}
        await first.close()
        await asyncio.sleep(0.05)
        assert (await place.stream()).status == 200


async def test_an_edge_that_no_longer_hears_the_log_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    async with edge() as place:
        monkeypatch.setattr(house, "SILENCE", 0.05)
        await place.log.close()
        await asyncio.sleep(0.1)
        health = await place.get("/healthz")
        assert await health.answered() == 503
        await place.log.open()


async def test_who_does_not_read_is_cut_off_and_delays_nobody() -> None:
    long = ["medtop:04000000"] * 6
    async with edge(kept=5000) as place:
        reader = await place.stream()
        deaf = await place.deaf()
        for seq in range(1, 2001):
            place.log.add(entry(seq, sectors=long, slugline="s" * 80))
            if seq % 100 == 0:
                await reader.saw(seq)
        assert await reader.saw(2000) == list(range(1, 2001))
        assert await place.figure("cut_off_total") == 1
        # What it had read before is not lost: it is told why, and comes back with its last id.
        deaf.read()
        await until(lambda: deaf.ended)
        assert await place.figure("streams") == 1
        closing = next(each for each in deaf.events if each.name == "closing")
        assert (closing.data["code"], closing.id) == ("slow", None)
        assert deaf.body.rstrip().rpartition(b"\n")[2].startswith(b"retry: ")
        last = max(each.id for each in deaf.events if each.id)
        back = await place.stream("", Last_Event_ID=str(last))
        assert await back.saw(2000 - last) == list(range(last + 1, 2001))


async def test_a_replay_waits_for_its_reader_and_others_do_not_wait_for_the_replay() -> None:
    async with edge(*(entry(seq, slugline="s" * 80) for seq in range(1, 2001)), kept=5000) as place:
        live = await place.stream()
        slow = await place.deaf("after=0")
        await asyncio.sleep(0.2)
        assert await place.figure("frames_total") < 2000
        place.log.add(entry(2001))
        assert await live.saw(1) == [2001]
        slow.read()
        assert await slow.saw(2001) == list(range(1, 2002))
        assert await place.figure("cut_off_total") == 0


async def test_a_replay_whose_reader_has_stopped_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(house, "STALL_SECONDS", 0.3)
    monkeypatch.setattr(live, "LINGER_SECONDS", 0.2)
    monkeypatch.setattr(server, "TICK", 0.05)
    async with edge(*(entry(seq, slugline="s" * 80) for seq in range(1, 2001)), kept=5000) as place:
        await place.deaf("after=0")
        await asyncio.sleep(0.6)
        assert await place.figure("cut_off_total") == 1
        await asyncio.sleep(0.3)
        assert await place.figure("streams") == 0


async def test_a_burst_reaches_everybody_whole() -> None:
    async with edge() as place:
        screens = [await place.stream() for _ in range(20)]
        place.log.add(*(entry(seq, slugline="s" * 80) for seq in range(1, 1001)))
        for screen in screens:
            assert await screen.saw(1000) == list(range(1, 1001))


async def test_who_is_gone_is_forgotten() -> None:
    async with edge() as place:
        gone, reset, stays = [await place.stream() for _ in range(3)]
        half = await place.send(b"GET /wire HTTP/1.1\r\nHost: x\r\n\r\n")
        await until(lambda: half.events)
        await gone.close()
        reset.sink.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        reset.sink.transport.abort()
        half.sink.write_eof()
        await until(lambda: half.ended)
        place.log.add(entry(1))
        assert await stays.saw(1) == [1]
        assert await place.figure("streams") == 1
        assert await place.figure("frames_total") == 1


async def test_going_down_it_tells_each_when_to_come_back() -> None:
    async with edge() as place:
        screens = [await place.stream() for _ in range(10)]
        opened = [await place.send(b"GET") for _ in range(3)]
        place.stop.set()
        for screen in screens:
            await until(lambda screen=screen: screen.ended)
        for each in opened:
            await until(lambda each=each: each.ended)
        waits = {screen.body.rpartition(b"retry: ")[2] for screen in screens}
        assert len(waits) > 1
        assert all(1000 <= int(wait) <= 10_000 for wait in waits)
