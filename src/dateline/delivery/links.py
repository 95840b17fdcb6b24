"""Addresses that carry who they are for: an endpoint's random name, and a tag that only the wire can make."""

import base64
import hashlib
import hmac

# The names of the keys that sign them.
LEAVE, BOUNCE, CONFIRM = "unsubscribe", "bounce", "confirm"
NAME = 16
_TAG = 16
_SHORT = 10


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
    """The tag of a return address: whose mail it was and which entry, in letters that survive a change of case."""
    told = f"{name}-{seq:x}"
    return f"{told}-{hmac.digest(key, told.encode(), hashlib.sha256)[:_SHORT].hex()}"
