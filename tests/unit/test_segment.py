"""One tokeniser: the same on both sides, in fifteen languages, with places that are right in the original text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.words import segment
from dateline.words.languages import FIFTEEN

TEXTS = st.text(st.sampled_from("aZé 😀𠮷半導體東กำุ่ร가ㅏكـةäß5.,'\u0301ﬁ\n") | st.characters(), max_size=40)


@given(TEXTS, st.sampled_from(FIFTEEN))
def test_every_unit_stands_where_it_says(text: str, lang: str) -> None:
    last = 0
    for unit in segment.units(text, lang):
        assert last <= unit.start < unit.end <= len(text)
        last = unit.end
        alone = [each.exact for each in segment.units(text[unit.start : unit.end], lang)]
        assert "".join(alone) == unit.exact


def test_places_are_right_behind_characters_of_two_utf16_units() -> None:
    text = "😀😀 Acme 𠮷野 grows"
    assert [text[unit.start : unit.end] for unit in segment.units(text, "en")] == ["Acme", "𠮷", "野", "grows"]


@pytest.mark.parametrize(
    ("lang", "text", "phrase"),
    [
        ("en", "Two companies merge", "company"),
        ("de", "Neue Fabriken in Berlin", "Fabrik"),
        ("fr", "L’entreprise annonce des résultats", "résultat"),
        ("es", "Las fábricas cierran", "fábrica"),
        ("pt", "As fábricas fecham", "fábrica"),
        ("ru", "Новые заводы", "завод"),
        ("ar", "أعلنت الشـركةُ", "الشركة"),
        ("id", "perusahaan besar", "perusahaan"),
        ("ms", "syarikat besar", "SYARIKAT"),
        ("vi", "công ty sản xuất", "sản xuất"),
        ("ko", "삼성전자가 수요를", "수요"),
        ("ja", "半導体工場を建設", "工場"),
        ("zh-Hant", "半導體工廠", "半导体"),
        ("zh-Hans", "半导体工厂AI芯片", "AI晶片"[:2]),
        ("th", "การประชุมใหญ่", "ประชุม"),
        ("en", "Ｆｕｌｌ ｗｉｄｔｈ", "full width"),
        ("tr", "İstanbul", "i̇stanbul"),
    ],
)
def test_a_word_is_found_in_its_language(lang: str, text: str, phrase: str) -> None:
    assert segment.form(phrase, lang, exact=False) in segment.stream(text, lang)[0]


@pytest.mark.parametrize(
    ("lang", "text", "phrase"),
    [
        ("en", "Hawaii", "AI"),
        ("zh-Hans", "半导，体", "导体"),
        ("th", "กินข้าว", "นข"[:1] + "ข้"[:1]),
        ("ms", "syarikatnya", "syarikat"),
        ("ko", "대수요", "수요"),
        ("vi", "sản xuất", "xuấ"),
        ("en", "version 5.2", "52"),
    ],
)
def test_what_only_looks_like_it_is_not_found(lang: str, text: str, phrase: str) -> None:
    assert segment.form(phrase, lang, exact=False) not in segment.stream(text, lang)[0]


def test_an_exact_phrase_is_not_stemmed() -> None:
    stems, exacts = segment.stream("Two companies merge", "en")
    assert segment.form("company merges", "en", exact=False) in stems
    assert segment.form("company merges", "en", exact=True) not in exacts
    assert segment.form("companies merge", "en", exact=True) in exacts


@given(TEXTS, st.sampled_from(FIFTEEN))
def test_a_stream_has_as_many_places_as_the_text_has_units(text: str, lang: str) -> None:
    for streamed in segment.stream(text, lang):
        assert len(segment.places(streamed)) == len(list(segment.units(text, lang)))
