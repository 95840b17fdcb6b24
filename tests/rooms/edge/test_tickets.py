"""Tickets on real streams: rules in them, too many for them, renewed, revoked, changed; said through the real tail."""

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db import connection
from django.test import Client

from dateline.edge import limits, server
from dateline.edge.house import EdgeConfig
from dateline.people import notices, ticket, tokens
from dateline.people.models import LargeProfile, User
from dateline.people.roles import Role
from dateline.routing import profiles
from dateline.routing.models import Subscriber
from dateline.vault import keys
from dateline.wire.tail import TailServer
from dateline.words import clock
from tests.desktops import entry
from tests.entries import WIRE
from tests.rooms.edge.place import KEY, Log, Place, edge, until
from tests.rooms.edge.test_protocols import masked, messages, shaken

DIVIDENDS = "medtop:20000177"


def made(**values: Any) -> ticket.Ticket:
    groups = frozenset(values.pop("groups", ()))
    return ticket.new(values.pop("holder", "user:1"), groups, values.pop("now", clock.now()), **values)


def text(of: ticket.Ticket) -> str:
    return ticket.sign(KEY, "wire.example", of)


async def told(place: Place, number: int, **notice: Any) -> None:
    """The wire says something of tickets."""
    at = clock.now().timestamp()
    line = json.dumps({"type": "notice", "number": number, "at": at, **notice}).encode() + b"\n"
    place.log.say(line)
    await asyncio.sleep(0.05)


async def test_a_stream_gets_what_the_rules_of_its_ticket_ask_for_in_its_best_language() -> None:
    rules = ({"sectors": ["medtop:04000000"], "refused": {"country": ["KR"]}}, {"tickers": ["XETR:TDW"], "urgency": 3})
    async with edge() as place:
        screen = await place.stream(f"ticket={text(made(languages=('ko', 'de'), rules=rules))}")
        place.log.add(
            entry(1, ("en", "de"), sectors=[DIVIDENDS], countries=["DE"]),
            entry(2, ("en", "ko"), sectors=[DIVIDENDS], countries=["KR"]),
            entry(3, ("en",), sectors=[], tickers=["XETR:TDW"], urgency=2),
            entry(4, ("en",), sectors=[], tickers=["XETR:TDW"], urgency=4),
            entry(5, ("en", "ko"), sectors=[DIVIDENDS], countries=[]),
        )
        assert await screen.saw(3) == [1, 3, 5]
        assert [each.data["lang"] for each in screen.events if each.is_frame] == ["de", "en", "ko"]
        back = await place.stream(f"ticket={text(made(languages=('ko', 'de'), rules=rules))}&after=0")
        assert await back.saw(3) == [1, 3, 5]


async def test_a_rule_may_name_its_language_and_the_query_another_filter() -> None:
    rules = ({"languages": ["de"], "countries": ["DE"]}, {"languages": ["ko"], "countries": ["KR"]})
    async with edge() as place:
        screen = await place.stream(f"ticket={text(made(languages=('en',), rules=rules))}")
        other = await place.stream(f"ticket={text(made(languages=('en',), rules=rules))}&country=FR&lang=fr")
        place.log.add(
            entry(1, ("en", "de", "ko"), countries=["DE"]),
            entry(2, ("en", "de", "ko"), countries=["KR"]),
            entry(3, ("en", "de"), countries=["KR"]),
            entry(4, ("fr",), countries=["FR"]),
        )
        assert await other.saw(1) == [4]
        assert await screen.saw(2) == [1, 2]
        assert [each.data["lang"] for each in screen.events if each.is_frame] == ["de", "ko"]


async def test_a_revoked_ticket_ends_its_streams_and_opens_none() -> None:
    mine, another = made(groups=["media"]), made(groups=["media"], holder="token:9")
    async with edge() as place:
        ends = await place.stream(f"ticket={text(mine)}")
        stays = await place.stream(f"ticket={text(another)}")
        await told(place, 1, what="revoked", ticket=mine.id)
        await until(lambda: ends.ended)
        assert [each.name for each in ends.events if each.data] == ["closing"]
        refused = await place.get(f"/wire?ticket={text(mine)}")
        assert await refused.answered() == 401
        await told(place, 2, what="revoked", holder="token:9")
        await until(lambda: stays.ended)
        # What the holder is given later is good again.
        later = made(groups=["media"], holder="token:9", now=clock.now() + timedelta(seconds=2))
        assert (await place.stream(f"ticket={text(later)}")).status == 200


async def test_a_renewed_ticket_keeps_its_stream_open_and_opens_one_again() -> None:
    short = replace(made(groups=["media"]), expires=clock.now() + timedelta(seconds=2))
    async with edge() as place:
        screen = await place.stream(f"ticket={text(short)}")
        left = await place.stream(f"ticket={text(replace(short, id='another'))}")
        await told(place, 1, what="renewed", ticket=short.id, expires=int(clock.now().timestamp()) + 60)
        await until(lambda: left.ended)
        assert [each.name for each in left.events if each.data] == ["expired"]
        assert not screen.ended
        again = await place.stream(f"ticket={text(short)}")
        place.log.add(entry(1, audience=["media"]))
        assert await screen.saw(1) == await again.saw(1) == [1]


async def test_a_socket_renews_its_ticket_itself() -> None:
    short = replace(made(groups=["media"]), expires=clock.now() + timedelta(seconds=2))
    async with edge() as place:
        socket = await shaken(place, f"ticket={text(short)}")
        for wrong in (made(holder="user:2"), replace(short, expires=clock.now() - timedelta(seconds=9))):
            before = len(messages(socket))
            socket.sink.write(masked(json.dumps({"ticket": text(wrong)}).encode()))
            await until(lambda before=before: len(messages(socket)) > before)
            assert messages(socket)[-1]["event"] == "refused"
        socket.sink.write(masked(json.dumps({"ticket": text(made(groups=["media"]))}).encode()))
        await until(lambda: messages(socket)[-1]["event"] == "renewed")
        await asyncio.sleep(2.5)
        assert not socket.ended


async def test_a_changed_profile_takes_effect_without_a_reconnect_and_outlives_older_tickets() -> None:
    mine = made(subscriber=5, revision=3, languages=("en",), rules=({"countries": ["DE"]},))
    async with edge() as place:
        screen = await place.stream(f"ticket={text(mine)}")
        fixed = await place.stream(f"ticket={text(mine)}&country=FR&lang=fr")
        profile = {"subscriber": 5, "languages": ["ko"], "groups": ["media"], "rules": [{"countries": ["KR"]}]}
        await told(place, 1, what="profile", revision=4, **profile)
        await told(place, 2, what="profile", revision=2, **{**profile, "rules": []})
        place.log.add(
            entry(1, ("en",), countries=["DE"]),
            entry(2, ("en", "ko"), countries=["KR"], audience=["media"]),
            entry(3, ("fr",), countries=["FR"]),
        )
        assert await screen.saw(1) == [2]
        assert screen.events[-1].data["lang"] == "ko"
        assert await fixed.saw(1) == [3]
        # The ticket in the address is still the old one.
        back = await place.stream(f"ticket={text(mine)}&after=0")
        assert await back.saw(1) == [2]
        await told(place, 3, what="profile", revision=5, **{**profile, "rules": []})
        place.log.add(entry(4, ("en", "ko"), countries=["KR"]))
        await asyncio.sleep(0.2)
        assert screen.seqs == back.seqs == [2]


async def test_a_cookie_lets_our_own_page_read_and_nobody_elses() -> None:
    cookie = f"dateline_ticket={text(made(groups=['media']))}"
    async with edge() as place:
        ours = await place.stream(Cookie=cookie, Origin=WIRE.base_url)
        assert f"Access-Control-Allow-Origin: {WIRE.base_url}".encode() in ours.got
        assert b"Access-Control-Allow-Credentials: true" in ours.got
        theirs = await place.stream(Cookie=cookie, Origin="https://evil.example")
        assert b"Allow-Credentials" not in theirs.got
        place.log.add(entry(1, audience=["media"]), entry(2))
        assert await ours.saw(2) == [1, 2]
        assert await theirs.saw(1) == [2]


@asynccontextmanager
async def pages(answer: dict[str, Any] | None) -> AsyncIterator[str]:
    """The wire's pages, which know one profile."""

    async def profile(request: web.Request) -> web.Response:
        assert request.headers["Authorization"].startswith("Ticket ")
        return web.json_response(answer) if answer else web.Response(status=404)

    app = web.Application()
    app.router.add_get("/api/v1/tickets/profile", profile)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@asynccontextmanager
async def edge_beside(url: str) -> AsyncIterator[Place]:
    with tempfile.TemporaryDirectory() as folder:
        log = Log(Path(folder) / "tail.sock")
        await log.open()
        listener = server.listen("127.0.0.1", 0)
        place = Place(log, listener.getsockname()[1], asyncio.Event())
        public = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        config = EdgeConfig(replace(WIRE, base_url=url), 0, log.path, public, most=100)
        serving = asyncio.create_task(server.serve(config, listener, place.stop))
        await place.ready()
        yield place
        place.stop.set()
        await serving
        for desktop in place.desktops:
            await desktop.close()
        await log.close()


async def test_a_profile_that_is_too_large_for_its_ticket_is_fetched_with_it() -> None:
    whole = {"languages": ["ko"], "groups": [], "revision": 0, "rules": [{"countries": ["KR"]}]}
    async with pages(whole) as url, edge_beside(url) as place:
        screen = await place.stream(f"ticket={text(made(large=True))}")
        place.log.add(entry(1, countries=["DE"]), entry(2, ("en", "ko"), countries=["KR"]))
        assert await screen.saw(1) == [2]
    async with pages(None) as url, edge_beside(url) as place:
        refused = await place.get(f"/wire?ticket={text(made(large=True))}")
        assert await refused.answered() == 401
    async with edge_beside("http://127.0.0.1:9") as place:
        refused = await place.get(f"/wire?ticket={text(made(large=True))}")
        assert await refused.answered() == 503


async def test_one_address_and_one_holder_have_their_share_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "STREAMS_PER_ADDRESS", 2)
    monkeypatch.setattr(limits, "STREAMS_PER_HOLDER", 1)
    async with edge() as place:
        for number in range(3):
            one = await place.get("/wire", X_Forwarded_For="203.0.113.9")
            await until(lambda one=one: one.status)
            assert one.status == (200 if number < 2 else 429)
        assert (await place.stream(X_Forwarded_For="203.0.113.10")).status == 200
        mine = text(made())
        assert (await place.stream(f"ticket={mine}")).status == 200
        second = await place.get(f"/wire?ticket={mine}")
        assert await second.answered() == 429
        assert b"Retry-After" in second.got


# --- through the wire's own tail, with what the API writes


@pytest.fixture
def tail(transactional_db: None, own_head: Path) -> Iterator[TailServer]:
    with tempfile.TemporaryDirectory(prefix="tail-") as folder:
        server_ = TailServer(Path(folder) / "tail.sock")
        server_.start()
        yield server_
        server_.stop()


async def away(act: Callable[[], Any], wire: TailServer) -> Any:
    def acting() -> Any:
        try:
            done = act()
            wire.notify()
            return done
        finally:
            connection.close()

    return await asyncio.to_thread(acting)


async def test_what_the_api_says_of_a_ticket_reaches_the_stream_within_a_second(tail: TailServer) -> None:
    def begin() -> tuple[str, Subscriber, Ed25519PrivateKey]:
        person = User.objects.create_user("esra@gazette.example", "a long password", name="Esra", role=Role.SUBSCRIBER)
        subscriber = Subscriber.objects.create(kind="journalist", name="Esra", user=person, languages=["en"])
        profiles.set_rules(subscriber, [{"countries": ["DE"]}])
        return tokens.new(Role.SUBSCRIBER, now=clock.now(), user=person), subscriber, keys.signing("ticket")

    token, subscriber, key = await away(begin, tail)

    def call(path: str, **body: Any) -> Any:
        headers = {"Authorization": f"Bearer {token}"}
        answer = Client().post(f"/api/v1{path}", json.dumps(body), content_type="application/json", headers=headers)
        assert answer.status_code == 200, answer.content
        return answer.json()

    shown = (await away(lambda: call("/tickets", subscription=True), tail))["ticket"]
    async with edge(path=tail._path, public=key.public_key()) as place:
        screen = await place.stream(f"ticket={shown}")
        await away(lambda: profiles.set_rules(subscriber, [{"countries": ["KR"]}]), tail)
        await asyncio.sleep(0.3)
        renewed = (await away(lambda: call("/tickets/renew", ticket=shown), tail))["ticket"]
        assert ticket.read(renewed, key.public_key(), "wire.example", clock.now()).id
        from_notice = await away(lambda: notices.after(0), tail)
        assert [each["what"] for each in from_notice][-2:] == ["profile", "renewed"]
        assert not screen.ended
        await away(lambda: call("/tickets/revoke", ticket=shown), tail)
        await until(lambda: screen.ended, 1.0)
        # An edge that starts only now knows it too.
    async with edge(path=tail._path, public=key.public_key()) as place:
        refused = await place.get(f"/wire?ticket={shown}")
        assert await refused.answered() == 401


@pytest.mark.django_db
def test_rules_that_no_ticket_holds_stay_with_the_wire() -> None:
    token = tokens.new(Role.SUBSCRIBER, now=clock.now(), groups=("media",))
    headers = {"Authorization": f"Bearer {token}"}
    rules = [{"issuers": [f"A company with a rather long name {number}" for number in range(200)]}]
    body = json.dumps({"languages": ["de"], "rules": rules})
    answer = Client().post("/api/v1/tickets", body, content_type="application/json", headers=headers)
    shown = ticket.read(answer.json()["ticket"], keys.signing("ticket").public_key(), "wire.example", clock.now())
    assert shown.large
    assert LargeProfile.objects.get().ticket == shown.id
    kept = Client().get("/api/v1/tickets/profile", headers={"Authorization": f"Ticket {answer.json()['ticket']}"})
    assert kept.json() == {"languages": ["de"], "groups": ["media"], "revision": 0, "rules": rules}
    assert Client().get("/api/v1/tickets/profile", headers=headers).status_code == 401
