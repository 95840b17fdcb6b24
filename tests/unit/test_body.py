"""The body is cleaned once and for all, and prints as plain text line by line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.formats.body import TAGS, clean, plain
from dateline.words.errors import BadInput

WORDS = st.text(alphabet="ab é漢ع\u00a0\n&<>\"'", max_size=12)
TAG_NAMES = st.sampled_from([*sorted(TAGS), "div", "h1", "h6", "script", "img", "section", "font", "svg", "select"])


def _pieces() -> st.SearchStrategy[str]:
    opened = TAG_NAMES.map("<{}>".format)
    closed = TAG_NAMES.map("</{}>".format)
    return st.lists(st.one_of(opened, closed, WORDS), max_size=40).map("".join)


@given(_pieces())
def test_cleaning_what_is_clean_changes_nothing(soup: str) -> None:
    once = clean(soup)
    assert clean(once) == once


@given(_pieces())
def test_plain_text_of_anything_clean_has_no_trailing_space_and_no_hole(soup: str) -> None:
    text = plain(clean(soup))
    assert text == text.strip()
    assert "\n\n\n" not in text


@given(st.lists(st.text(alphabet="abcdé漢字ع", min_size=1, max_size=20), min_size=1, max_size=8))
def test_no_word_of_a_paragraph_is_lost(words: list[str]) -> None:
    body = "".join(f"<div><p>{word}</p></div>" for word in words)
    assert plain(clean(body)).split("\n\n") == words


def test_scripts_styles_pictures_and_handlers_go() -> None:
    dirty = (
        '<p onclick="steal()" style="color:red">Text<script>steal()</script>'
        '<img src="https://tracker.example/1.gif" width="1" height="1"></p>'
        '<style>p{}</style><a href="javascript:steal()">link</a><iframe src="x"></iframe>'
    )
    assert clean(dirty) == '<p>Text</p><a rel="noopener nofollow">link</a>'


def test_what_only_divides_a_page_becomes_a_paragraph() -> None:
    assert clean("<div>one</div><section>two</section><h1>Three</h1>") == "<p>one</p><p>two</p><h2>Three</h2>"


def test_empty_paragraphs_and_last_breaks_go() -> None:
    assert clean("<p>one<br></p><p>&nbsp;</p><p></p><p><strong> </strong></p><p>two</p>") == "<p>one</p><p>two</p>"


def test_a_row_prints_on_one_line_even_if_its_cells_hold_paragraphs() -> None:
    table = (
        "<table><tr><td><p>Series</p></td><td><p>Public</p><p>float</p></td><td>Daily<br>volume</td></tr>"
        "<tr><td>5</td><td></td><td>3,482</td></tr></table><p>After</p>"
    )
    assert plain(clean(table)).split("\n") == ["Series | Public float | Daily volume", "5 |  | 3,482", "", "After"]


def test_lists_breaks_and_preformatted_text_keep_their_lines() -> None:
    body = "<p>a<br>b</p><ul><li>one</li><li>two</li></ul><pre>x  y\n  z</pre>"
    assert plain(clean(body)) == "a\nb\n\n• one\n• two\n\nx  y\nz"


def test_html_that_nests_too_deep_is_refused_at_once() -> None:
    with pytest.raises(BadInput) as refusal:
        clean("<blockquote>" * 50_000 + "x")
    assert refusal.value.faults[0].code == "too-deep"


def test_what_is_nested_as_deep_as_allowed_keeps_its_text() -> None:
    assert plain(clean("<b>" * 99 + "x")) == "x"
