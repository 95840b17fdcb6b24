"""The query language: what it means, that it is printed as it was read, and that a fault has its place."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.routing import expressions, query, rules
from dateline.routing.expressions import And, Near, Not, Or, Term
from dateline.words.errors import BadInput

WORDS = st.sampled_from(["acme", "plant", "半導體", "삼성", "الشركة", "U.S", "co-op"])
TERMS = st.builds(Term, WORDS, st.booleans()) | st.just(Term("green steel", exact=True))
EXPRESSIONS = st.recursive(
    TERMS | st.builds(Near, TERMS, TERMS, st.integers(0, 100)),
    lambda inner: (
        st.builds(Not, inner)
        | st.lists(inner, min_size=2, max_size=3).map(lambda items: And(tuple(items)))
        | st.lists(inner, min_size=2, max_size=3).map(lambda items: Or(tuple(items)))
    ),
    max_leaves=8,
)
VALUES = {
    "languages": ["de", "zh-Hant"],
    "countries": ["KR", "US"],
    "sectors": ["medtop:04000000"],
    "issuers": ["Acme SE", "Tidewell"],
    "tickers": ["XETR:ACM"],
    "circuits": ["x", "a, b"],
    "signals": ["correction"],
}


@st.composite
def documents(draw: st.DrawFn) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, values in VALUES.items():
        if chosen := draw(st.lists(st.sampled_from(values), unique=True, max_size=2)):
            found[name] = chosen
    if refused := draw(st.dictionaries(st.sampled_from(["country", "issuer"]), st.just(["US"]), max_size=2)):
        found["refused"] = refused
    if urgency := draw(st.none() | st.integers(1, 9)):
        found["urgency"] = urgency
    if worded := draw(st.none() | EXPRESSIONS):
        # A form of words alone is read as one rule of words; a refusal within it stays in the words.
        found["words"] = expressions.written(worded)
    return found or {"everything": True}


@given(EXPRESSIONS)
def test_what_is_printed_reads_back_as_the_same(worded: expressions.Words) -> None:
    assert query.words(expressions.written(worded)) == worded


@given(st.lists(documents(), min_size=1, max_size=3))
def test_rules_are_written_as_a_query_that_means_them(found: list[dict[str, object]]) -> None:
    alone = len(found) > 1 and all(each.keys() == {"words"} for each in found)
    again = query.rules(query.written(found))
    if alone:
        # An OR of words alone is one rule: it means the same.
        assert [each.keys() for each in again] == [{"words"}]
    else:
        assert rules.checked(again) == rules.checked(found)


@given(st.text(st.sampled_from('ab ()"-:,/*NEARORNOTANDurgency<=1ticker半') | st.characters(), max_size=60))
def test_any_text_is_a_query_or_a_fault_with_its_column(text: str) -> None:
    try:
        found, faults = query.rules(text), ()
    except BadInput as refused:
        found, faults = [], refused.faults
    assert found or faults
    assert all(fault.where.startswith("query:") and fault.mend for fault in faults)
    assert not found or query.rules(query.written(found))


def test_fields_become_an_or_of_rules_that_is_never_flattened() -> None:
    text = '(language:en sector:medtop:04000000) OR (language:de issuer:"Acme SE" -country:US)'
    assert query.rules(text) == [
        {"languages": ["en"], "sectors": ["medtop:04000000"]},
        {"languages": ["de"], "issuers": ["Acme SE"], "refused": {"country": ["US"]}},
    ]
    assert query.rules("language:en (country:DE OR acme)") == [
        {"languages": ["en"], "countries": ["DE"]},
        {"languages": ["en"], "words": "acme"},
    ]
    assert query.rules("NOT (country:US OR acme)") == [{"refused": {"country": ["US"]}, "words": "NOT acme"}]


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("acme AND", 9),
        ('acme "open', 6),
        ("(acme", 1),
        ("acme)", 5),
        ("acme colour:red", 6),
        ("acme country:", 14),
        ("at 12:30", 4),
        ("acme everything", 6),
        ("acm*", 1),
        ("country:US country:KR", 12),
        ("acme urgency:<=0", 14),
        ("NOT urgency:<=3", 5),
        ("a NEAR/500 b", 3),
        ("", 1),
    ],
)
def test_a_fault_names_its_column(text: str, column: int) -> None:
    with pytest.raises(BadInput) as caught:
        query.rules(text)
    assert caught.value.faults[0].where == f"query:{column}"
    assert f"Column {column}:" in caught.value.faults[0].what


@pytest.mark.parametrize(
    "text",
    [
        "word " * 10_000,
        "(" * 10_000,
        "NOT " * 900 + "a",
        "(a OR country:US) " * 200,
        '"' * 3999,
        "a NEAR/9 " * 440 + "a",
    ],
    ids=["words", "brackets", "nots", "product", "quotes", "nears"],
)
def test_what_would_be_a_catastrophe_is_refused_at_once(text: str) -> None:
    started = time.process_time()
    with pytest.raises(BadInput):
        query.rules(text)
    assert time.process_time() - started < 0.5


def test_everything_must_be_asked_for_by_name() -> None:
    assert query.rules("everything") == [{"everything": True}]
    assert query.rules('"everything"') == [{"words": '"everything"'}]


def test_a_rule_of_too_many_words_is_refused_by_its_pointer() -> None:
    with pytest.raises(BadInput) as caught:
        rules.checked([{"words": "word " * 10_000}])
    assert caught.value.faults[0].where == "/rules/0/words"
