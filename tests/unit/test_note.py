"""Signed notes and checkpoints, as C2SP writes them: read to the letter, or refused."""

from base64 import b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from dateline.formats import note
from dateline.formats.note import NoteRefused

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
