"""A webhook's new secret, beside which the old one signs for a day (spec/standard-webhooks.md, 1.0: zero downtime)."""

from datetime import datetime, timedelta

from django.db import transaction

from dateline.delivery import endpoints
from dateline.delivery.channels.webhook import Webhook, held
from dateline.delivery.models import Endpoint
from dateline.words.errors import BadInput, Conflict, Fault

OVERLAP = timedelta(hours=24)
# Each secret costs a signature at every attempt; who rotates more often than this within a day drops the oldest.
MOST = 4


@transaction.atomic
def rotate(endpoint: Endpoint, now: datetime) -> str:
    """Give a webhook a new secret, which signs from the next claim on; what it is. The others go on for `OVERLAP`.

    BadInput if it is no webhook, Conflict if it has ended. What a worker has claimed already is signed as before.
    """
    row = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
    if row.channel != Webhook.name:
        what = f"{row.name} is no webhook, so it has no secret to rotate."
        raise BadInput([Fault("no-webhook", what, "/name", "Name a webhook.")])
    if row.state == Endpoint.State.ENDED:
        raise Conflict([Fault("ended", "This endpoint has ended.", "/name", "Add it anew: it gets a secret then.")])
    new = Webhook.new_secret("")
    endpoints.seal_secret(row, rotated(endpoints.secret_of(row), new, now))
    row.save(update_fields=["secret"])
    return new


def rotated(kept: str, new: str, now: datetime) -> str:
    """What is kept from now on: the new secret first, then those that still sign, each with its last second."""
    until = {each.partition("@")[0]: each.partition("@")[2] for each in kept.split(" ")}
    end = int((now + OVERLAP).timestamp())
    older = [f"{each}@{until[each] or end}" for each in held(kept, now.timestamp())]
    return " ".join([new, *older[: MOST - 1]])
