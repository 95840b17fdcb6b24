"""Leaving with one click (RFC 8058): a token in the address, and no cookie, no sign-in, no redirect."""

import base64
import hashlib
import hmac

from dateline.delivery import endpoints
from dateline.delivery.models import Endpoint
from dateline.vault import keys
from dateline.words.errors import NotFound

_KEY = "unsubscribe"
_TAG = 16


def key() -> bytes:
    return keys.named(_KEY)


def token(endpoint: Endpoint) -> str:
    """What stands in the address `/unsubscribe/{token}` of an endpoint's mail."""
    return signed(key(), endpoint.name)


def signed(key: bytes, name: str) -> str:
    """As `token`, with the key at hand: the endpoint's random name and a tag of it."""
    tag = hmac.digest(key, name.encode(), hashlib.sha256)[:_TAG]
    return name + base64.urlsafe_b64encode(tag).decode().rstrip("=")


def endpoint(token: str) -> Endpoint:
    """Whose token it is, for a page that only asks; NotFound if nobody's."""
    found = Endpoint.objects.select_related("subscriber").filter(name=token[:16]).first()
    if found is None or not hmac.compare_digest(signed(key(), found.name).encode(), token.encode()):
        raise NotFound("This address to unsubscribe is not one of ours, or was cut short.")
    return found


def act(token: str) -> Endpoint:
    """End it. A second click changes nothing."""
    found = endpoint(token)
    if found.state != Endpoint.State.ENDED:
        endpoints.end(found, "unsubscribed")
        found.refresh_from_db()
    return found
