"""An address is used only after whoever reads its mail has said that it is theirs.

The link asks and a button acts: programs that look at mail open every link in it.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from dateline.delivery import barring, endpoints, letters, links, suppression
from dateline.delivery.channels.email import Email
from dateline.delivery.models import Endpoint, Suppression
from dateline.routing.models import Subscriber
from dateline.vault import keys
from dateline.words.errors import Fault, NotFound, TooMany

# So long the question stands, and so many may stand for one subscriber: nobody may be pestered through us.
STANDS, MOST = timedelta(days=7), 5


@transaction.atomic
def add_mail(subscriber: Subscriber, address: str, *, came_from: str, lang: str, now: datetime) -> Endpoint:
    """A mail address that gets nothing yet, and the question to it. TooMany if too many wait already."""
    waiting = Endpoint.objects.filter(subscriber=subscriber, state=Endpoint.State.UNCONFIRMED)
    if waiting.filter(made_at__gt=now - STANDS).count() >= MOST:
        what = f"{MOST} addresses wait to be confirmed."
        raise TooMany([Fault("too-many", what, "/address", "Confirm them, or end them.")])
    made = endpoints.add(subscriber, Email.name, address, came_from=came_from, confirmed=False)
    letters.post(made.address, lang, "confirm", {"url": url(made)}, now)
    return made


def url(endpoint: Endpoint) -> str:
    """Where one says whether it is theirs."""
    return f"{settings.DATELINE_WIRE.base_url}/confirm/{token(endpoint)}"


def token(endpoint: Endpoint) -> str:
    """What stands in the address `/confirm/{token}` of the question."""
    return links.signed(keys.named(links.CONFIRM), endpoint.name)


def endpoint(token: str, now: datetime) -> Endpoint:
    """Whose token it is; NotFound if nobody's, or if the question no longer stands."""
    known = links.is_signed(keys.named(links.CONFIRM), token)
    rows = Endpoint.objects.select_related("subscriber").filter(made_at__gt=now - STANDS)
    found = rows.filter(name=token[: links.NAME]).first() if known else None
    if found is None:
        raise NotFound("This address to confirm is not one of ours, was cut short, or is older than a week.")
    return found


@transaction.atomic
def never(found: Endpoint, now: datetime) -> None:
    """No: it ends, and nobody can ask that address again."""
    endpoints.end(found, barring.NOT_ASKED_FOR)
    suppression.suppress(found.address, Suppression.Reason.OBJECTION, "said when it was asked", now)


def act(token: str, now: datetime) -> Endpoint:
    """Yes, it is theirs. A second click changes nothing, and neither does one after it was ended."""
    found = endpoint(token, now)
    unconfirmed = Endpoint.objects.filter(pk=found.pk, state=Endpoint.State.UNCONFIRMED)
    unconfirmed.update(state=Endpoint.State.ACTIVE)
    found.refresh_from_db()
    return found
