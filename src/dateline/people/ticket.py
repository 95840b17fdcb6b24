"""A ticket: what a desktop shows an edge, which has no database, to read more than the public does.

`BASE64URL(claims).BASE64URL(signature)`, Ed25519 (RFC 8032) over the claims: canonical JSON with the
wire's origin, the audience groups, and when it expires (Unix seconds).
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from dateline.formats.canonical import canonical
from dateline.words.errors import Unauthorised

LIFE = timedelta(minutes=15)
_LONGEST = 4096


def sign(private: Ed25519PrivateKey, origin: str, groups: frozenset[str], now: datetime) -> str:
    """A ticket for these groups, good for a quarter of an hour."""
    claims = canonical({"origin": origin, "groups": sorted(groups), "expires": int((now + LIFE).timestamp())})
    return f"{_coded(claims)}.{_coded(private.sign(claims))}"


def read(ticket: str, public: Ed25519PublicKey, origin: str, now: datetime) -> frozenset[str]:
    """The groups of a ticket; Unauthorised if it is forged, expired, or another wire's."""
    forged = Unauthorised("The ticket was not made by this wire. Ask for one: POST /api/v1/tickets")
    if len(ticket) > _LONGEST:
        raise forged
    try:
        claims, _, signature = ticket.partition(".")
        raw = _decoded(claims)
        public.verify(_decoded(signature), raw)
        told = json.loads(raw)
    except (ValueError, InvalidSignature):
        raise forged from None
    if told["origin"] != origin:
        raise forged
    if told["expires"] <= now.timestamp():
        raise Unauthorised("The ticket has expired. Ask for a new one: POST /api/v1/tickets")
    return frozenset(told["groups"])


def _coded(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
