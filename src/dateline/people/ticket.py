"""A ticket: what a desktop shows an edge, which has no database, to read more than the public does. Pure.

`BASE64URL(claims).BASE64URL(signature)`, Ed25519 (RFC 8032) over the claims: canonical JSON with the
wire's origin, the audience groups, and when it expires (Unix seconds).
"""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from dateline.formats.canonical import canonical
from dateline.words.errors import BadInput, Fault, Unauthorised

LIFE = timedelta(minutes=15)
# It travels in the query of a request, whose head an edge bounds.
LONGEST = 4096
# A signature of 64 bytes is 86 characters.
_SHAPE = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{86}")


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a ticket grants: audience groups, until it expires."""

    groups: frozenset[str]
    expires: datetime


def sign(private: Ed25519PrivateKey, origin: str, groups: frozenset[str], now: datetime) -> str:
    """A ticket for these groups, good for a quarter of an hour; BadInput if they are too many for one."""
    claims = canonical({"origin": origin, "groups": sorted(groups), "expires": int((now + LIFE).timestamp())})
    made = f"{_coded(claims)}.{_coded(private.sign(claims))}"
    if len(made) > LONGEST:
        what = f"A ticket for {len(groups)} groups is longer than {LONGEST} characters."
        raise BadInput([Fault("too-many-groups", what, "groups", "Ask for fewer.")])
    return made


def read(ticket: str, public: Ed25519PublicKey, origin: str, now: datetime) -> Ticket:
    """What a ticket grants; Unauthorised if it is forged, expired, or another wire's."""
    forged = Unauthorised("The ticket was not made by this wire. Ask for one: POST /api/v1/tickets")
    if len(ticket) > LONGEST or not _SHAPE.fullmatch(ticket):
        raise forged
    try:
        claims, signature = (_decoded(part) for part in ticket.split("."))
        public.verify(signature, claims)
        told = json.loads(claims)
    except (ValueError, InvalidSignature):
        raise forged from None
    if told["origin"] != origin:
        raise forged
    expires = datetime.fromtimestamp(told["expires"], UTC)
    if expires <= now:
        raise Unauthorised("The ticket has expired. Ask for a new one: POST /api/v1/tickets")
    return Ticket(frozenset(told["groups"]), expires)


def _coded(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
