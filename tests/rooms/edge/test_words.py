"""Rules with words on streams: live, in a replay, after a withdrawal, and when the text is no longer kept."""

import asyncio
import json
import zlib
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest

from dateline.edge import server
from dateline.edge.bodies import Bodies
from dateline.people import ticket
from dateline.words import clock
from dateline.words.entry import Entry
from dateline.words.release import Signal
from tests.desktops import entry
from tests.rooms.edge.place import KEY, edge


def says(seq: int, text: str, lang: str = "en", **header: Any) -> Entry:
    plain = entry(seq, (lang,), source_language=lang, **header)
    if not plain.parts:
        return plain
    part = {**plain.parts[f"rendition/{lang}"], "headline": "News", "body_html": f"<p>{text}</p>"}
    return replace(plain, parts={**plain.parts, f"rendition/{lang}": part})


async def test_a_query_finds_words_in_bodies_of_any_language_live_and_later() -> None:
    query = quote('("merger" OR 合併 OR الاندماج) AND NOT rumour')
    async with edge(says(1, "A merger before anybody came.")) as place:
        live = await place.stream(f"q={query}")
        place.log.add(
            says(2, "The merger is done."),
            says(3, "Nothing happened."),
            says(4, "兩家公司宣布合併。", "zh-Hant"),
            says(5, "A merger, says a rumour."),
            says(6, "أعلنت الشركتان الاندماج", "ar"),
        )
        assert await live.saw(3) == [2, 4, 6]
        late = await place.stream(f"q={query}&after=0")
        assert await late.saw(4) == [1, 2, 4, 6]


async def test_a_ticket_carries_words_beside_the_other_conditions() -> None:
    rules = ({"countries": ["DE"], "words": "tide NEAR/3 power"}, {"words": '"as is"'})
    made = ticket.sign(KEY, "wire.example", ticket.new("user:1", frozenset(), clock.now(), rules=rules))
    async with edge() as place:
        screen = await place.stream(f"ticket={made}")
        place.log.add(
            says(1, "Tides give us power.", countries=["DE"]),
            says(2, "Tides give us power.", countries=["FR"]),
            says(3, "It is sold as is.", countries=[]),
            says(4, "Tides come and go; the sun and the wind give power.", countries=["DE"]),
        )
        assert await screen.saw(2) == [1, 3]


async def test_what_was_taken_back_says_nothing_and_its_withdrawal_reaches_all_whom_it_may_have_reached() -> None:
    async with edge(says(1, "A merger.", guid="k", countries=["DE"])) as place:
        had = await place.stream(f"q={quote('merger AND country:DE')}&after=0")
        other = await place.stream(f"q={quote('merger AND country:FR')}&after=0")
        await had.saw(1)
        place.log.add(says(2, "", guid="k", countries=["DE"], signal=Signal.WITHDRAWAL))
        assert await had.saw(2) == [1, 2]
        place.log.add(says(3, "A merger.", countries=["FR"]))
        assert await other.saw(1) == [3]


async def test_a_screen_that_was_away_for_longer_than_the_text_is_kept_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    one = len(zlib.compress(json.dumps(says(1, "A merger.").parts).encode(), 1))
    monkeypatch.setattr(Bodies.__init__, "__defaults__", (one * 4,))
    monkeypatch.setattr(server, "TICK", 0.01)
    async with edge(*(says(seq, "A merger.") for seq in range(1, 31))) as place:
        # What is too much goes in the edge's idle moments.
        await asyncio.sleep(0.3)
        screen = await place.stream("q=merger&after=0")
        (gap,) = [each.data for each in screen.events if each.name == "gap"]
        assert gap["from"] == 1
        assert 20 < gap["to"] < 30
        assert await screen.saw(1) == list(range(gap["to"] + 1, 31))
        # Who asks for no words misses nothing.
        plain = await place.stream("after=0")
        assert await plain.saw(30) == list(range(1, 31))


@pytest.mark.parametrize(
    ("query", "column"),
    [
        ("merger AND", "11"),
        ("(merger", "1"),
        ('"merger', "1"),
        ("country:Germany", ""),
        ("colour:red", "1"),
        (" OR ".join(["word"] * 10_000), ""),
        ("(" * 5000, ""),
        ("NOT " * 3000 + "a", ""),
        ("a*" * 3000 + "!", ""),
    ],
)
async def test_a_query_that_cannot_be_read_says_where(query: str, column: str) -> None:
    async with edge() as place:
        screen = await place.stream()
        refused = await place.get(f"/wire?q={quote(query)}")
        assert await refused.answered() in {400, 431}
        if column:
            assert f"query:{column}" in refused.problem["errors"][0]["where"]
        place.log.add(says(1, "still here"))
        assert await screen.saw(1) == [1]


async def test_one_filter_and_not_two() -> None:
    async with edge() as place:
        refused = await place.get("/wire?q=merger&country=DE")
        assert await refused.answered() == 400
        assert refused.problem["errors"][0]["code"] == "two-filters"
