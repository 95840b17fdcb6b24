"""Requests that the hub has accepted, kept until the subscriber has confirmed them or not: a crash loses none.

They are claimed as shards are, by compare-and-set with an epoch, and those of one topic and callback in their order.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import Exists, OuterRef

from dateline.delivery.hub.asking import Asked
from dateline.delivery.models import NEVER, Following, HubRequest
from dateline.intake import bell
from dateline.vault import keys
from dateline.words.errors import Fault, TooMany

BELL = "hub"
# The hub must be of no use to who would have it knock at somebody else's door: so many wait in all, for one host, and
# for one topic and callback.
WAITING, WAITING_OF_HOST, WAITING_OF_KEY = 10_000, 100, 3
# There are some four thousand feeds; one host may follow so many.
FOLLOWED_BY_HOST = 1000
# Longer than a verification may take. A worker that died is succeeded after this.
HOLD = timedelta(seconds=12)
# When to look again where nobody answered, in seconds; then the request is dropped.
AGAIN = (5, 30)
_SEAL = "endpoint"


@transaction.atomic
def accept(asked: Asked, now: datetime) -> HubRequest:
    """Keep a request; from then on it will be carried out. TooMany if too many wait already."""
    host = urlsplit(asked.callback).hostname or ""
    made = HubRequest(
        mode=asked.mode,
        lang=asked.topic.lang,
        sector=asked.topic.sector,
        kind=asked.topic.kind,
        callback=asked.callback,
        host=host[:255],
        lease=round(asked.lease.total_seconds()),
        due_at=now,
    )
    _check_room(made)
    if asked.secret:
        made.secret = keys.encrypt(keys.named(_SEAL), asked.secret.encode(), f"{BELL}:{made.name}")
    made.save()
    bell.ring(BELL)
    return made


def secret_of(row: HubRequest) -> str:
    """The secret that was sent with the request; empty if there was none."""
    if row.secret is None:
        return ""
    return keys.decrypt(keys.named(_SEAL), row.secret, f"{BELL}:{row.name}").decode()


def claim(now: datetime, busy: Iterable[str]) -> HubRequest | None:
    """The next request that is due, for a host that is not `busy`; None if there is none.

    One that the hub does not grant comes as `denied`.
    """
    same = {name: OuterRef(name) for name in ("lang", "sector", "kind", "callback")}
    older = HubRequest.objects.filter(pk__lt=OuterRef("pk"), **same)
    due = HubRequest.objects.filter(due_at__lte=now, held_until__lte=now).exclude(host__in=list(busy))
    for row in due.filter(~Exists(older)).order_by("due_at", "pk")[:10]:
        if HubRequest.objects.filter(pk=row.pk, epoch=row.epoch).update(epoch=row.epoch + 1, held_until=now + HOLD):
            row.epoch += 1
            return _validated(row)
    return None


def again(row: HubRequest, now: datetime) -> bool:
    """Nobody answered: put it off; false if that was the last time, and the request is dropped."""
    if row.attempts >= len(AGAIN):
        finish(row)
        return False
    HubRequest.objects.filter(pk=row.pk, epoch=row.epoch).update(
        attempts=row.attempts + 1, due_at=now + timedelta(seconds=AGAIN[row.attempts]), held_until=NEVER
    )
    return True


def finish(row: HubRequest) -> bool:
    """It is done, or failed; false if another worker holds it by now."""
    deleted, _ = HubRequest.objects.filter(pk=row.pk, epoch=row.epoch).delete()
    return deleted > 0


def _validated(row: HubRequest) -> HubRequest:
    """A host that follows as much as one may is told so (WebSub section 5.2); what it has it can renew."""
    fresh = row.mode == HubRequest.Mode.SUBSCRIBE and not Following.objects.filter(**row.key).exists()
    if fresh and Following.objects.filter(host=row.host).count() >= FOLLOWED_BY_HOST:
        row.mode, row.reason = HubRequest.Mode.DENIED, f"this host follows {FOLLOWED_BY_HOST} feeds already"
        row.save(update_fields=["mode", "reason"])
    return row


def _check_room(made: HubRequest) -> None:
    waiting = HubRequest.objects.all()
    known = (
        (waiting.filter(**made.key), WAITING_OF_KEY, "for this feed and callback"),
        (waiting.filter(host=made.host), WAITING_OF_HOST, "for this host"),
        (waiting, WAITING, "here"),
    )
    for rows, most, where in known:
        if rows.count() >= most:
            what = f"{most} requests {where} wait to be confirmed."
            raise TooMany([Fault("too-many", what, "hub.callback", "Confirm those, or try again in a minute.")])
