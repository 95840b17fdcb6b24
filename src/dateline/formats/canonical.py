"""Canonical JSON and the digests made from it.

Sources: RFC 8785 (JCS), Unicode NFC, RFC 6962 section 2.1 (leaf hash).
"""

import hashlib
import json
import unicodedata
from typing import Any

import rfc8785


def canonical(document: Any) -> bytes:
    """The one byte string for a JSON document: strings in NFC, no floats, integers below 2^53."""
    return rfc8785.dumps(_composed(document))


def part_digest(salt: bytes, content: Any) -> str:
    """Hex SHA-256 of salt ‖ canonical part. The salt keeps a withheld part from being guessed."""
    return hashlib.sha256(salt + canonical(content)).hexdigest()


def leaf_hash(header: bytes) -> bytes:
    """SHA-256(0x00 ‖ canonical header): the only digest of an entry."""
    return hashlib.sha256(b"\x00" + header).digest()


def parsed(data: bytes) -> Any:
    return json.loads(data)


def _composed(value: Any) -> Any:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, float):
        raise ValueError("canonical JSON here has no floats")
    if isinstance(value, dict):
        return {_composed(key): _composed(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_composed(each) for each in value]
    return value
