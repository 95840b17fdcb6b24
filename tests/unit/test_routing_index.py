"""The index finds what a plain reading of every rule finds, whatever was added, changed and removed before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.routing.index import ATTRIBUTES, Index, Values, Wants, best_language, facts, parents, up_to_urgency
from dateline.words.entry import Entry

VALUES = st.sampled_from(["a", "b", "c"])
SOME = st.dictionaries(st.sampled_from(ATTRIBUTES), st.frozensets(VALUES, min_size=1), max_size=4)
FACTS = st.dictionaries(st.sampled_from(ATTRIBUTES), st.frozensets(VALUES), max_size=len(ATTRIBUTES))


@st.composite
def rules(draw: st.DrawFn) -> Wants:
    asks, refuses = draw(SOME), draw(SOME)
    return Wants(asks, refuses, everything=not asks and not refuses)


# A change: put a rule (number, owner, wants), or drop the one of that number.
CHANGES = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 4), st.none() | rules()), max_size=40)


def plainly(wants: Wants, values: Values) -> bool:
    has = {attribute: values.get(attribute, frozenset()) for attribute in ATTRIBUTES}
    asked = all(not wants.asks.get(each) or wants.asks[each] & has[each] for each in ATTRIBUTES)
    return asked and not any(wants.refuses.get(each, frozenset()) & has[each] for each in ATTRIBUTES)


@given(CHANGES, FACTS)
def test_it_finds_what_a_plain_reading_finds(changes: list[tuple[int, int, Wants | None]], values: Values) -> None:
    index, known = Index(), {}
    for rule, owner, wants in changes:
        if wants is None:
            index.drop(rule)
            known.pop(rule, None)
        else:
            index.put(rule, owner, wants)
            known[rule] = owner, wants
    expected = [(owner, wants) for owner, wants in known.values() if plainly(wants, values)]
    found = [(owner, wants) for owner, matched in index.owners(values).items() for wants in matched]
    assert sorted(found, key=repr) == sorted(expected, key=repr)
    assert len(index) == len(known)


def test_a_profile_is_an_or_of_rules_and_never_flattened() -> None:
    """(English and energy) or (German and pharma) does not want pharma in English."""
    index = Index()
    index.put(1, 7, Wants({"language": frozenset({"en"}), "sector": frozenset({"energy"})}))
    index.put(2, 7, Wants({"language": frozenset({"de"}), "sector": frozenset({"pharma"})}))
    assert not index.owners({"language": frozenset({"en"}), "sector": frozenset({"pharma"})})
    assert 7 in index.owners({"language": frozenset({"de"}), "sector": frozenset({"pharma"})})


def test_a_rule_that_matches_everything_must_say_so() -> None:
    with pytest.raises(ValueError, match="everything"):
        Wants()
    with pytest.raises(ValueError, match="everything"):
        Wants({"country": frozenset({"DE"})}, everything=True)
    with pytest.raises(ValueError, match="colour"):
        Wants({"colour": frozenset({"red"})})


def test_a_freed_slot_keeps_nothing_of_its_old_rule() -> None:
    index = Index()
    index.put(1, 1, Wants({"country": frozenset({"DE"})}))
    index.drop(1)
    index.put(2, 2, Wants({"country": frozenset({"KR"})}))
    assert index.owners({"country": frozenset({"DE"})}) == {}
    assert list(index.owners({"country": frozenset({"KR"})})) == [2]


def entry(**header: object) -> Entry:
    return Entry(
        {
            "signal": "release",
            "editions": {"pt-BR": 1, "en": 1},
            "source": {"issuer": "Tidewell Energy", "name": "Some Wire"},
            "sectors": ["medtop:04000000"],
            "countries": ["BR"],
            "tickers": ["BVMF:TIDE3"],
            "urgency": 4,
            "circuits": ["americas"],
            **header,
        }
    )


def test_an_entry_is_told_by_its_facts_and_languages_by_their_parents_too() -> None:
    told = facts(entry())
    assert told["language"] == {"pt-BR", "pt", "en"}
    assert told["issuer"] == {"tidewell energy", "some wire"}
    assert "4" in up_to_urgency(4)
    assert not up_to_urgency(3) & told["urgency"]
    assert told.keys() == set(ATTRIBUTES)


def test_the_parents_of_a_tag() -> None:
    assert parents("zh-Hant-HK") == ("zh-Hant", "zh")
    assert parents("en") == ()


ANY = Wants(everything=True)


def only(*langs: str) -> Wants:
    return Wants({"language": frozenset(langs)})


@pytest.mark.parametrize(
    ("preferred", "wants", "langs", "best"),
    [
        (["de", "en"], [ANY], ("en", "de"), "de"),
        (["ja"], [ANY], ("de", "en"), "en"),
        ([], [ANY], ("de", "en"), "en"),
        (["en"], [only("de")], ("en", "de"), "de"),
        (["pt"], [ANY], ("en", "pt-BR"), "pt-BR"),
        ([], [only("ko")], ("en", "ko"), "ko"),
        # A translation that comes later is nobody's who already has the source.
        (["en"], [ANY], ("de",), None),
        (["en"], [ANY, only("de")], ("de",), "de"),
        (["en"], [ANY], (), None),
    ],
)
def test_the_best_language(preferred: list[str], wants: list[Wants], langs: tuple[str, ...], best: str | None) -> None:
    assert best_language(preferred, wants, langs, "en") == best
