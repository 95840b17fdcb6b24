"""Who calls: the bearer token's actor, or nobody."""

from django.http import HttpRequest
from ninja.security import HttpBearer

from dateline.people import accounts, tokens
from dateline.people.roles import Actor
from dateline.words import clock
from dateline.words.errors import Unauthorised

ANYBODY = Actor("anybody", "anybody", None)


class Bearer(HttpBearer):
    """`Authorization: Bearer dl_…` (RFC 6750)."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor:
        return tokens.actor(token, clock.now())


def actor_of(request: HttpRequest) -> Actor:
    """The actor of a request that had to have one."""
    found = getattr(request, "auth", None)
    if not isinstance(found, Actor):
        raise Unauthorised("This needs a token: Authorization: Bearer dl_…")
    return found


def reader(request: HttpRequest) -> Actor:
    """Who reads the log: a token's actor, a signed-in person, or anybody. A bad token is still refused."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return tokens.actor(token.strip(), clock.now())
    return accounts.actor(request) or ANYBODY
