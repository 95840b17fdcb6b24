"""Language tags, the fallback of their rules, and that no language file leaves a wording out."""

import re
import unicodedata
from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.formats.body import clean, plain
from dateline.words.errors import BadInput
from dateline.words.languages import FIFTEEN, canonical, language
from dateline.words.languages.language import HEADINGS, LABELS, NEUTRAL_HEADINGS, NEUTRAL_LABELS

OURS = (*FIFTEEN, "en-GB", "pt-PT")
# What one letter of the language's own script is called in Unicode.
SCRIPTS = {
    "ko": "HANGUL", "ja": "(CJK|HIRAGANA|KATAKANA)", "ar": "ARABIC", "zh-Hans": "CJK", "zh-Hant": "CJK",
    "th": "THAI", "ru": "CYRILLIC",
}  # fmt: skip
PARTS = ("en", "zh", "pt", "sr", "ms", "ar", "he", "x", "u", "ca", "Hans", "Hant", "Latn", "Arab", "TW", "PT", "GB",
         "419", "1996", "nonsense", "zz", "buddhist", "cmn", "zxx", "i", "klingon", "und")  # fmt: skip


@pytest.mark.parametrize(
    ("filed", "tag"),
    [
        ("en", "en"), ("EN-us", "en-US"), ("de_DE", "de-DE"), (" fr ", "fr"), ("pt-br", "pt-BR"),
        ("zh", "zh-Hans"), ("zh-CN", "zh-Hans"), ("zh-TW", "zh-Hant"), ("zh-HK", "zh-Hant"), ("zh_hant", "zh-Hant"),
        ("zh-Hans-HK", "zh-Hans"), ("cmn", "zh-Hans"), ("arb", "ar"), ("zsm", "ms"),
        ("iw", "he"), ("in", "id"), ("eng", "en"), ("de-Latn", "de"), ("sr-Latn", "sr-Latn"), ("sw", "sw"),
        ("yue", "yue"), ("nb", "nb"), ("de-x-house", "de-x-house"),
    ],
)  # fmt: skip
def test_a_tag_becomes_the_one_that_everybody_asks_for(filed: str, tag: str) -> None:
    assert canonical(filed) == tag


@pytest.mark.parametrize(
    "filed",
    ["", " ", "english", "xx-nonsense-zz", "e", "日本", "en\x00", "en--us", "en-", "123", "und", "mul", "zxx", "mis",
     "root", "../en", "en-x-" + "-".join(["abcdefgh"] * 40)],
)  # fmt: skip
def test_what_is_no_language_is_refused_and_told_how_to_mend(filed: str) -> None:
    with pytest.raises(BadInput) as refused:
        canonical(filed)
    (fault,) = refused.value.faults
    assert fault.code == "bad-language"
    assert "zh-Hant" in fault.mend
    assert len(fault.what) < 320


@given(st.lists(st.sampled_from(PARTS), min_size=1, max_size=5).map("-".join) | st.text(max_size=40))
def test_any_tag_is_refused_or_canonical_for_good_and_prints(filed: str) -> None:
    try:
        tag = canonical(filed)
    except BadInput:
        return
    assert canonical(tag) == tag
    assert len(tag) <= 40
    rules = language(tag)
    assert rules.direction in {"ltr", "rtl"}
    assert "Acme" in rules.third_party("Acme")
    assert set(rules.labels) == set(LABELS)


@pytest.mark.parametrize(
    ("tag", "of"),
    [
        ("de-AT", "de"), ("de-DE-1996", "de"), ("pt-BR", "pt"), ("pt-PT", "pt-PT"), ("en-US", "en"), ("en-GB", "en-GB"),
        ("ar-SA", "ar"), ("sw", "sw"), ("he", "he"), ("ms-Arab", "ms-Arab"), ("zh-Latn", "zh-Latn"),
    ],
)  # fmt: skip
def test_a_tag_without_a_file_takes_its_nearest_parents_rules_or_neutral_ones(tag: str, of: str) -> None:
    assert language(tag).tag == of


@pytest.mark.parametrize(("tag", "way"), [("ar", "rtl"), ("he", "rtl"), ("fa", "rtl"), ("ms-Arab", "rtl"),
                                          ("ms", "ltr"), ("ar-Latn", "ltr"), ("sw", "ltr")])  # fmt: skip
def test_the_script_says_which_way_to_read(tag: str, way: str) -> None:
    assert language(tag).direction == way


@pytest.mark.parametrize("tag", OURS)
def test_every_language_words_everything(tag: str) -> None:
    rules = language(tag)
    assert rules.tag == tag
    assert set(rules.labels) == set(LABELS)
    assert set(rules.headings) == set(HEADINGS)
    words = [rules.name, rules.end_mark, *rules.labels.values(), *rules.headings.values(), rules.third_party("X")]
    assert all(word.strip() == word and unicodedata.is_normalized("NFC", word) for word in words)
    assert all(words)
    assert rules.disclaimer.count("{provider}") == 1
    assert "{A} & Söhne" in rules.third_party("{A} & Söhne")


@pytest.mark.parametrize("tag", [tag for tag in FIFTEEN if tag != "en"])
def test_no_wording_was_left_in_english(tag: str) -> None:
    rules = language(tag)
    same = [kind for kind in LABELS if rules.label(kind) == NEUTRAL_LABELS[kind]]
    same += [kind for kind in HEADINGS if rules.heading(kind) == NEUTRAL_HEADINGS[kind]]
    # French shares these words with English, letter for letter.
    assert same == (["contacts", "source", "correction"] if tag == "fr" else [])


@pytest.mark.parametrize(("tag", "script"), SCRIPTS.items())
def test_wordings_are_in_the_languages_own_script(tag: str, script: str) -> None:
    rules = language(tag)
    for word in (rules.name, rules.disclaimer, *rules.labels.values(), *rules.headings.values()):
        assert any(re.match(script, unicodedata.name(letter, "")) for letter in word), word


@pytest.mark.parametrize("tag", FIFTEEN)
def test_a_file_whose_wording_nobody_native_has_reviewed_says_so(tag: str) -> None:
    module = import_module(f"dateline.words.languages.{tag.lower().replace('-', '_')}")
    said = "No native speaker has reviewed this wording." in (module.__doc__ or "")
    assert said is not bool(language(tag).reviewed)


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("en", "He said “read ‘The Tide’ first”."),
        ("de", "He said „read ‚The Tide‘ first“."),
        ("fr", "He said «\u00a0read “The Tide” first\u00a0»."),
        ("ru", "He said «read „The Tide“ first»."),
        ("ja", "He said 「read 『The Tide』 first」."),
        ("zh-Hant", "He said 「read 『The Tide』 first」."),
        ("es", "He said «read “The Tide” first»."),
        ("pt-PT", "He said «read “The Tide” first»."),
        ("sw", "He said “read ‘The Tide’ first”."),
    ],
)
def test_a_quotation_gets_the_languages_marks_and_one_within_it_the_inner_pair(tag: str, text: str) -> None:
    assert plain(language(tag).quoting("<p>He said <q>read <q>The Tide</q> first</q>.</p>")) == text


def test_a_quotation_in_another_language_still_says_so() -> None:
    body = '<p><q lang="fr">Oui</q></p>'
    assert language("en").quoting(body) == '<p><span lang="fr">“Oui”</span></p>'


quotations = st.recursive(
    st.sampled_from(["a", "b &amp; c", "<b>d</b>", "<br>", "<p>e</p>"]),
    lambda inner: st.lists(inner, min_size=1, max_size=3).map(lambda parts: f"<q>{' '.join(parts)}</q>"),
    max_leaves=8,
)


@given(quotations, st.sampled_from(OURS))
def test_printing_quotations_loses_no_word_and_leaves_clean_html(body: str, tag: str) -> None:
    body = clean(f"<p>x {body} y</p>")
    printed = language(tag).quoting(body)
    assert "<q" not in printed
    assert clean(printed) == printed
    assert _bare(plain(printed), tag) == _bare(plain(body), tag)
    opened = sum(printed.count(mark.replace("\u00a0", "&nbsp;")) for mark in {*language(tag).quotes[::2]})
    assert opened == body.count("<q>")


def _bare(text: str, tag: str) -> str:
    return "".join(text.translate(str.maketrans("", "", "".join(language(tag).quotes))).split())


def test_a_quotation_that_nobody_opened_closes_nothing() -> None:
    assert language("en").quoting("a</q> b") == "a b"
