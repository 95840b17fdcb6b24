"""Mail that comes back: whose it was is told by the address that it comes back to, which nobody can forge."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from dateline.delivery import links, suppression
from dateline.delivery.deciding import printable
from dateline.delivery.mailing import returned
from dateline.delivery.mailing.returned import Kind, Returned
from dateline.delivery.models import Bounce, Endpoint, Suppression
from dateline.vault import keys

_TAG = re.compile(r"([0-9a-f]{16})-([0-9a-f]{1,15})-[0-9a-f]{20}", re.IGNORECASE)
# So many times within so long it could not be brought there, and it is left alone for a while.
OFTEN, WITHIN = 3, timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail of ours: to which endpoint, and of which entry."""

    endpoint: Endpoint
    seq: int


def sent_from(address: str) -> Sent | None:
    """Which mail had this return address; None if none of ours had."""
    local, _, host = address.strip().partition("@")
    own, _, own_host = settings.DATELINE_MAIL_FROM.partition("@")
    base, _, tag = local.partition("+")
    found = _TAG.fullmatch(tag)
    if found is None or (base.lower(), host.lower()) != (own.lower(), own_host.lower()):
        return None
    name, seq = found[1].lower(), int(found[2], 16)
    if not links.same(links.bounce(keys.named(links.BOUNCE), name, seq), tag.lower()):
        return None
    endpoint = Endpoint.objects.filter(name=name).first()
    return Sent(endpoint, seq) if endpoint is not None else None


@transaction.atomic
def take(sent: Sent | None, content: bytes, now: datetime) -> Bounce | None:
    """Write down what came back, and suppress the address if it must be; None if it says nothing of a mail of ours.

    A complaint may come to an address of the wire: then it is found by the return address that it quotes.
    """
    told = returned.read(content)
    if told is None:
        return None
    if sent is None and told.kind is Kind.COMPLAINT:
        sent = next((found for each in told.senders if (found := sent_from(each))), None)
    if sent is None:
        return None
    row = Bounce.objects.create(
        endpoint=sent.endpoint,
        seq=sent.seq,
        kind=told.kind.value,
        status=told.status,
        evidence=printable(told.said),
        at=now,
    )
    _suppress(sent.endpoint, told, now)
    return row


def _suppress(endpoint: Endpoint, told: Returned, now: datetime) -> None:
    evidence = f"{told.status} {told.said}".strip()
    if told.kind is Kind.COMPLAINT:
        suppression.suppress(endpoint.address, Suppression.Reason.COMPLAINT, evidence, now)
    elif told.kind is Kind.HARD:
        suppression.of_endpoint(endpoint.pk, Suppression.Reason.BOUNCE, evidence, now)
    elif told.kind is Kind.SOFT:
        lately = Bounce.objects.filter(endpoint=endpoint, kind=Bounce.Kind.SOFT, at__gt=now - WITHIN)
        if lately.count() >= OFTEN:
            suppression.of_endpoint(endpoint.pk, Suppression.Reason.BOUNCE, evidence, now, suppression.FULL)
