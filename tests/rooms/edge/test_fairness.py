"""How evenly entries went out: what an edge counts, what the wire adds up and signs."""

import base64
from pathlib import Path

import pytest
from aiohttp import ClientSession
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.test import Client

from dateline.formats.canonical import canonical
from dateline.wire import fairness, signing
from dateline.wire.models import EdgeFigures
from dateline.words import clock
from tests.desktops import entry
from tests.rooms import stories
from tests.rooms.edge.place import edge, until


def now() -> str:
    return clock.printed(clock.now())


async def test_an_edge_counts_every_write_and_says_so_up_the_tail() -> None:
    async with edge(entry(1)) as place:
        everything = [await place.stream() for _ in range(7)]
        await place.stream("lang=ko")
        place.log.add(entry(2, released_at=now()))
        for screen in everything:
            await screen.saw(1)
        await until(lambda: place.log.figures)
        (figures,) = place.log.figures
        assert (figures["seq"], figures["streams"], figures["together"]) == (2, 7, 1)
        assert 0 <= figures["first_ms"] <= figures["last_ms"] < 5000
        assert sum(figures["writes"].values()) == 7
        # A burst is one write a stream; that is said too.
        place.log.add(*(entry(seq, released_at=now()) for seq in range(3, 13)))
        await until(lambda: len(place.log.figures) == 11)
        assert {(each["streams"], each["together"]) for each in place.log.figures[1:]} == {(7, 10)}


async def test_a_sampled_desktop_says_when_it_had_it() -> None:
    async with edge() as place, ClientSession() as session:
        screen = await place.stream()
        place.log.add(entry(1, released_at=now()))
        await screen.saw(1)
        url = f"http://127.0.0.1:{place.port}/receipt"
        async with session.post(url, json={"seq": 1, "at": now()}) as answer:
            assert answer.status == 204
        for wrong in ({"seq": 1}, {"seq": "x", "at": now()}, {"seq": 1, "at": "soon"}, [1], "x" * 900):
            async with session.post(url, json=wrong) as answer:
                assert answer.status == 400
        async with session.post(url, json={"seq": 99, "at": now()}) as answer:
            assert answer.status == 204
        async with session.post(url, data=b"x" * 5000) as answer:
            assert answer.status == 431
        await until(lambda: place.log.figures and sum(place.log.figures[-1]["receipts"].values()) == 1)


@pytest.mark.django_db
def test_the_figures_of_all_edges_are_added_up_signed_and_published(own_head: Path) -> None:
    stories.released()
    one = {"seq": 1, "edge": "a", "streams": 3, "together": 1, "first_ms": 12, "last_ms": 40, "receipts": {"66": 1}}
    two = {"seq": 1, "edge": "b", "streams": 1, "together": 4, "first_ms": 9, "last_ms": 20, "receipts": {}}
    fairness.take([{**one, "writes": {"20": 2, "46": 1}}, {**two, "writes": {"20": 1}}])
    fairness.take([{**two, "writes": {"20": 1}}])
    assert EdgeFigures.objects.count() == 2
    told = Client().get("/api/v1/wire/1/fairness").json()
    figures = told["figures"]
    assert (figures["edges"], figures["streams"], figures["together"]) == (2, 4, 4)
    assert (figures["first_ms"], figures["last_ms"], figures["skew_ms"]) == (9, 40, 31)
    assert (figures["writes"], figures["p50_ms"], figures["p99_ms"]) == ([[20, 3], [46, 1]], 20, 46)
    assert figures["receipts"]["times"] == [[66, 1]]
    public = signing.private().public_key()
    assert isinstance(public, Ed25519PublicKey)
    public.verify(base64.b64decode(told["signature"]), canonical(figures))
    assert told["key"] == Client().get("/api/v1/wire/key").json()["key"]
    assert Client().get("/api/v1/wire/2/fairness").status_code == 404


@pytest.mark.django_db
def test_an_entry_that_nobody_was_connected_for_has_empty_figures(own_head: Path) -> None:
    stories.released()
    figures = Client().get("/api/v1/wire/1/fairness").json()["figures"]
    assert (figures["edges"], figures["streams"], figures["skew_ms"], figures["p99_ms"]) == (0, 0, None, None)


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", [{}, {"seq": 1}, {"seq": 1, "edge": "a", "streams": "many"}, {"writes": []}])
def test_what_is_no_figures_is_refused_whole(wrong: dict[str, object]) -> None:
    with pytest.raises((KeyError, ValueError, TypeError)):
        fairness.take([wrong])
    assert not EdgeFigures.objects.exists()
