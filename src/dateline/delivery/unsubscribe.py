"""Leaving with one click (RFC 8058): a token in the address, and no cookie, no sign-in, no redirect."""

from datetime import datetime

from dateline.delivery import barring, endpoints, links, suppression
from dateline.delivery.models import Endpoint, Suppression
from dateline.vault import keys
from dateline.words.errors import NotFound


def token(endpoint: Endpoint) -> str:
    """What stands in the address `/unsubscribe/{token}` of an endpoint's mail."""
    return links.signed(keys.named(links.LEAVE), endpoint.name)


def endpoint(token: str) -> Endpoint:
    """Whose token it is, for a page that only asks; NotFound if nobody's."""
    known = links.is_signed(keys.named(links.LEAVE), token)
    rows = Endpoint.objects.select_related("subscriber")
    found = rows.filter(name=token[: links.NAME]).first() if known else None
    if found is None:
        raise NotFound("This address to unsubscribe is not one of ours, or was cut short.")
    return found


def act(token: str) -> Endpoint:
    """End it. A second click changes nothing."""
    found = endpoint(token)
    if found.state != Endpoint.State.ENDED:
        endpoints.end(found, barring.UNSUBSCRIBED)
        found.refresh_from_db()
    return found


def never(found: Endpoint, now: datetime) -> None:
    """Send its address no mail again, whoever asks for it. Nothing, if its subscriber has been forgotten since."""
    if found.address:
        suppression.suppress(found.address, Suppression.Reason.OBJECTION, "said when it was ended", now)
