"""Claiming shards by compare-and-set, with a lease and an epoch; each is a short transaction before any network."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from dateline.delivery import endpoints, shards
from dateline.delivery.deciding import message_id
from dateline.delivery.models import NEVER, Endpoint, Retry, Shard
from dateline.delivery.recipient import Recipient
from dateline.wire import log
from dateline.words.entry import Entry

# A worker that died is succeeded after this; one that lives renews in time.
LEASE = timedelta(seconds=10)
# How soon to look again after somebody to whom an older version is just now being sent.
_SOON = timedelta(milliseconds=250)


@dataclass(slots=True)
class Claim:
    """A shard that this worker holds. `superseded` and `lost` change while it works."""

    shard: int
    seq: int
    channel: str
    urgent: bool
    epoch: int
    entry: Entry
    recipients: list[Recipient]
    superseded: dict[str, int] = field(default_factory=dict)
    lost: bool = False


def claim(now: datetime, held: Iterable[int] = (), *, urgent_only: bool = False) -> Claim | None:
    """The next shard that is due, withdrawals first; None if there is none. `held` are this worker's own."""
    free = Shard.objects.filter(state=Shard.State.OPEN, due_at__lte=now, lease_until__lte=now)
    if urgent_only:
        free = free.filter(priority=Shard.Priority.WITHDRAWAL)
    for row in free.exclude(pk__in=list(held)).order_by("priority", "seq", "pk")[:10]:
        epoch = row.epoch + 1
        mine = Shard.objects.filter(pk=row.pk, epoch=row.epoch, state=Shard.State.OPEN)
        if mine.update(epoch=epoch, lease_until=now + LEASE):
            row.refresh_from_db()
            return _loaded(row, now)
    return None


def renew(claims: Mapping[int, Claim], now: datetime) -> None:
    """Keep the leases, and learn what was superseded or lost meanwhile."""
    rows = {row.pk: row for row in Shard.objects.filter(pk__in=list(claims))}
    for pk, held in claims.items():
        row = rows.get(pk)
        held.lost = row is None or row.epoch != held.epoch
        if row is not None and not held.lost:
            held.superseded = _superseded(row, held.entry)
            Shard.objects.filter(pk=pk, epoch=held.epoch).update(lease_until=now + LEASE)


@transaction.atomic
def release(held: Claim, now: datetime) -> None:
    """The pass is over: close what was superseded, and say when the rest is due. Nothing, if it was lost."""
    row = Shard.objects.select_for_update().filter(pk=held.shard, epoch=held.epoch).first()
    if row is None:
        return
    row.superseded = _superseded(row, held.entry)
    if row.superseded:
        shards.close_superseded(row, now)
    left = [endpoint for endpoint, _ in shards.remaining(row)]
    shards.settle(row, len(left))
    row.lease_until = NEVER
    row.due_at = _due(row, left, now)
    row.save(update_fields=["lease_until", "due_at", "superseded"])


def next_due() -> datetime | None:
    """When the next shard is due that nobody holds."""
    waiting = Shard.objects.filter(state=Shard.State.OPEN, lease_until=NEVER).order_by("due_at")
    return waiting.values_list("due_at", flat=True).first()


def _due(row: Shard, left: list[int], now: datetime) -> datetime:
    """The earliest moment with something to do: a retry, or the turn of one who waits for an older entry."""
    due = _waiting_for_older(row, set(left), now)
    due |= dict(Retry.objects.filter(shard=row, endpoint__in=left).values_list("endpoint_id", "due_at"))
    return min((due.get(endpoint, now) for endpoint in left), default=now)


def _superseded(row: Shard, entry: Entry) -> dict[str, int]:
    """What planning wrote down; and the log's own word, which may be ahead of it."""
    if entry.canceled_by is None:
        return dict(row.superseded)
    return {lang: entry.canceled_by for _, lang in shards.frozen(row)}


def _loaded(row: Shard, now: datetime) -> Claim:
    entry = log.tail(row.seq - 1, 1)[0]
    superseded = _superseded(row, entry)
    due = [each for each in shards.remaining(row) if each[1] not in superseded]
    later = set(Retry.objects.filter(shard=row, due_at__gt=now).values_list("endpoint_id", flat=True))
    waiting = later | _waiting_for_older(row, {endpoint for endpoint, _ in due}, now).keys()
    ready = [each for each in due if each[0] not in waiting]
    urgent = row.priority == Shard.Priority.WITHDRAWAL
    to = _recipients(row, entry, ready, now)
    return Claim(row.pk, row.seq, row.channel, urgent, row.epoch, entry, to, superseded)


def _waiting_for_older(row: Shard, wanted: set[int], now: datetime) -> dict[int, datetime]:
    """Those to whom an older entry of the story is still owed, and when to look again: none overtakes another."""
    found: dict[int, datetime] = {}
    for older in Shard.objects.filter(guid=row.guid, seq__lt=row.seq, state=Shard.State.OPEN):
        again = max(older.due_at, now + _SOON)
        for endpoint, _ in shards.remaining(older):
            if endpoint in wanted:
                found[endpoint] = max(again, found.get(endpoint, again))
    return found


def _recipients(row: Shard, entry: Entry, ready: list[tuple[int, str]], now: datetime) -> list[Recipient]:
    known = Endpoint.objects.in_bulk([endpoint for endpoint, _ in ready])
    attempts = dict(Retry.objects.filter(shard=row).values_list("endpoint_id", "attempts"))
    key = endpoints.secrets_key()
    return [_recipient(known[endpoint], lang, attempts.get(endpoint, 0), entry, key, now) for endpoint, lang in ready]


def _recipient(endpoint: Endpoint, lang: str, attempts: int, entry: Entry, key: bytes, now: datetime) -> Recipient:
    origin = settings.DATELINE_WIRE.origin
    before = entry.header["supersedes"]
    return Recipient(
        endpoint=endpoint.pk,
        name=endpoint.name,
        address=endpoint.address,
        options=endpoint.options,
        secret=endpoints.open_secret(endpoint, key),
        concurrency=endpoint.concurrency,
        lang=lang,
        attempts=attempts,
        message=message_id(origin, entry.seq, endpoint.name, endpoint.channel),
        before=message_id(origin, before, endpoint.name, endpoint.channel) if before else "",
        blocked=endpoint.blocked(now),
    )
