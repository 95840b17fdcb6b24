"""A ticket: what a desktop shows an edge, which has no database, to read as its holder does. Pure.

`BASE64URL(claims).BASE64URL(signature)`, Ed25519 (RFC 8032) over the claims: canonical JSON with the wire's origin, who
holds it, when it was made and when it expires (Unix seconds), the audience groups, and the profile: languages in order
of preference, and rules. A profile that is too large stays with the wire, and is fetched once with the ticket.
"""

import json
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from dateline.formats.canonical import canonical
from dateline.words.errors import BadInput, Fault, Unauthorised

LIFE = timedelta(minutes=15)
# It travels in the query of a request, whose head an edge bounds.
LONGEST = 4096
# A signature of 64 bytes is 86 characters.
_SHAPE = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{86}")

Rules = Sequence[Mapping[str, Any]]


def new_id() -> str:
    """What names a ticket where it is renewed or revoked: 96 random bits."""
    return secrets.token_urlsafe(12)


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a ticket grants, to whom, and until when.

    `holder` is an actor's id. `subscriber` is whose profile it carries, as of `revision`; a change of that profile
    reaches the edge by itself. `large` says that the rules are not here and are to be fetched.
    """

    id: str
    holder: str
    issued: datetime
    expires: datetime
    groups: frozenset[str] = frozenset()
    languages: tuple[str, ...] = ()
    rules: Rules = field(default=(), hash=False)
    subscriber: int | None = None
    revision: int = 0
    large: bool = False


def new(holder: str, groups: frozenset[str], now: datetime, **profile: Any) -> Ticket:
    """A ticket for a quarter of an hour; `profile` are its languages, rules, subscriber and revision, if any."""
    return Ticket(new_id(), holder, now, now + LIFE, groups, **profile)


def sign(private: Ed25519PrivateKey, origin: str, ticket: Ticket) -> str:
    """The ticket as text; BadInput if it is too long. One whose rules make it so can be signed as `large`."""
    claims: dict[str, Any] = {
        "origin": origin,
        "id": ticket.id,
        "holder": ticket.holder,
        "issued": int(ticket.issued.timestamp()),
        "expires": int(ticket.expires.timestamp()),
        "groups": sorted(ticket.groups),
        "languages": list(ticket.languages),
        "rules": [] if ticket.large else list(ticket.rules),
        "subscriber": ticket.subscriber,
        "revision": ticket.revision,
        "large": ticket.large,
    }
    signed = canonical({name: value for name, value in claims.items() if value})
    made = f"{_coded(signed)}.{_coded(private.sign(signed))}"
    if len(made) > LONGEST:
        what = f"A ticket for {len(ticket.groups)} groups is longer than {LONGEST} characters."
        raise BadInput([Fault("too-many-groups", what, "groups", "Ask for fewer.")])
    return made


def fits(private: Ed25519PrivateKey, origin: str, ticket: Ticket) -> bool:
    """Whether the ticket holds its rules."""
    try:
        sign(private, origin, ticket)
    except BadInput:
        return False
    return True


def read(text: str, public: Ed25519PublicKey, origin: str, now: datetime | None) -> Ticket:
    """What a ticket grants; Unauthorised if it is forged, another wire's, or expired (unless `now` is None)."""
    forged = Unauthorised("The ticket was not made by this wire. Ask for one: POST /api/v1/tickets")
    if len(text) > LONGEST or not _SHAPE.fullmatch(text):
        raise forged
    try:
        claims, signature = (_decoded(part) for part in text.split("."))
        public.verify(signature, claims)
        told = json.loads(claims)
    except (ValueError, InvalidSignature):
        raise forged from None
    if told["origin"] != origin:
        raise forged
    ticket = Ticket(
        told["id"],
        told["holder"],
        datetime.fromtimestamp(told["issued"], UTC),
        datetime.fromtimestamp(told["expires"], UTC),
        frozenset(told.get("groups", ())),
        tuple(told.get("languages", ())),
        tuple(told.get("rules", ())),
        told.get("subscriber"),
        told.get("revision", 0),
        told.get("large", False),
    )
    if now is not None and ticket.expires <= now:
        raise Unauthorised("The ticket has expired. Ask for a new one: POST /api/v1/tickets")
    return ticket


def _coded(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
