"""Who gets which frame, in which language, and what is said to those who missed one."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from dateline.edge import hub as hubs
from dateline.edge.crowd import best as best_of
from dateline.edge.dialects import SSE, Dialect
from dateline.edge.hub import Hub
from dateline.edge.live import BUFFER_LIMIT
from dateline.edge.ring import Kept
from dateline.edge.wishes import Wishes, read
from dateline.formats import frame as frames
from dateline.people import ticket
from dateline.words.entry import Entry
from dateline.words.errors import BadInput
from dateline.words.release import Signal
from tests.desktops import Event, entry, events, seqs
from tests.entries import WIRE

MEDIA = ticket.new("user:1", frozenset({"media"}), datetime.now(UTC))
DIVIDENDS, STOCKS, ECONOMY = "medtop:20000177", "medtop:20000396", "medtop:04000000"


@dataclass(eq=False)
class Screen:
    """A desktop whose connection takes everything at once."""

    wishes: Wishes = field(default_factory=Wishes)
    prev: int = 0
    got: bytes = b""
    # It has no socket; so each write is handed to `send`.
    fd: int = -1
    dialect: Dialect = SSE

    def send(self, data: bytes) -> None:
        self.got += data

    def late(self, rest: bytes) -> None:
        raise AssertionError("there is no socket that could take a part")

    @property
    def events(self) -> list[Event]:
        return events(self.got)

    @property
    def seqs(self) -> list[int]:
        return seqs(self.events)


def catch_up(hub: Hub, screen: Screen, cursor: int) -> None:
    """As a connection does it: step by step, then live."""
    screen.prev = cursor
    while (cursor := hub.replay(screen, cursor)) != hub.seq:
        pass
    hub.join(screen)


def hub_of(*entries: Entry, kept: int = 100) -> Hub:
    made = Hub(WIRE, kept)
    made.begun = True
    for each in entries:
        made.add(each)
    return made


def unread(of: Entry) -> None:
    """No rule here asks for words."""


def best(langs: str, of: tuple[str, ...], main: str = "en") -> str | None:
    wishes = read({"lang": [langs]} if langs else {})
    return best_of(wishes, Kept.of(entry(1, of, source_language=main)), unread)


@pytest.mark.parametrize(
    ("langs", "of", "got"),
    [
        ("de,en", ("en", "de"), "de"),
        ("en,de", ("en", "de"), "en"),
        ("fr,de", ("en", "de"), "de"),
        ("fr", ("en", "de"), None),
        ("", ("de", "en"), "en"),
        ("", ("de", "fr"), "de"),
        ("pt", ("en", "pt-BR"), "pt-BR"),
        ("pt", ("pt-BR", "pt"), "pt"),
        ("en-US", ("de", "en"), "en"),
        ("zh-TW", ("zh-Hans", "zh-Hant"), "zh-Hant"),
        ("zh", ("zh-Hant",), None),
        ("ms-Arab", ("ms",), None),
        ("az-Cyrl-AZ", ("az", "az-Cyrl"), "az-Cyrl"),
        ("arb", ("ar",), "ar"),
    ],
)
def test_each_gets_one_language_the_best_that_there_is(langs: str, of: tuple[str, ...], got: str | None) -> None:
    assert best(langs, of) == got


def test_a_sector_finds_what_lies_within_it() -> None:
    paid = Kept.of(entry(1, sectors=[DIVIDENDS], countries=["DE", "KR"]))
    for code in (DIVIDENDS, STOCKS, ECONOMY):
        assert best_of(read({"sector": [code]}), paid, unread)
    assert best_of(read({"sector": ["dateline:top-story"]}), paid, unread) is None
    assert best_of(read({"sector": [DIVIDENDS], "country": ["fr, kr"]}), paid, unread)
    assert best_of(read({"sector": [DIVIDENDS], "country": ["FR"]}), paid, unread) is None


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("lang", "12", "bad-language"),
        ("lang", "en,xx-nonsense-language", "bad-language"),
        ("lang", "\x00", "bad-language"),
        ("sector", "medtop:99999999", "unknown-sector"),
        ("sector", "dividends", "unknown-sector"),
        ("country", "Germany", "unknown-country"),
        ("country", "XX", "unknown-country"),
        ("country", "1", "unknown-country"),
        ("lang", "en," * 101, "too-many"),
    ],
)
def test_an_unknown_wish_is_refused_and_says_how_to_mend_it(name: str, value: str, code: str) -> None:
    with pytest.raises(BadInput) as refused:
        read({name: [value]})
    (fault,) = refused.value.faults
    assert (fault.code, fault.where) == (code, name)
    assert fault.mend


def test_frames_say_which_came_before_them_in_this_stream() -> None:
    hub, all_of_it, german = hub_of(), Screen(), Screen(read({"lang": ["de"]}))
    hub.join(all_of_it)
    hub.join(german)
    for seq, langs in enumerate((("en",), ("en", "de"), ("en",), ("de",)), 1):
        hub.add(entry(seq, langs))
    assert [(each.data["seq"], each.data["prev"]) for each in german.events] == [(2, 0), (4, 2)]
    assert [(each.data["seq"], each.data["prev"]) for each in all_of_it.events] == [(1, 0), (2, 1), (3, 2), (4, 3)]
    assert hub.written == 6


def test_streams_share_the_bytes_of_a_frame() -> None:
    hub = hub_of()
    sent: list[bytes] = []

    @dataclass(eq=False)
    class Wall(Screen):
        def send(self, data: bytes) -> None:
            sent.append(data)

    for query in ({}, {"lang": ["en"]}, {"lang": ["en", "de"]}):
        for _ in range(10):
            hub.join(Wall(read(query)))
    hub.add(entry(1))
    assert len(sent) == 30
    assert len({id(data) for data in sent}) == 1


def test_the_order_of_writing_is_drawn_anew() -> None:
    hub, order = hub_of(), []

    @dataclass(eq=False)
    class Noted(Screen):
        number: int = 0

        def send(self, data: bytes) -> None:
            order.append(self.number)

    for number in range(50):
        hub.join(Noted(number=number))
    hub.add(entry(1))
    hub.add(entry(2))
    assert sorted(order[:50]) == sorted(order[50:]) == list(range(50))
    assert order[:50] != order[50:]


def test_what_is_not_public_never_reaches_a_stream_without_the_group() -> None:
    hub, anybody, media = hub_of(entry(1, audience=["media"])), Screen(), Screen(read({}, MEDIA))
    for screen in (anybody, media):
        catch_up(hub, screen, 0)
    hub.add(entry(2, audience=["media", "europe"]))
    hub.add(entry(3, audience=["europe"]))
    hub.add(entry(4, audience=["public"]))
    assert anybody.seqs == [4]
    assert media.seqs == [1, 2, 4]
    assert b"s1" not in anybody.got


def test_a_withdrawal_cancels_what_it_takes_back_also_for_who_comes_later() -> None:
    hub, live, later = hub_of(), Screen(), Screen()
    hub.join(live)
    hub.add(entry(1, guid="k"))
    hub.add(entry(2))
    hub.add(entry(3, guid="k", signal=Signal.CORRECTION))
    hub.add(entry(4, guid="k", signal=Signal.WITHDRAWAL))
    assert [each.name for each in live.events] == ["release", "release", "correction", "withdrawal"]
    catch_up(hub, later, 0)
    shown = [each for each in later.events if each.is_frame]
    assert [each.name for each in shown] == ["withdrawal", "release", "withdrawal", "withdrawal"]
    assert ["TEXT" in each.data["headline"] for each in shown] == [False, True, False, False]


def test_what_is_taken_back_at_once_is_never_shown() -> None:
    hub, screen = hub_of(), Screen()
    hub.join(screen)
    hub.add(entry(1, guid="k"), entry(2), entry(3, guid="k", signal=Signal.WITHDRAWAL))
    shown = [each for each in screen.events if each.is_frame]
    assert [each.name for each in shown] == ["withdrawal", "release", "withdrawal"]
    assert [each.data["prev"] for each in shown] == [0, 1, 2]


def test_a_burst_is_one_write_a_stream_and_a_hole_in_it_stands_in_its_place() -> None:
    hub, writes = hub_of(), []

    @dataclass(eq=False)
    class Counted(Screen):
        def send(self, data: bytes) -> None:
            writes.append(data)

    for _ in range(5):
        hub.join(Counted())
    hub.add(*(entry(seq) for seq in range(1, 31)))
    assert len(writes) == 5
    assert len({id(data) for data in writes}) == 1
    screen = Screen()
    hub.join(screen)
    hub.add(entry(31), entry(40), entry(41))
    assert [each.name for each in screen.events] == ["release", "gap", "release", "release"]
    assert screen.seqs == [31, 40, 41]


def test_an_erasure_takes_the_part_that_it_names_and_no_other() -> None:
    hub, german, english = hub_of(), Screen(Wishes(("de",))), Screen(Wishes(("en",)))
    hub.add(entry(1, ("en", "de"), guid="k"))
    hub.add(entry(2, ("en", "de"), guid="k", signal=Signal.CORRECTION))
    for screen in (Screen(Wishes(("de",))), Screen(Wishes(("en",)))):
        # The frames were encoded before; they must not be found again.
        catch_up(hub, screen, 0)
    hub.add(entry(3, ("en", "de"), guid="k", signal=Signal.ERASURE, erased=["1:rendition/de"]))
    catch_up(hub, german, 0)
    catch_up(hub, english, 0)
    assert ["TEXT" in each.data["headline"] for each in german.events if each.is_frame] == [False, True, False]
    assert ["TEXT" in each.data["headline"] for each in english.events if each.is_frame] == [True, True, False]


def test_what_replaces_an_entry_reaches_whom_the_story_may_have_reached() -> None:
    hub = hub_of()
    queries = ({"sector": [DIVIDENDS]}, {"country": ["KR"]}, {"sector": [DIVIDENDS], "country": ["KR"]})
    paid, korea, both = (Screen(read(query)) for query in queries)
    for screen in (paid, korea, both):
        hub.join(screen)
    hub.add(entry(1, guid="k", sectors=[DIVIDENDS], countries=[]))
    hub.add(entry(2, guid="k", sectors=[], countries=["KR"], signal=Signal.CORRECTION))
    hub.add(entry(3, guid="k", sectors=[], countries=[], signal=Signal.TRANSLATION))
    hub.add(entry(4, guid="k", sectors=[], countries=[], signal=Signal.WITHDRAWAL))
    assert paid.seqs == [1, 2, 4]
    assert korea.seqs == [2, 4]
    # It wanted neither of the two, though each had half of what it asks for.
    assert both.seqs == []


def test_a_correction_comes_in_the_language_that_one_had_or_else_as_it_was_written() -> None:
    hub, german, korean = hub_of(), Screen(Wishes(("de",))), Screen(Wishes(("ko",)))
    hub.join(german)
    hub.join(korean)
    hub.add(entry(1, ("en", "de"), guid="k"))
    hub.add(entry(2, ("en",), guid="k", signal=Signal.CORRECTION))
    hub.add(entry(3, ("en", "de"), guid="k", signal=Signal.CORRECTION))
    assert [each.data["lang"] for each in german.events] == ["de", "en", "de"]
    assert korean.seqs == []


def test_a_correction_for_fewer_readers_tells_the_others_nothing_but_a_withdrawal_does() -> None:
    hub, anybody = hub_of(), Screen()
    hub.join(anybody)
    hub.add(entry(1, guid="k"))
    hub.add(entry(2, guid="k", audience=["media"], signal=Signal.CORRECTION))
    hub.add(entry(3, guid="k", audience=["media"], signal=Signal.WITHDRAWAL))
    assert anybody.seqs == [1, 3]
    assert "TEXT" not in anybody.events[-1].data["headline"]


def test_what_can_no_longer_be_replayed_is_said() -> None:
    hub, screen = hub_of(*(entry(seq) for seq in range(1, 11)), kept=3), Screen()
    catch_up(hub, screen, 2)
    gap, *rest = screen.events
    assert (gap.name, gap.id) == ("gap", 7)
    assert gap.data == {"from": 3, "to": 7, "fetch": "https://wire.example/api/v1/wire?after=2"}
    assert seqs(rest) == [8, 9, 10]
    assert hub.gaps == 1


def test_a_cursor_from_another_log_is_said_and_set_back() -> None:
    hub, screen = hub_of(entry(1), entry(2)), Screen()
    catch_up(hub, screen, 9)
    gap, beat = screen.events
    assert (gap.name, gap.data["from"], gap.data["to"]) == ("gap", 3, 9)
    assert (beat.id, beat.name) == (2, "heartbeat")
    hub.add(entry(3))
    assert screen.events[-1].data["prev"] == 2


def test_a_hole_in_the_tail_is_said_to_everybody() -> None:
    hub, live, later = hub_of(entry(1)), Screen(), Screen()
    hub.join(live)
    hub.add(entry(5))
    assert [each.name for each in live.events] == ["gap", "release"]
    assert (live.events[0].data["from"], live.events[0].data["to"]) == (2, 4)
    catch_up(hub, later, 0)
    assert (later.events[0].data["from"], later.events[0].data["to"]) == (1, 4)
    assert later.seqs == [5]


def test_an_entry_that_comes_twice_is_written_once() -> None:
    hub, screen = hub_of(), Screen()
    hub.join(screen)
    for seq in (1, 1, 2, 1, 2, 3):
        hub.add(entry(seq))
    assert screen.seqs == [1, 2, 3]


def test_what_an_edge_keeps_has_no_bodies() -> None:
    kept = Kept.of(entry(1, ("en", "de")))
    assert kept.entry.parts == {"rendition/en": {"headline": "TEXT en"}, "rendition/de": {"headline": "TEXT de"}}


@given(st.integers(0, 700), st.integers(1, 700), st.integers(1, 700))
@settings(max_examples=40)
def test_a_replay_of_any_length_is_whole_and_in_order(cursor: int, kept: int, size: int) -> None:
    hub, screen = hub_of(kept=kept), Screen()
    for seq in range(1, size + 1):
        hub.add(entry(seq))
    catch_up(hub, screen, cursor)
    oldest = max(1, size - kept + 1)
    assert screen.seqs == list(range(max(cursor + 1, oldest), size + 1))
    gaps = [(each.data["from"], each.data["to"]) for each in screen.events if each.name == "gap"]
    if cursor > size:
        assert gaps == [(size + 1, cursor)]
    else:
        assert gaps == ([(cursor + 1, oldest - 1)] if cursor < oldest - 1 else [])
    assert screen.events[-1].id == size


def wanted(wishes: Wishes, kept: Kept) -> str | None:
    """The plain reading of one stream's rules; nothing here replaces anything."""
    facts = kept.facts
    (rule,) = wishes.rules
    if not facts.audience & {"public", *wishes.groups}:
        return None
    if any(values and not values & facts.values[name] for name, values in rule.asks.items()):
        return None
    near = [lang for lang in wishes.langs if lang in facts.langs]
    if wishes.langs and wishes.only:
        return near[0] if near else None
    return [*near, facts.main if facts.main in facts.langs else facts.langs[0]][0]


LANGS = st.lists(st.sampled_from(["en", "de", "ko"]), min_size=1, max_size=3, unique=True).map(tuple)
HEADERS = st.fixed_dictionaries(
    {
        "langs": LANGS,
        "sectors": st.lists(st.sampled_from([DIVIDENDS, "dateline:top-story"]), max_size=2, unique=True),
        "countries": st.lists(st.sampled_from(["DE", "KR"]), max_size=2, unique=True),
        "audience": st.sampled_from([["public"], ["media"], ["media", "public"]]),
    }
)
QUERIES = st.fixed_dictionaries(
    {},
    optional={
        "lang": st.lists(st.sampled_from(["en", "de", "ko", "fr"]), max_size=3),
        "sector": st.lists(st.sampled_from([DIVIDENDS, STOCKS, "dateline:top-story"]), max_size=2),
        "country": st.lists(st.sampled_from(["DE", "KR"]), max_size=2),
    },
)


class Coming(RuleBasedStateMachine):
    """Desktops come, go, and come back with the last id that they have, while entries are released.

    The model is the plain reading of the rules: of each entry, every desktop gets at most one
    frame, if it may read it and wants it; none is missing after the cursor it came with.
    """

    here = Bundle("here")

    def __init__(self) -> None:
        super().__init__()
        self.hub = hub_of(kept=12)
        self.log: list[Kept] = []
        self.present: dict[Screen, int] = {}

    @rule(headers=st.lists(HEADERS, min_size=1, max_size=5))
    def release(self, headers: list[dict[str, Any]]) -> None:
        together = [entry(len(self.log) + place, **header) for place, header in enumerate(headers, 1)]
        self.log += [Kept.of(each) for each in together]
        self.hub.add(*together)

    @rule(target=here, query=QUERIES, media=st.booleans())
    def come(self, query: dict[str, list[str]], media: bool) -> Screen:
        screen = Screen(read(query, MEDIA if media else None))
        self.hub.join(screen)
        self.present[screen] = len(self.log)
        return screen

    @rule(target=here, query=QUERIES, media=st.booleans(), back=st.integers(0, 20))
    def come_back(self, query: dict[str, list[str]], media: bool, back: int) -> Screen:
        screen = Screen(read(query, MEDIA if media else None))
        cursor = max(0, len(self.log) - back)
        catch_up(self.hub, screen, cursor)
        self.present[screen] = cursor
        return screen

    @rule(screen=consumes(here))
    def go(self, screen: Screen) -> None:
        self.hub.leave(screen)
        self.present.pop(screen)

    @invariant()
    def each_has_exactly_its_own(self) -> None:
        for screen, cursor in self.present.items():
            found = screen.events
            told = next((each.data["to"] for each in found if each.name == "gap"), cursor)
            want = [(kept.seq, lang) for kept in self.log[told:] if (lang := wanted(screen.wishes, kept))]
            got = [each.data for each in found if each.is_frame]
            assert [(each["seq"], each["lang"]) for each in got] == want
            assert [each["prev"] for each in got[1:]] == [each["seq"] for each in got[:-1]]


TestComing = Coming.TestCase
TestComing.settings = settings(max_examples=60, stateful_step_count=40)


def test_a_step_of_a_replay_is_smaller_than_the_room_that_it_is_given() -> None:
    hub = hub_of(*(entry(seq) for seq in range(1, hubs.STEP + 2)), kept=1000)
    screen = Screen()
    assert hub.replay(screen, 0) == hubs.STEP
    assert screen.seqs == list(range(1, hubs.STEP + 1))
    assert hubs.STEP * frames.LIMIT < BUFFER_LIMIT
