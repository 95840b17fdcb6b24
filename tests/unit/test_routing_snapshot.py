"""A snapshot holds the index as it was; what is put and dropped afterwards goes on from there."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dateline.routing import snapshot
from dateline.routing.index import Index, Wants
from dateline.routing.query import words
from dateline.routing.snapshot import Stale
from dateline.routing.texts import of

COUNTRIES = st.frozensets(st.sampled_from(["DE", "KR", "FR"]), max_size=2)
SAID = st.sampled_from(["", "tide", "tide AND NOT power", '"as is"', "NOT rumour"])
CHANGES = st.lists(st.tuples(st.integers(0, 12), st.none() | st.tuples(COUNTRIES, COUNTRIES, SAID)), max_size=30)
TEXT = of({"en": "The tide is as is."})


def rule(asks: frozenset[str], refuses: frozenset[str], said: str) -> Wants:
    found = words(said) if said else None
    everything = not (asks or refuses or found)
    return Wants({"country": asks} if asks else {}, {"country": refuses} if refuses else {}, everything, found)


def change(index: Index, changes: list[tuple[int, tuple[frozenset[str], frozenset[str], str] | None]]) -> None:
    for number, made in changes:
        if made is None:
            index.drop(number)
        else:
            index.put(number, number * 10, rule(*made))


def found(index: Index, country: str) -> set[int]:
    values = {"country": frozenset({country})}
    return set(index.owners(values, TEXT))


@given(CHANGES, CHANGES)
@settings(max_examples=60)
def test_it_goes_on_as_if_it_had_never_been_away(before: list, after: list) -> None:  # type: ignore[type-arg]
    one = Index()
    change(one, before)
    other, revision = snapshot.load(snapshot.dump(one, 7))
    assert (revision, len(other)) == (7, len(one))
    for country in ("DE", "KR", "US"):
        assert found(other, country) == found(one, country)
    change(one, after)
    change(other, after)
    again, _ = snapshot.load(snapshot.dump(other, 8))
    for country in ("DE", "KR", "US"):
        assert found(other, country) == found(one, country) == found(again, country)


@pytest.mark.parametrize("data", [b"", b"nonsense", snapshot.dump(Index(), 1)[:-9]])
def test_what_is_no_snapshot_is_not_used(data: bytes) -> None:
    with pytest.raises(Stale):
        snapshot.load(data)


def test_one_of_another_version_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    data = snapshot.dump(Index(), 1)
    monkeypatch.setattr(snapshot, "stamp", lambda: ["another"])
    with pytest.raises(Stale, match="was made by"):
        snapshot.load(data)
