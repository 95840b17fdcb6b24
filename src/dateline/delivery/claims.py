"""Claiming shards by compare-and-set, with a lease and an epoch; each is a short transaction before any network."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from dateline.delivery import recipients, shards, waiting
from dateline.delivery.models import NEVER, Hold, Shard
from dateline.delivery.recipient import Recipient
from dateline.wire import bulk, log
from dateline.words.entry import Entry

# A worker that died is succeeded after this; one that lives renews in time.
LEASE = timedelta(seconds=10)
# Retries that are due within this of each other go together.
_GATHER = timedelta(seconds=1)


@dataclass(slots=True)
class Claim:
    """A shard that this worker holds. `superseded`, `canceled` and `lost` change while it works."""

    shard: int
    seq: int
    channel: str
    lane: str
    urgent: bool
    epoch: int
    entry: Entry
    recipients: list[Recipient]
    langs: frozenset[str]
    superseded: dict[str, int] = field(default_factory=dict)
    canceled: bool = False
    lost: bool = False


def claim(
    now: datetime, held: Iterable[int] = (), *, busy: Iterable[str] = (), urgent_only: bool = False
) -> Claim | None:
    """The next shard that is due, withdrawals first; None if there is none.

    `held` are this worker's own shards, `busy` the lanes in which it has enough to do.
    """
    free = Shard.objects.filter(state=Shard.State.OPEN, due_at__lte=now, lease_until__lte=now)
    if urgent_only:
        free = free.filter(priority=Shard.Priority.WITHDRAWAL)
    free = free.exclude(_barred(busy) & ~Q(priority=Shard.Priority.WITHDRAWAL))
    rows = free.exclude(pk__in=list(held)).order_by("priority", "seq", "pk").values_list("pk", "epoch")
    for pk, epoch in rows[:10]:
        mine = Shard.objects.filter(pk=pk, epoch=epoch, state=Shard.State.OPEN)
        if mine.update(epoch=epoch + 1, lease_until=now + LEASE):
            return _loaded(Shard.objects.get(pk=pk), now)
    return None


def renew(claims: Mapping[int, Claim], now: datetime) -> None:
    """Keep the leases, and learn what was superseded or lost meanwhile."""
    # Without the recipients, which are most of a row.
    rows = {row.pk: row for row in Shard.objects.filter(pk__in=list(claims)).defer("recipients")}
    canceled = log.canceled({held.seq for held in claims.values()})
    for pk, held in claims.items():
        row = rows.get(pk)
        held.lost = row is None or row.epoch != held.epoch
        if row is not None and not held.lost:
            held.superseded = _superseded(row, canceled.get(held.seq), held.langs)
            held.canceled = bool(row.canceled)
    # What is done meanwhile is held by nobody.
    kept = [(now + LEASE, pk, held.epoch, Shard.State.OPEN) for pk, held in sorted(claims.items()) if not held.lost]
    bulk.update(Shard, "lease_until = %s WHERE id = %s AND epoch = %s AND state = %s", kept)


def heed(claims: Mapping[int, Claim]) -> None:
    """Learn what the log takes back of what is held, and nothing else: it costs one short question."""
    canceled = log.canceled({held.seq for held in claims.values()})
    for held in claims.values():
        if (by := canceled.get(held.seq)) is not None:
            held.superseded = dict.fromkeys(held.langs, by)


@transaction.atomic
def release(held: Claim, now: datetime) -> None:
    """The pass is over: close what was superseded, and say when the rest is due. Nothing, if it was lost."""
    row = Shard.objects.select_for_update().filter(pk=held.shard, epoch=held.epoch).first()
    if row is None:
        return
    by = log.canceled({row.seq}).get(row.seq)
    owed = shards.frozen(row)
    row.superseded = _superseded(row, by, {lang for _, lang in owed})
    if row.superseded or row.canceled:
        shards.close(row, now)
    left = [endpoint for endpoint, _ in shards.remaining(row, owed)]
    shards.settle(row, len(left))
    row.lease_until = NEVER
    row.due_at = _due(row, left, now)
    row.save(update_fields=["lease_until", "due_at", "superseded"])


def next_due(busy: Iterable[str] = ()) -> datetime | None:
    """When the next shard is due that nobody holds, in lanes that are neither busy nor stopped."""
    free = Shard.objects.filter(state=Shard.State.OPEN, lease_until=NEVER).order_by("due_at")
    free = free.exclude(_barred(busy) & ~Q(priority=Shard.Priority.WITHDRAWAL))
    return free.values_list("due_at", flat=True).first()


def _barred(busy: Iterable[str]) -> Q:
    """What is not taken on now: lanes with enough to do, and what an operator has stopped."""
    barred = Q(lane__in=list(busy))
    for channel, lane in Hold.objects.values_list("channel", "lane"):
        barred |= Q(channel=channel, lane=lane) if lane else Q(channel=channel)
    return barred


def _due(row: Shard, left: list[int], now: datetime) -> datetime:
    """The earliest moment with something to do: a retry, or the turn of one who waits for an older entry."""
    waits = waiting.until(row, left, waiting.wishes_of(left), waiting.tried(row), now) if left else {}
    times = [waits.get(endpoint, now) for endpoint in left]
    first = min(times, default=now)
    # Each pass over a shard has its cost.
    return first if first <= now else min(first + _GATHER, max(times))


def _superseded(row: Shard, canceled_by: int | None, langs: Collection[str]) -> dict[str, int]:
    """What planning wrote down; and the log's own word, which may be ahead of it."""
    return dict(row.superseded) if canceled_by is None else dict.fromkeys(langs, canceled_by)


def _loaded(row: Shard, now: datetime) -> Claim:
    entry = log.tail(row.seq - 1, 1)[0]
    owed = shards.frozen(row)
    langs = frozenset(lang for _, lang in owed)
    superseded = _superseded(row, entry.canceled_by, langs)
    due = [each for each in shards.remaining(row, owed) if each[1] not in superseded]
    urgent = row.priority == Shard.Priority.WITHDRAWAL
    to = recipients.ready(row, entry, due, now)
    return Claim(row.pk, row.seq, row.channel, row.lane, urgent, row.epoch, entry, to, langs, superseded)
