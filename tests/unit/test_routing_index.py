"""The index finds what a plain reading of every rule finds, whatever was added, changed and removed before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.routing.expressions import And, Near, Not, Or, Term
from dateline.routing.index import (
    ATTRIBUTES,
    Index,
    Values,
    Wants,
    best_language,
    facts,
    parents,
    satisfies,
    says,
    up_to_urgency,
)
from dateline.routing.rules import wants
from dateline.routing.texts import Text, of, text
from dateline.words.entry import Entry

VALUES = st.sampled_from(["a", "b", "c"])
SOME = st.dictionaries(st.sampled_from(ATTRIBUTES), st.frozensets(VALUES, min_size=1), max_size=4)
FACTS = st.dictionaries(st.sampled_from(ATTRIBUTES), st.frozensets(VALUES), max_size=len(ATTRIBUTES))


TERMS = st.builds(Term, st.sampled_from(["plant", "plants", "closing", "半導體", "工厂"]), st.booleans()) | st.just(
    Term("new plants", exact=True)
)
WORDS = st.recursive(
    TERMS | st.builds(Near, TERMS, TERMS, st.integers(0, 2)),
    lambda inner: st.builds(Not, inner) | st.tuples(inner, inner).map(And) | st.tuples(inner, inner).map(Or),
    max_leaves=4,
)
LANGS = st.frozensets(st.sampled_from(["en", "en-GB", "de", "zh", "zh-Hant", "it"]), min_size=1)
TEXTS = st.dictionaries(
    st.sampled_from(["en", "en-GB", "de", "zh-Hant", "it"]),
    st.lists(st.sampled_from(["new", "plant", "plants", "close", "半導體", "工廠", "，"]), max_size=6).map(" ".join),
).map(of)


@st.composite
def rules(draw: st.DrawFn) -> Wants:
    asks, refuses = draw(SOME), draw(SOME)
    words = draw(st.none() | WORDS)
    if words is not None and draw(st.booleans()):
        asks["language"] = draw(LANGS)
    return Wants(asks, refuses, not asks and not refuses and words is None, words)


# A change: put a rule (number, owner, wants), or drop the one of that number.
CHANGES = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 4), st.none() | rules()), max_size=40)


def plainly(wants: Wants, values: Values, text: Text) -> bool:
    has = {attribute: values.get(attribute, frozenset()) for attribute in ATTRIBUTES}
    asked = all(not wants.asks.get(each) or wants.asks[each] & has[each] for each in ATTRIBUTES)
    refused = any(wants.refuses.get(each, frozenset()) & has[each] for each in ATTRIBUTES)
    assert satisfies(wants, values, text) == (asked and not refused and said(wants, text))
    return satisfies(wants, values, text)


def said(wants: Wants, text: Text) -> bool:
    return wants.words is None or says(wants.words, wants.languages, text)


@given(CHANGES, FACTS, TEXTS)
def test_it_finds_what_a_plain_reading_finds(
    changes: list[tuple[int, int, Wants | None]], values: Values, text: Text
) -> None:
    values = values | {
        "language": values.get("language", frozenset())
        | {each for lang in text.langs for each in (lang, *parents(lang))}
    }
    index, known = Index(), {}
    for rule, owner, change in changes:
        if change is None:
            index.drop(rule)
            known.pop(rule, None)
        else:
            index.put(rule, owner, change)
            known[rule] = owner, change
    expected = [(owner, each) for owner, each in known.values() if plainly(each, values, text)]
    found = [(owner, each) for owner, matched in index.owners(values, text).items() for each in matched]
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


def worded(words: str, *languages: str) -> Wants:
    return wants({"words": words, "languages": list(languages)})


def found(words: str, said: dict[str, str], *languages: str) -> bool:
    """Whether a rule with these words matches a text, by the index."""
    index = Index()
    index.put(1, 1, worded(words, *languages))
    return bool(index.match({"language": frozenset(said)}, of(said)))


@pytest.mark.parametrize(
    ("words", "matches"),
    [
        ("company", True),
        ('"company"', False),
        ('"companies close"', True),
        ("companies AND berlin", True),
        ("companies NOT berlin", False),
        ("NOT paris", True),
        ("companies NEAR/2 berlin", True),
        ("companies NEAR/1 berlin", False),
        ("paris OR berlin", True),
        ("paris", False),
    ],
)
def test_words_are_asked_of_the_text(words: str, matches: bool) -> None:
    assert found(words, {"en": "Two companies close near Berlin"}) is matches


def test_words_are_looked_for_in_the_languages_that_the_rule_allows() -> None:
    said = {"en": "The plant closes", "de": "Das Werk schließt"}
    assert found("plant", said, "en")
    assert not found("plant", said, "de")
    assert found("werk", said)
    assert found("半导体", {"zh-Hant": "半導體"}, "zh-Hant")
    assert not found("半导体", {"zh-Hant": "半導體"}, "zh-Hans")


def test_without_its_text_an_entry_matches_no_words_but_all_else() -> None:
    index = Index()
    index.put(1, 1, worded("NOT plant"))
    slot = index.put(2, 2, Wants(everything=True))
    assert list(index.match({})) == [slot]
    assert len(index.match({}, of({"en": "Nothing"}))) == 2


def test_a_text_is_not_read_while_no_rule_asks_for_words() -> None:
    def read() -> dict[str, tuple[str, str]]:
        raise AssertionError("nobody asked for words")

    index = Index()
    index.put(1, 1, Wants(everything=True))
    assert index.match({}, Text(read))


def test_phrases_beyond_the_pending_ones_are_found_too() -> None:
    index = Index()
    for number in range(5000):
        index.put(number, number, worded(f"word{number}", "en"))
        if number == 200:
            assert list(index.owners({"language": frozenset({"en"})}, of({"en": "word7 word199"}))) == [7, 199]
    said = of({"en": "word7 word199 word4990"})
    assert list(index.owners({"language": frozenset({"en"})}, said)) == [7, 199, 4990]
    index.drop(199)
    assert list(index.owners({"language": frozenset({"en"})}, said)) == [7, 4990]


def test_a_text_can_be_kept_packed() -> None:
    made = text(Entry(entry().header, {"rendition/en": {"headline": "Plants close", "body_html": "<p>In Berlin</p>"}}))
    again = Text.unpack(made.pack())
    assert again.streams == made.streams
    assert again.has("plant", ["en"], exact=False)
    assert again.has("close", ["en"], exact=False)
    slim = text(Entry(entry().header, {"rendition/en": {"headline": "Plants close"}}))
    assert not slim.has("berlin", ["en"], exact=False)
