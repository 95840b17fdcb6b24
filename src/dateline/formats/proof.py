"""The proof bundle: one document that shows, to anybody and offline, what the log says of an entry."""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from dateline.formats import merkle, note
from dateline.formats.canonical import canonical, leaf_hash, part_digest
from dateline.formats.merkle import ProofFailed
from dateline.words.entry import FORMAT, Entry
from dateline.words.errors import BadInput, Fault

Value = TypeVar("Value")


def bundle(entry: Entry, header: bytes, path: Iterable[bytes], size: int, head: str) -> dict[str, Any]:
    """`header` byte for byte as it was hashed; parts with their salts, null where withheld or erased."""
    return {
        "format": FORMAT,
        "type": "dateline-proof",
        "header": header.decode(),
        "parts": {name: _part(entry, name) for name in entry.header["parts"]},
        "size": size,
        "inclusion": [b64encode(step).decode() for step in path],
        "head": head,
        "canceled_by": entry.canceled_by,
    }


def check(document: dict[str, Any], vkey: str) -> list[str]:
    """What the bundle proves, in sentences. ProofFailed or NoteRefused says what does not hold."""
    claim = _read(document)
    header, seq = claim.header, claim.header["seq"]
    signed = note.parse_checkpoint(note.verify(claim.head, vkey))
    if signed.size != claim.size:
        raise ProofFailed(f"The head was signed for {signed.size} entries, the proof was made for {claim.size}.")
    merkle.verify_inclusion(leaf_hash(claim.header_bytes), seq - 1, claim.size, claim.path, signed.root)
    what = f"{header['signal']} of {header['guid']}, version {header['version']}, released at {header['released_at']}"
    return [
        f"The head of {signed.origin}, a log of {claim.size} entries, is signed with the key {vkey.strip()}.",
        f"Entry {seq} is in that log: {what}.",
        *_said_of_parts(claim.parts, header["parts"]),
        *_said_of_withdrawal(document),
    ]


def check_consistency(document: dict[str, Any], old_head: str, vkey: str) -> str:
    """That the log of an older head is the beginning of the newer one; ProofFailed if it is not."""
    try:
        head, path = _is(str, document["head"]), [b64decode(step) for step in document["consistency"]]
    except (KeyError, TypeError, ValueError) as wrong:
        what = f"This is not a proof of consistency: {wrong.__class__.__name__} at {wrong}."
        raise BadInput([Fault("not-a-proof", what, "", "Save one from /api/v1/wire/head?from=SIZE.")]) from None
    old = note.parse_checkpoint(note.verify(old_head, vkey))
    new = note.parse_checkpoint(note.verify(head, vkey))
    merkle.verify_consistency(old.size, new.size, path, old.root, new.root)
    return f"The log of {new.size} entries begins with the log of {old.size}: nothing in it was changed."


@dataclass(frozen=True, slots=True)
class _Claim:
    """A bundle whose every member has the type that it should have. Nothing in it is proved yet."""

    header_bytes: bytes
    header: dict[str, Any]
    parts: dict[str, tuple[bytes, Any] | None]
    path: list[bytes]
    size: int
    head: str


def _read(document: dict[str, Any]) -> _Claim:
    try:
        header_bytes = document["header"].encode()
        header = json.loads(header_bytes)
        if canonical(header) != header_bytes:
            raise ProofFailed("The header is not in canonical form, so it is not what was hashed.")
        told = {name: header[name] for name in ("signal", "guid", "version", "released_at")}
        return _Claim(
            header_bytes=header_bytes,
            header=told | {"seq": _is(int, header["seq"]), "parts": _is(dict, header["parts"])},
            parts={
                name: None if part is None else _salted(part) for name, part in _is(dict, document["parts"]).items()
            },
            path=[b64decode(step) for step in document["inclusion"]],
            size=_is(int, document["size"]),
            head=_is(str, document["head"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as wrong:
        what = f"This is not a proof of an entry: {wrong.__class__.__name__} at {wrong}."
        raise BadInput([Fault("not-a-proof", what, "", "Save one from /api/v1/wire/SEQ/proof.")]) from None


def _salted(part: dict[str, Any]) -> tuple[bytes, Any]:
    return bytes.fromhex(part["salt"]), part["content"]


def _is(kind: type[Value], value: Any) -> Value:
    if not isinstance(value, kind):
        raise TypeError(f"{type(value).__name__} where {kind.__name__} should be")
    return value


def _part(entry: Entry, name: str) -> dict[str, Any] | None:
    content, salt = entry.parts.get(name), entry.salts.get(name)
    return (
        None if entry.canceled_by is not None or content is None or salt is None else {"salt": salt, "content": content}
    )


def _said_of_parts(parts: dict[str, tuple[bytes, Any] | None], digests: dict[str, str]) -> list[str]:
    if extra := parts.keys() - digests.keys():
        raise ProofFailed(f"The part {min(extra)} is not in the signed header.")
    said = []
    for name, digest in digests.items():
        part = parts.get(name)
        if part is None:
            said.append(f"The part {name} is withheld or was erased; its digest still stands.")
            continue
        if not _fits(part, digest):
            raise ProofFailed(f"The part {name} is not the one that was released: its digest differs.")
        said.append(f"The part {name} is, to the letter, what was released.")
    return said


def _fits(part: tuple[bytes, Any], digest: str) -> bool:
    try:
        return part_digest(*part) == digest
    except (ValueError, RecursionError):
        return False  # what has no canonical form was never released


def _said_of_withdrawal(document: dict[str, Any]) -> list[str]:
    seq = document.get("canceled_by")
    return [f"Entry {seq} has withdrawn it since; that is the wire's word, and entry {seq} proves it."] if seq else []
