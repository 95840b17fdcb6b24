"""Claiming shards by compare-and-set, with a lease and an epoch; each is a short transaction before any network."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from dateline.delivery import breakers, caps, endpoints, quiet, shards
from dateline.delivery.channels import KNOWN
from dateline.delivery.deciding import Answer, Meaning, message_id
from dateline.delivery.models import NEVER, Endpoint, Hold, Retry, Shard, barred
from dateline.delivery.recipient import Recipient
from dateline.wire import log
from dateline.words.entry import Entry

# A worker that died is succeeded after this; one that lives renews in time.
LEASE = timedelta(seconds=10)
# How soon to look again after somebody to whom an older version is just now being sent.
_SOON = timedelta(milliseconds=250)
# Retries that are due within this of each other go together.
_GATHER = timedelta(seconds=1)
# And after a lane that an operator has stopped.
_LATER = timedelta(seconds=5)

# What is read of an endpoint, as `_recipient` takes it.
_COLUMNS = (
    "pk",
    "name",
    "address",
    "secret",
    "options",
    "concurrency",
    "state",
    "ended_why",
    "lease_until",
    "suppressed_until",
    "suppressed_why",
    "wishes",
)


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
    for row in free.exclude(pk__in=list(held)).order_by("priority", "seq", "pk")[:10]:
        epoch = row.epoch + 1
        mine = Shard.objects.filter(pk=row.pk, epoch=row.epoch, state=Shard.State.OPEN)
        if mine.update(epoch=epoch, lease_until=now + LEASE):
            row.refresh_from_db()
            return _loaded(row, now)
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
            held.superseded = _superseded(row, canceled.get(held.seq), {to.lang for to in held.recipients})
            held.canceled = bool(row.canceled)
            Shard.objects.filter(pk=pk, epoch=held.epoch).update(lease_until=now + LEASE)


@transaction.atomic
def release(held: Claim, now: datetime) -> None:
    """The pass is over: close what was superseded, and say when the rest is due. Nothing, if it was lost."""
    row = Shard.objects.select_for_update().filter(pk=held.shard, epoch=held.epoch).first()
    if row is None:
        return
    by = log.canceled({row.seq}).get(row.seq)
    row.superseded = _superseded(row, by, {lang for _, lang in shards.frozen(row)})
    if row.superseded or row.canceled:
        shards.close(row, now)
    left = [endpoint for endpoint, _ in shards.remaining(row)]
    shards.settle(row, len(left))
    row.lease_until = NEVER
    row.due_at = _due(row, left, now)
    row.save(update_fields=["lease_until", "due_at", "superseded"])


def next_due(busy: Iterable[str] = ()) -> datetime | None:
    """When the next shard is due that nobody holds, in lanes that are neither busy nor stopped."""
    waiting = Shard.objects.filter(state=Shard.State.OPEN, lease_until=NEVER).order_by("due_at")
    waiting = waiting.exclude(_barred(busy) & ~Q(priority=Shard.Priority.WITHDRAWAL))
    return waiting.values_list("due_at", flat=True).first()


def _barred(busy: Iterable[str]) -> Q:
    """What is not taken on now: lanes with enough to do, and what an operator has stopped."""
    barred = Q(lane__in=list(busy))
    for channel, lane in Hold.objects.values_list("channel", "lane"):
        barred |= Q(channel=channel, lane=lane) if lane else Q(channel=channel)
    return barred


def _stopped(row: Shard, left: list[int], now: datetime) -> dict[int, datetime]:
    """Those of a mixed shard whose own lane is stopped, and when to look again."""
    lanes = set(Hold.objects.filter(channel=row.channel).exclude(lane="").values_list("lane", flat=True))
    if row.lane or not lanes or row.priority == Shard.Priority.WITHDRAWAL:
        return {}
    lane = KNOWN[row.channel].lane
    rows = Endpoint.objects.filter(pk__in=left).values_list("pk", "address")
    return {pk: now + _LATER for pk, address in rows if lane(address) in lanes}


def _resting(row: Shard, left: list[int], now: datetime) -> dict[int, datetime]:
    """Those whose own quiet hours it is, and when these end."""
    if row.priority == Shard.Priority.WITHDRAWAL:
        return {}
    wishing = Endpoint.objects.filter(pk__in=left, wishes__isnull=False).values_list("pk", "wishes")
    ends = {pk: quiet.not_before(wishes or {}, now) for pk, wishes in wishing}
    return {pk: end for pk, end in ends.items() if end is not None}


def _left_alone(row: Shard, left: list[int], now: datetime) -> dict[int, datetime]:
    """Those that have failed too often, and when one attempt may be made. What is taken back is tried all the same."""
    if row.channel != breakers.CHANNEL or row.priority == Shard.Priority.WITHDRAWAL:
        return {}
    return breakers.waiting(left, now)


def _due(row: Shard, left: list[int], now: datetime) -> datetime:
    """The earliest moment with something to do: a retry, or the turn of one who waits for an older entry."""
    retries = dict(Retry.objects.filter(shard=row, endpoint__in=left).values_list("endpoint_id", "due_at"))
    due: dict[int, datetime] = {}
    for waits in (
        _waiting_for_older(row, set(left), now),
        _stopped(row, left, now),
        _resting(row, left, now),
        _left_alone(row, left, now),
        retries,
    ):
        # Whoever waits for several things waits for the last of them.
        due |= {endpoint: max(at, due.get(endpoint, at)) for endpoint, at in waits.items()}
    times = [due.get(endpoint, now) for endpoint in left]
    first = min(times, default=now)
    # Each pass over a shard has its cost.
    return first if first <= now else min(first + _GATHER, max(times))


def _superseded(row: Shard, canceled_by: int | None, langs: set[str]) -> dict[str, int]:
    """What planning wrote down; and the log's own word, which may be ahead of it."""
    return dict(row.superseded) if canceled_by is None else dict.fromkeys(langs, canceled_by)


def _loaded(row: Shard, now: datetime) -> Claim:
    entry = log.tail(row.seq - 1, 1)[0]
    superseded = _superseded(row, entry.canceled_by, {lang for _, lang in shards.frozen(row)})
    due = [each for each in shards.remaining(row) if each[1] not in superseded]
    later = set(Retry.objects.filter(shard=row, due_at__gt=now).values_list("endpoint_id", flat=True))
    wanted = {endpoint for endpoint, _ in due}
    waiting = later | _waiting_for_older(row, wanted, now).keys() | _stopped(row, list(wanted), now).keys()
    waiting |= _resting(row, list(wanted), now).keys() | _left_alone(row, list(wanted), now).keys()
    ready = [each for each in due if each[0] not in waiting]
    if row.channel == breakers.CHANNEL and row.priority != Shard.Priority.WITHDRAWAL:
        lost = breakers.probe([endpoint for endpoint, _ in ready], now)
        ready = [each for each in ready if each[0] not in lost]
    urgent = row.priority == Shard.Priority.WITHDRAWAL
    to = _recipients(row, entry, ready, now)
    return Claim(row.pk, row.seq, row.channel, row.lane, urgent, row.epoch, entry, to, superseded)


def _waiting_for_older(row: Shard, wanted: set[int], now: datetime) -> dict[int, datetime]:
    """Those to whom an older entry of the story is still owed, and when to look again: none overtakes another.

    What is superseded and held by nobody is not sent any more, so nobody waits for it.
    """
    found: dict[int, datetime] = {}
    for older in _older(row):
        again = max(older.due_at, now + _SOON)
        held = older.lease_until > now
        owed = {
            each for each, lang in shards.frozen(older) if each in wanted and (held or lang not in older.superseded)
        }
        if owed:
            waits = owed.intersection(endpoint for endpoint, _ in shards.remaining(older))
            found |= {endpoint: max(again, found.get(endpoint, again)) for endpoint in waits}
    return found


def _older(row: Shard) -> QuerySet[Shard]:
    """The open shards of older entries of the story that may have the same recipients: a lane's stay in it."""
    older = Shard.objects.filter(guid=row.guid, seq__lt=row.seq, channel=row.channel, state=Shard.State.OPEN)
    return older.filter(lane__in=["", row.lane]) if row.lane else older


def _recipients(row: Shard, entry: Entry, ready: list[tuple[int, str]], now: datetime) -> list[Recipient]:
    """Plain tuples, and no model for each: a shard of 500 is read in a few milliseconds."""
    rows = Endpoint.objects.filter(pk__in=[endpoint for endpoint, _ in ready]).values_list(*_COLUMNS)
    known = {found[0]: found for found in rows}
    attempts = dict(Retry.objects.filter(shard=row).values_list("endpoint_id", "attempts"))
    key = endpoints.secrets_key()
    ids = Ids(entry, row.channel)
    found = [_recipient(known[endpoint], lang, attempts.get(endpoint, 0), ids, key, now) for endpoint, lang in ready]
    if row.priority != Shard.Priority.WITHDRAWAL:
        wishing = {pk: values[-1] for pk, values in known.items() if values[-1]}
        _cap(found, wishing, row, now)
        for to in found:
            to.gathered_until = quiet.digest_at(wishing.get(to.endpoint, {}), now)
    return found


def _cap(recipients: list[Recipient], wishes: Mapping[int, Mapping[str, str]], row: Shard, now: datetime) -> None:
    """Who has had as much today as he wants gets no more, and the ledger says so."""
    going = caps.under_way(row, now) if any("cap" in wished for wished in wishes.values()) else {}
    for to in recipients:
        why = caps.over(to.endpoint, wishes.get(to.endpoint, {}), going, now)
        if to.barred is None and why:
            to.barred = Answer(Meaning.DECLINED, why)


class Ids:
    """The ids of the messages that carry an entry by one channel, and of those that carried what it supersedes."""

    def __init__(self, entry: Entry, channel: str) -> None:
        self._origin, self._channel = settings.DATELINE_WIRE.origin, channel
        self._seq, self._before = entry.seq, entry.header["supersedes"]

    def of(self, name: str) -> str:
        return message_id(self._origin, self._seq, name, self._channel)

    def before(self, name: str) -> str:
        return message_id(self._origin, self._before, name, self._channel) if self._before else ""


def _recipient(row: tuple[Any, ...], lang: str, attempts: int, ids: Ids, key: bytes, now: datetime) -> Recipient:
    pk, name, address, secret, options, concurrency, state, ended_why, lease_until, until, why, _ = row
    return Recipient(
        endpoint=pk,
        name=name,
        address=address,
        secret=endpoints.open_secret(name, secret, key),
        concurrency=concurrency,
        lang=lang,
        attempts=attempts,
        message=ids.of(name),
        before=ids.before(name),
        barred=barred(state, ended_why, lease_until, (until, why), now),
        options=options,
    )
