"""Addresses that get no mail from this wire, whoever asks for it: why, since when, and until when."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from dateline.delivery.barring import THEIRS
from dateline.delivery.models import Endpoint, Suppression
from dateline.vault import keys
from dateline.words.errors import BadInput, Fault, NotFound

_KEY = "suppression"
_MAIL = "email"
_FOREVER = datetime(9999, 1, 1, tzinfo=UTC)
# A mailbox that was closed may be somebody else's later, or be opened again.
BOUNCED = timedelta(days=90)
FULL = timedelta(days=7)


@transaction.atomic
def suppress(
    address: str, reason: Suppression.Reason, evidence: str, now: datetime, until: datetime | None = None
) -> None:
    """Send nothing there until then, or ever. What the reader has said is weakened by nobody else's word."""
    known = of(address, now)
    if known is not None and _stands(known, reason, until):
        return
    values = {"reason": reason, "evidence": evidence[:300], "since": now, "until": until}
    Suppression.objects.update_or_create(digest=digest(address), defaults=values)
    why = f"{reason.value}: {evidence}"[:200]
    _at(address).update(suppressed_until=until or _FOREVER, suppressed_why=why)


def _stands(known: Suppression, reason: Suppression.Reason, until: datetime | None) -> bool:
    """Whether it outlasts what is told now: a bounce ends nothing sooner, whoever suppressed it."""
    if known.reason in THEIRS:
        return reason not in THEIRS
    sooner = until is not None and (known.until is None or known.until > until)
    return reason == Suppression.Reason.BOUNCE and sooner


def of_endpoint(pk: int, reason: Suppression.Reason, evidence: str, now: datetime) -> None:
    """As `suppress`, of an endpoint's address, for a while; nothing, if it has none any more."""
    address = Endpoint.objects.filter(pk=pk, channel=_MAIL).values_list("address", flat=True).first()
    if address:
        suppress(address, reason, evidence, now, now + BOUNCED)


@transaction.atomic
def lift(address: str) -> Suppression:
    """Send there again. NotFound if it was not suppressed."""
    found = Suppression.objects.filter(digest=digest(address)).first()
    if found is None:
        raise NotFound(f"{address[:100]} is not suppressed.")
    Suppression.objects.filter(pk=found.pk).delete()
    _at(address).update(suppressed_until=None, suppressed_why="")
    return found


def of(address: str, now: datetime) -> Suppression | None:
    """What stands against an address now; None if nothing does."""
    found = Suppression.objects.filter(digest=digest(address)).first()
    return found if found is not None and (found.until is None or found.until > now) else None


def refuse(address: str, now: datetime) -> None:
    """BadInput if it may not even be asked whether it wants mail."""
    found = of(address, now)
    if found is not None and found.until is None:
        what = f"Whoever reads {address[:100]} wants no mail from this wire."
        raise BadInput([Fault("suppressed", what, "/address", "Give another, or let them write to the wire.")])


def _at(address: str) -> QuerySet[Endpoint]:
    return Endpoint.objects.filter(channel=_MAIL, address__iexact=address.strip())


def digest(address: str) -> str:
    """What is kept of an address by which it is known again, and which nobody can tell without the wire's keys."""
    return hmac.digest(keys.named(_KEY), address.strip().lower().encode(), hashlib.sha256).hex()
