"""What a page says has changed: nothing lost, nothing made up, and never at the cost of a long text squared."""

import time

from hypothesis import given
from hypothesis import strategies as st

from dateline.web.changes import Piece, changes, pieces, shortened

TEXTS = st.text(alphabet="ab مد潮กิ .\n", max_size=60)


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_from_the_pieces(old: str, new: str) -> None:
    found = pieces(old, new)
    assert "".join(piece.text for piece in found if piece.kind != "ins") == old
    assert "".join(piece.text for piece in found if piece.kind != "del") == new


@given(TEXTS)
def test_what_is_the_same_is_no_change(text: str) -> None:
    assert all(piece.kind == "same" for piece in pieces(text, text))
    assert changes({"headline": text}, {"headline": text}) == []


def test_one_word_is_one_change() -> None:
    found = pieces("Profit rose to 3 million.", "Profit fell to 3 million.")
    assert found == (
        Piece("same", "Profit "),
        Piece("del", "rose"),
        Piece("ins", "fell"),
        Piece("same", " to 3 million."),
    )


def test_a_number_changes_as_a_whole() -> None:
    assert pieces("It cost 12,000.50 euros", "It cost 14,000.50 euros")[1:3] == (
        Piece("del", "12,000.50"),
        Piece("ins", "14,000.50"),
    )


def test_scripts_without_spaces_change_by_character_and_marks_stay_with_their_letter() -> None:
    assert Piece("del", "三") in pieces("利益は三億円", "利益は二億円")
    assert all(not piece.text.startswith(("\u0e34", "\u0e49")) for piece in pieces("กำไรสิ้นปี", "กำไรสี่ปี"))


def test_a_long_text_that_stayed_is_cut_to_what_stands_next_to_the_change() -> None:
    stayed = "word " * 200
    first, _, _, last = shortened(pieces(f"{stayed}old {stayed}", f"{stayed}new {stayed}"))
    assert first.text.startswith("…")
    assert last.text.endswith("…")
    assert len(first.text) + len(last.text) < 200


def test_a_text_that_is_all_new_does_not_cost_its_square() -> None:
    began = time.monotonic()
    pieces("the same short words " * 20_000, "other short words again " * 20_000)
    pieces("x\ny\n" * 20_000, "y\nz\n" * 20_000)
    pieces("a b " * 490, "b a c " * 330)
    pieces("a b " * 90, "b a c " * 3_000)
    assert time.monotonic() - began < 3


def test_a_rendition_without_text_has_no_changes_to_show() -> None:
    assert changes({"headline": "Secret"}, None) == []
    assert changes(None, {"headline": "Secret"}) == []


def test_fields_are_named_and_html_is_compared_as_text() -> None:
    old = {"headline": "A", "body_html": "<p>One.</p><p>Two.</p>"}
    new = {"headline": "A", "body_html": "<p>One.</p><p>Three.</p>"}
    (change,) = changes(old, new)
    assert change.field == "body"
    assert "<p>" not in "".join(piece.text for piece in change.pieces)
