"""Mail that comes back: whose it was is told by the address that it comes back to, which nobody can forge.

A letter of the house is treated as a release's mail is. A digest is one letter, however many entries it gathers.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from dateline.delivery import links, suppression
from dateline.delivery.deciding import printable
from dateline.delivery.mailing import returned
from dateline.delivery.mailing.returned import Kind, Returned
from dateline.delivery.models import Bounce, Endpoint, Letter, Suppression
from dateline.vault import keys

_TAG = re.compile(r"([0-9a-f]{16})-([0-9a-f]{1,15})-[0-9a-f]{20}", re.IGNORECASE)
# So many times within so long it could not be brought there, and it is left alone for a while.
OFTEN, WITHIN = 3, timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail of ours, and the address that it went to: of an entry to an endpoint, or else a letter."""

    address: str
    endpoint: Endpoint | None = None
    seq: int | None = None
    letter: Letter | None = None


def sent_from(address: str) -> Sent | None:
    """Which mail had this return address; None if none of ours had, or if its letter is deleted."""
    local, _, host = address.strip().partition("@")
    own, _, own_host = settings.DATELINE_MAIL_FROM.partition("@")
    base, _, tag = local.partition("+")
    found = _TAG.fullmatch(tag)
    if found is None or (base.lower(), host.lower()) != (own.lower(), own_host.lower()):
        return None
    name, seq = found[1].lower(), int(found[2], 16)
    if not links.same(links.bounce(keys.named(links.BOUNCE), name, seq), tag.lower()):
        return None
    return _letter(name) if seq == links.NO_ENTRY else _entry(name, seq)


def _letter(name: str) -> Sent | None:
    row = Letter.objects.filter(name=name).first()
    return Sent(row.address, letter=row) if row is not None else None


def _entry(name: str, seq: int) -> Sent | None:
    row = Endpoint.objects.filter(name=name).first()
    return Sent(row.address, row, seq) if row is not None else None


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
        letter=sent.letter,
        digest=suppression.digest(sent.address) if sent.address else "",
        kind=told.kind.value,
        status=told.status,
        evidence=printable(told.said),
        at=now,
    )
    # Its subscriber may have been forgotten since.
    if sent.address:
        _suppress(sent.address, told, now)
    return row


def _suppress(address: str, told: Returned, now: datetime) -> None:
    evidence = f"{told.status} {told.said}".strip()
    if told.kind is Kind.COMPLAINT:
        suppression.suppress(address, Suppression.Reason.COMPLAINT, evidence, now)
    elif told.kind is Kind.HARD:
        suppression.suppress(address, Suppression.Reason.BOUNCE, evidence, now, now + suppression.BOUNCED)
    elif told.kind is Kind.SOFT and _often(address, now):
        suppression.suppress(address, Suppression.Reason.BOUNCE, evidence, now, now + suppression.FULL)


def _often(address: str, now: datetime) -> bool:
    """Whatever it was that could not be brought there: entries, to whichever endpoint, and letters count together."""
    lately = Bounce.objects.filter(digest=suppression.digest(address), kind=Bounce.Kind.SOFT, at__gt=now - WITHIN)
    return lately.count() >= OFTEN
