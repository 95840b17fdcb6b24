"""The proof bundle: one document that shows, to anybody and offline, what the log says of an entry."""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable
from typing import Any

from dateline.formats import merkle, note
from dateline.formats.canonical import canonical, leaf_hash, part_digest
from dateline.formats.merkle import ProofFailed
from dateline.words.entry import FORMAT, Entry
from dateline.words.errors import BadInput, Fault


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
    try:
        header_bytes = document["header"].encode()
        header = json.loads(header_bytes)
        path = [b64decode(step) for step in document["inclusion"]]
        head, parts, size, seq = document["head"], dict(document["parts"]), int(document["size"]), int(header["seq"])
        digests = dict(header["parts"])
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        what = f"This is not a proof of an entry: {wrong.__class__.__name__} at {wrong}."
        raise BadInput([Fault("not-a-proof", what, "", "Save one from /api/v1/wire/SEQ/proof.")]) from None
    if canonical(header) != header_bytes:
        raise ProofFailed("The header is not in canonical form, so it is not what was hashed.")
    signed = note.parse_checkpoint(note.verify(head, vkey))
    if signed.size != size:
        raise ProofFailed(f"The head was signed for {signed.size} entries, the proof was made for {size}.")
    merkle.verify_inclusion(leaf_hash(header_bytes), seq - 1, size, path, signed.root)
    what = f"{header['signal']} of {header['guid']}, version {header['version']}, released at {header['released_at']}"
    return [
        f"The head of {signed.origin}, a log of {size} entries, is signed by the key that was given.",
        f"Entry {seq} is in that log: {what}.",
        *_said_of_parts(parts, digests),
        *_said_of_withdrawal(document),
    ]


def check_consistency(document: dict[str, Any], old_head: str, vkey: str) -> str:
    """That the log of an older head is the beginning of the newer one; ProofFailed if it is not."""
    old = note.parse_checkpoint(note.verify(old_head, vkey))
    new = note.parse_checkpoint(note.verify(document["head"], vkey))
    path = [b64decode(step) for step in document["consistency"]]
    merkle.verify_consistency(old.size, new.size, path, old.root, new.root)
    return f"The log of {new.size} entries begins with the log of {old.size}: nothing in it was changed."


def _part(entry: Entry, name: str) -> dict[str, Any] | None:
    content, salt = entry.parts.get(name), entry.salts.get(name)
    return None if content is None or salt is None else {"salt": salt, "content": content}


def _said_of_parts(parts: dict[str, Any], digests: dict[str, str]) -> list[str]:
    if extra := parts.keys() - digests.keys():
        raise ProofFailed(f"The part {min(extra)} is not in the signed header.")
    said = []
    for name, digest in digests.items():
        part = parts.get(name)
        if part is None:
            said.append(f"The part {name} is withheld or was erased; its digest still stands.")
            continue
        if part_digest(bytes.fromhex(part["salt"]), part["content"]) != digest:
            raise ProofFailed(f"The part {name} is not the one that was released: its digest differs.")
        said.append(f"The part {name} is, to the letter, what was released.")
    return said


def _said_of_withdrawal(document: dict[str, Any]) -> list[str]:
    seq = document.get("canceled_by")
    return [f"Entry {seq} has withdrawn it since; that is the wire's word, and entry {seq} proves it."] if seq else []
