"""Signed notes, checkpoints and proof bundles: what holds is said, what does not is refused."""

import json
from base64 import b64encode
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from dateline.formats import merkle, note, proof
from dateline.formats.canonical import canonical, leaf_hash
from dateline.formats.merkle import ProofFailed
from dateline.formats.note import NoteRefused
from dateline.words.entry import Entry
from dateline.words.errors import BadInput, Refused
from tests.entries import entry

# The key and note that Go's documentation of golang.org/x/mod/sumdb/note signs and verifies.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
GO_SIGNATURE = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
GO_NOTE = f"{GO_TEXT}\n— PeterNeumann {GO_SIGNATURE}\n"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))


def vkey(private: Ed25519PrivateKey = KEY, name: str = "wire.example") -> str:
    return note.vkey(name, private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))


HEAD = note.sign(note.checkpoint("wire.example", 3, bytes(32)), "wire.example", KEY)


def test_a_note_that_go_has_signed_verifies() -> None:
    assert note.verify(GO_NOTE, GO_KEY) == GO_TEXT
    assert note.parse_vkey(GO_KEY).name == "PeterNeumann"


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"])), max_size=5))
def test_what_was_signed_comes_back_to_the_letter(lines: list[str]) -> None:
    text = "".join(f"{line}\n" for line in lines) or "\n"
    assert note.verify(note.sign(text, "wire.example", KEY), vkey()) == text


@given(st.integers(0, len(HEAD) - 1), st.characters(exclude_categories=["Cs"]))
def test_one_changed_letter_is_found(at: int, letter: str) -> None:
    changed = HEAD[:at] + letter + HEAD[at + 1 :]
    try:
        text = note.verify(changed, vkey())
    except NoteRefused:
        return
    # Base64's last letter has bits that mean nothing; the text is what was signed even so.
    assert changed == HEAD or at >= HEAD.index("—")
    assert text == HEAD.rpartition("\n\n")[0] + "\n"


def test_signatures_of_others_are_passed_over() -> None:
    text, _, ours = HEAD.rpartition("\n\n")
    witness = f"— witness.example/w {b64encode(bytes(80)).decode()}\n"
    assert note.verify(f"{text}\n\n{witness}{ours}", vkey()) == text + "\n"


@pytest.mark.parametrize("private", [OTHER])
def test_another_key_of_the_same_name_is_not_ours(private: Ed25519PrivateKey) -> None:
    with pytest.raises(NoteRefused, match=r"not signed by wire\.example"):
        note.verify(HEAD, vkey(private))


def test_our_name_and_id_over_another_text_is_refused_even_beside_a_good_one() -> None:
    text, _, ours = HEAD.rpartition("\n\n")
    forged = note.sign("other\n", "wire.example", KEY).rpartition("\n\n")[2]
    with pytest.raises(NoteRefused, match="does not fit"):
        note.verify(f"{text}\n\n{forged}{ours}", vkey())


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "text only\n",
        HEAD.removesuffix("\n"),
        HEAD.replace("—", "-"),
        HEAD.replace("— wire.example", "— wire example +"),
        HEAD.replace("wire.example\n3", "wire.example\r\n3"),
        HEAD + "trailing\n",
        HEAD + "— wire.example !!\n",
        HEAD + HEAD.rpartition("\n\n")[2] * 80,
    ],
)
def test_a_note_that_is_none_is_refused(broken: str) -> None:
    with pytest.raises(NoteRefused):
        note.verify(broken, vkey())


@pytest.mark.parametrize(
    "key",
    [
        "",
        "wire.example",
        "wire.example+00000000+AQ==",
        vkey().replace("wire", "wird"),
        vkey()[:-4],
        "a+b+c+d",
        vkey().replace("+A", "+\u0661A"),
    ],
)
def test_a_key_that_is_none_is_refused(key: str) -> None:
    with pytest.raises(NoteRefused):
        note.parse_vkey(key)


@given(st.integers(0, 2**53), st.binary(min_size=32, max_size=32))
def test_a_checkpoint_reads_as_it_was_written(size: int, root: bytes) -> None:
    text = note.checkpoint("wire.example", size, root)
    assert note.parse_checkpoint(text) == note.Checkpoint("wire.example", size, root)


@pytest.mark.parametrize("size", ["", "-1", "+3", " 3", "03", "3 ", "1_0", "٣", "3.0", "9" * 30])
def test_a_size_has_one_way_to_be_written(size: str) -> None:
    with pytest.raises(NoteRefused):
        note.parse_checkpoint(f"wire.example\n{size}\n{b64encode(bytes(32)).decode()}\n")


@pytest.mark.parametrize("root", ["", "AAAA", b64encode(bytes(33)).decode(), b64encode(bytes(32)).decode()[:-2] + "B="])
def test_a_root_is_32_bytes_written_in_one_way(root: str) -> None:
    with pytest.raises(NoteRefused):
        note.parse_checkpoint(f"wire.example\n3\n{root}\n")


def test_what_no_note_can_hold_is_not_signed() -> None:
    for text in ("no newline", "a\rb\n", "tab\t\n"):
        with pytest.raises(ValueError, match="newline"):
            note.sign(text, "wire.example", KEY)
    for name in ("", "two words", "a+b"):
        with pytest.raises(ValueError, match="name"):
            vkey(name=name)
    for origin in ("", "two\nlines"):
        with pytest.raises(ValueError, match="origin"):
            note.checkpoint(origin, 1, bytes(32))


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
