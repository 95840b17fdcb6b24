"""Proof bundles: what holds is said in words, what does not is refused in words."""

import json
from base64 import b64encode
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.formats import merkle, note, proof
from dateline.formats.canonical import canonical, leaf_hash
from dateline.formats.merkle import ProofFailed
from dateline.formats.note import NoteRefused
from dateline.words.entry import Entry
from dateline.words.errors import BadInput, Refused
from tests.entries import entry
from tests.unit.test_note import HEAD, KEY, OTHER, vkey


class Log:
    """A small log: entries, their headers, the tree and its heads."""

    def __init__(self, count: int) -> None:
        self.entries: list[Entry] = []
        self.headers: list[bytes] = []
        self.nodes: dict[tuple[int, int], bytes] = {}
        self.heads: list[str] = []
        for index in range(count):
            self.append(entry(seq=index + 1))

    def get(self, level: int, index: int) -> bytes:
        return self.nodes[level, index]

    def append(self, each: Entry) -> None:
        size = len(self.entries)
        self.entries.append(each)
        self.headers.append(canonical(each.header))
        self.nodes |= {(a, b): c for a, b, c in merkle.appended(size, leaf_hash(self.headers[-1]), self.get)}
        text = note.checkpoint("wire.example", size + 1, merkle.root(size + 1, self.get))
        self.heads.append(note.sign(text, "wire.example", KEY))

    def bundle(self, seq: int, shown: Entry | None = None) -> dict[str, Any]:
        size = len(self.entries)
        path = merkle.inclusion(seq - 1, size, self.get)
        made = proof.bundle(shown or self.entries[seq - 1], self.headers[seq - 1], path, size, self.heads[-1])
        document: dict[str, Any] = json.loads(json.dumps(made))
        return document


LOG = Log(5)


def test_a_bundle_says_in_words_what_it_proves() -> None:
    said = proof.check(LOG.bundle(2), vkey())
    assert "log of 5 entries, is signed with the key wire.example+" in said[0]
    assert said[1] == (
        "Entry 2 is in that log: release of tag:wire.example,2026:k3, version 1, released at 2026-11-23T09:00:00.000Z."
    )
    assert "The part rendition/ar is, to the letter, what was released." in said
    assert len(said) == 2 + 16


def test_a_part_may_be_missing_and_the_rest_is_proved() -> None:
    document = LOG.bundle(2)
    document["parts"]["rendition/ar"] = None
    said = proof.check(document, vkey())
    assert "The part rendition/ar is withheld or was erased; its digest still stands." in said
    assert "The part rendition/en is, to the letter, what was released." in said


def test_what_was_withdrawn_is_proved_without_its_text() -> None:
    document = LOG.bundle(2, replace(LOG.entries[1], canceled_by=4))
    assert set(document["parts"].values()) == {None}
    assert proof.check(document, vkey())[-1].startswith("Entry 4 has withdrawn it since")


def _headline(document: dict[str, Any]) -> None:
    document["parts"]["rendition/en"]["content"]["headline"] = "Tide returns"


def _salt(document: dict[str, Any]) -> None:
    document["parts"]["rendition/en"]["salt"] = "00" * 32


def _uncanonical(document: dict[str, Any]) -> None:
    document["parts"]["contacts"]["content"] = [1.5]


def _header(document: dict[str, Any]) -> None:
    document["header"] = document["header"].replace("Tidewell Energy", "Tidewell Enersy")


def _spaced(document: dict[str, Any]) -> None:
    document["header"] = document["header"].replace(",", ", ", 1)


def _size(document: dict[str, Any]) -> None:
    document["size"] = 4


def _path(document: dict[str, Any]) -> None:
    document["inclusion"][0] = b64encode(bytes(32)).decode()


def _foreign_part(document: dict[str, Any]) -> None:
    document["parts"]["rendition/xx"] = {"salt": "00", "content": {}}


@pytest.mark.parametrize(
    "change",
    [_headline, _salt, _uncanonical, _header, _spaced, _size, _path, _foreign_part],
    ids=lambda each: each.__name__,
)
def test_a_changed_bundle_proves_nothing(change: Callable[[dict[str, Any]], None]) -> None:
    document = LOG.bundle(2)
    change(document)
    with pytest.raises(ProofFailed):
        proof.check(document, vkey())


def test_an_entry_in_the_place_of_another_proves_nothing() -> None:
    document = LOG.bundle(2)
    document["header"] = LOG.headers[2].decode()
    with pytest.raises(ProofFailed, match="not in the log"):
        proof.check(document, vkey())


def test_a_head_of_somebody_else_proves_nothing() -> None:
    with pytest.raises(NoteRefused):
        proof.check(LOG.bundle(2), vkey(OTHER))


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(["header", "parts", "size", "inclusion", "head"]), ODD)
def test_whatever_stands_in_a_bundle_it_is_refused_in_words(member: str, value: Any) -> None:
    try:
        said = proof.check(LOG.bundle(2) | {member: value}, vkey())
    except Refused:
        return
    # Left is what shows no part at all, or a size that is the right one.
    assert member == "parts" or (member, value) == ("size", 5)
    assert member == "size" or all("to the letter" not in each for each in said)


@given(ODD)
def test_whatever_stands_in_a_part_it_is_refused_in_words(value: Any) -> None:
    document = LOG.bundle(2)
    document["parts"]["contacts"] = value
    with pytest.raises((ProofFailed, BadInput)) if value is not None else nullcontext():
        proof.check(document, vkey())


def test_a_header_nested_without_end_is_refused() -> None:
    for header in ("[" * 100_000, "[" * 1000 + "]" * 1000, "{}", "null", '{"seq":1}', "\ud800"):
        with pytest.raises(Refused):
            proof.check(LOG.bundle(2) | {"header": header}, vkey())


def test_each_later_log_begins_with_each_earlier_one() -> None:
    for old in range(1, 6):
        path = [b64encode(step).decode() for step in merkle.consistency(old, 5, LOG.get)]
        document = {"consistency": path, "head": LOG.heads[-1]}
        assert "nothing in it was changed" in proof.check_consistency(document, LOG.heads[old - 1], vkey())


def test_a_forked_log_is_found() -> None:
    fork = Log(2)
    fork.append(replace(entry(seq=3), header=entry(seq=3).header | {"ednote": "another"}))
    path = [b64encode(step).decode() for step in merkle.consistency(3, 5, LOG.get)]
    with pytest.raises(ProofFailed, match="does not begin"):
        proof.check_consistency({"consistency": path, "head": LOG.heads[-1]}, fork.heads[-1], vkey())


@pytest.mark.parametrize(
    "document", [{}, {"consistency": 3, "head": ""}, {"consistency": [3], "head": HEAD}, {"consistency": [], "head": 3}]
)
def test_what_is_no_proof_of_consistency_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        proof.check_consistency(document, HEAD, vkey())
