"""The journey is one table: every way out of it ends in the log or on the spike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.words.errors import Conflict
from dateline.words.release import MOVES, Contact, Embargo, Rendition, Signal, Source, State, Version, check_move

ENDS = {State.RELEASED, State.SPIKED}


def test_every_state_has_its_row() -> None:
    assert set(MOVES) == set(State)
    assert {state for state, ways in MOVES.items() if not ways} == ENDS


def test_only_what_is_approved_is_released() -> None:
    assert {state for state, ways in MOVES.items() if State.RELEASED in ways} == {State.APPROVED}


def test_from_everywhere_there_is_a_way_to_an_end() -> None:
    reaches = set(ENDS)
    for _ in State:
        reaches |= {state for state, ways in MOVES.items() if ways & reaches}
    assert reaches == set(State)


@given(st.sampled_from(State), st.sampled_from(State))
def test_a_step_is_allowed_or_says_what_is(current: State, target: State) -> None:
    if target in MOVES[current]:
        check_move(current, target)
        return
    with pytest.raises(Conflict) as refused:
        check_move(current, target)
    assert all(way in str(refused.value) for way in MOVES[current])


texts = st.text(max_size=30)
renditions = st.builds(Rendition, lang=st.sampled_from(["en", "ar", "zh-Hant"]), headline=texts, body_html=texts)
versions = st.builds(
    Version,
    renditions=st.lists(renditions, max_size=3, unique_by=lambda each: each.lang).map(tuple),
    source=st.builds(Source, issuer=texts, provider=texts),
    contacts=st.lists(st.builds(Contact, name=texts), max_size=2).map(tuple),
    embargo=st.builds(Embargo, at=texts, zone=texts),
    signal=st.sampled_from(Signal),
    sectors=st.lists(texts, max_size=3).map(tuple),
)


@given(versions)
def test_a_version_reads_back_as_it_was_written(version: Version) -> None:
    assert Version.from_json(version.as_json()) == version


@given(versions, renditions)
def test_replacing_a_rendition_touches_no_other(version: Version, rendition: Rendition) -> None:
    changed = version.with_rendition(rendition)
    assert changed.rendition(rendition.lang) == rendition
    others = [each for each in version.renditions if each.lang != rendition.lang]
    assert [each for each in changed.renditions if each.lang != rendition.lang] == others
