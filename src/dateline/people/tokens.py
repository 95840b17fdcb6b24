"""API tokens: made once, shown once, kept as a digest."""

import hashlib
import secrets
from datetime import datetime, timedelta

from dateline.people import notices
from dateline.people.models import Organisation, Token, User
from dateline.people.roles import Actor, Role
from dateline.words.errors import Unauthorised

PREFIX = "dl_"


def new(
    role: Role,
    *,
    now: datetime,
    organisation: Organisation | None = None,
    user: User | None = None,
    name: str = "",
    days: int | None = None,
    groups: tuple[str, ...] = (),
) -> str:
    """Make a token and return it; it can never be shown again."""
    secret = PREFIX + secrets.token_urlsafe(32)
    Token.objects.create(
        name=name,
        digest=_digest(secret),
        role=role,
        organisation=organisation,
        user=user,
        groups=list(groups),
        expires_at=now + timedelta(days=days) if days is not None else None,
    )
    return secret


def actor(secret: str, now: datetime) -> Actor:
    """Who holds this token; Unauthorised if it is unknown, revoked or expired."""
    token = Token.objects.select_related("organisation", "user").filter(digest=_digest(secret)).first()
    if token is None or token.revoked or (token.user is not None and not token.user.is_active):
        raise Unauthorised("This token is not known here. Ask the operator for one: dateline token new --role ROLE")
    if token.expires_at is not None and token.expires_at <= now:
        raise Unauthorised(f"This token expired at {token.expires_at:%Y-%m-%d %H:%M} UTC. Ask for a new one.")
    return Actor(
        id=f"token:{token.pk}",
        name=str(token),
        role=Role(token.role),
        organisation=token.organisation_id,
        organisation_name=token.organisation.name if token.organisation else "",
        # A program has no sittings; a day of its work is one.
        sitting=f"token:{token.pk}:{now:%Y-%m-%d}",
        groups=frozenset(token.groups),
        user=token.user_id,
    )


def revoke(secret: str, now: datetime) -> bool:
    """Make it useless, and every ticket that was made with it; the caller rings the wire's bell."""
    token = Token.objects.filter(digest=_digest(secret)).first()
    if token is None:
        return False
    token.revoked = True
    token.save(update_fields=["revoked"])
    notices.say("revoked", now, holder=f"token:{token.pk}")
    return True


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
