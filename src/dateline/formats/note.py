"""Signed notes and log checkpoints, as witnesses read them.

Source: C2SP signed-note and tlog-checkpoint. A note is a text that ends in a newline, an empty
line, and a line a signature: `— NAME BASE64(key id ‖ signature)`. A checkpoint's text is the
origin, the size and the root hash in base64, a line each. Both are read to the letter: what two
readers could take for two things is refused.
"""

import hashlib
import re
from base64 import b64decode, b64encode
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from dateline.words.errors import Refused

_ED25519 = b"\x01"
# Far more than a wire and its witnesses need; C2SP asks for 16 at least.
_MOST_SIGNATURES = 64
_NAME = re.compile(r"[^\s+\x00-\x1f]+")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


class NoteRefused(Refused):
    """The signed note cannot be trusted."""

    slug = "bad-note"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a log: whose it is, how many entries it has, and their root hash."""

    origin: str
    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key with its name and its 4-byte id."""

    name: str
    id: bytes
    public: bytes


def vkey(name: str, public: bytes) -> str:
    """`NAME+HEXID+BASE64(0x01 ‖ public key)`; ValueError for a name with a space or a plus in it."""
    if not _NAME.fullmatch(name):
        raise ValueError("a key's name has neither space nor plus")
    return f"{name}+{_key_id(name, public).hex()}+{b64encode(_ED25519 + public).decode()}"


def parse_vkey(text: str) -> VerifierKey:
    """Read a verifier key; NoteRefused if it is none."""
    try:
        name, key_id, key = text.strip().split("+", 2)
        raw = b64decode(key, validate=True)
    except ValueError:
        raise NoteRefused("This is not a verifier key. It looks like wire.example+1a2b3c4d+AQ…") from None
    if len(raw) != 33 or raw[:1] != _ED25519 or _key_id(name, raw[1:]).hex() != key_id:
        raise NoteRefused("The verifier key does not fit its own id: it was cut or changed.")
    return VerifierKey(name, bytes.fromhex(key_id), raw[1:])


def sign(text: str, name: str, private: Ed25519PrivateKey) -> str:
    """The note: text, empty line, signature."""
    if not text.endswith("\n") or _CONTROL.search(text):
        raise ValueError("a note's text ends in a newline, and has no other control character")
    public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    signature = _key_id(name, public) + private.sign(text.encode())
    return f"{text}\n— {name} {b64encode(signature).decode()}\n"


def verify(note: str, key: str) -> str:
    """The text of a note that this key has signed; NoteRefused if it has not."""
    known = parse_vkey(key)
    text, signatures = _parted(note)
    for name, signature in signatures:
        if name == known.name and signature[:4] == known.id:
            try:
                Ed25519PublicKey.from_public_bytes(known.public).verify(signature[4:], text.encode())
            except InvalidSignature:
                raise NoteRefused(f"The signature of {name} does not fit the text: it was changed.") from None
            return text
    raise NoteRefused(f"The note is not signed by {known.name} with this key.")


def checkpoint(origin: str, size: int, root: bytes) -> str:
    """The text of a head; ValueError for an origin that is not one line."""
    if not origin or _CONTROL.search(origin) or "\n" in origin:
        raise ValueError("an origin is one line")
    return f"{origin}\n{size}\n{b64encode(root).decode()}\n"


def parse_checkpoint(note: str) -> Checkpoint:
    """Origin, size and root of a head, signed or not. It checks no signature; `verify` does."""
    lines = note.split("\n")
    try:
        origin, size, root = lines[0], lines[1], b64decode(lines[2], validate=True)
    except (IndexError, ValueError):
        raise NoteRefused("This is not a log's head: it needs origin, size and root hash on three lines.") from None
    if not origin or not _SIZE.fullmatch(size) or len(root) != 32 or b64encode(root).decode() != lines[2]:
        raise NoteRefused("This is not a log's head: origin, size or root hash is not one.")
    return Checkpoint(origin, int(size), root)


def _key_id(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:4]


def _parted(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """The text with its last newline, and each signature as (name, key id ‖ signature)."""
    text, found, tail = note.rpartition("\n\n")
    if not found or not tail.endswith("\n"):
        raise NoteRefused("The note has no signature, or its end is missing.")
    if _CONTROL.search(note):
        raise NoteRefused("The note has a control character in it.")
    lines = tail.removesuffix("\n").split("\n")
    if len(lines) > _MOST_SIGNATURES:
        raise NoteRefused(f"The note has more than {_MOST_SIGNATURES} signatures.")
    return text + "\n", [_signature(line) for line in lines]


def _signature(line: str) -> tuple[str, bytes]:
    dash, _, rest = line.partition(" ")
    name, _, signature = rest.rpartition(" ")
    try:
        raw = b64decode(signature, validate=True)
    except ValueError:
        raw = b""
    if dash != "—" or not _NAME.fullmatch(name) or len(raw) < 5:
        raise NoteRefused("A signature line of the note cannot be read.")
    return name, raw
