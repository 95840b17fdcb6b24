"""Addresses that carry who they are for: an endpoint's random name, and a tag that only the wire can make."""

import base64
import hashlib
import hmac

# The names of the keys that sign them.
LEAVE, BOUNCE, CONFIRM, ACKNOWLEDGE = "unsubscribe", "bounce", "confirm", "acknowledge"
NAME = 16
_TAG = 16
_SHORT = 10
_HEX = frozenset("0123456789abcdef")
_MOST_DIGITS = 16
# Stands for the seq where a mail is of no entry, but a letter of the house: a log begins with 1.
NO_ENTRY = 0


def signed(key: bytes, name: str) -> str:
    """The name, and a tag of it (HMAC-SHA-256, cut to 128 bits)."""
    tag = hmac.digest(key, name.encode(), hashlib.sha256)[:_TAG]
    return name + base64.urlsafe_b64encode(tag).decode().rstrip("=")


def is_signed(key: bytes, token: str) -> bool:
    return hmac.compare_digest(signed(key, token[:NAME]).encode(), token.encode())


def same(one: str, other: str) -> bool:
    """Whether two tags are alike, in a time that tells nothing of where they differ."""
    return hmac.compare_digest(one.encode(), other.encode())


def bounce(key: bytes, name: str, seq: int) -> str:
    """The tag of a return address, in characters that survive a change of case.

    `name` and `seq` are an endpoint's and an entry's, or a letter's and `NO_ENTRY`.
    """
    told = f"{name}-{seq:x}"
    return f"{told}-{hmac.digest(key, told.encode(), hashlib.sha256)[:_SHORT].hex()}"


def for_entry(key: bytes, name: str, seq: int) -> str:
    """The token of one endpoint and one entry: the name, the seq, and a tag of both."""
    told = f"{name}-{seq:x}"
    return f"{told}-{hmac.digest(key, told.encode(), hashlib.sha256)[:_TAG].hex()}"


def of_entry(key: bytes, token: str) -> tuple[str, int] | None:
    """The name and the seq of a token of `for_entry`; None if it is not one."""
    name, _, rest = token.partition("-")
    seq, _, _tag = rest.partition("-")
    # Fifteen digits hold every seq, and no longer one is worth reading.
    if not 0 < len(seq) < _MOST_DIGITS or not set(seq) <= _HEX:
        return None
    found = int(seq, 16)
    known = hmac.compare_digest(for_entry(key, name, found).encode(), token.encode())
    return (name, found) if known else None


def acknowledging(base_url: str, key: bytes, name: str, seq: int) -> str:
    """Where one acknowledges what an entry takes back."""
    return f"{base_url}/acknowledge/{for_entry(key, name, seq)}"
