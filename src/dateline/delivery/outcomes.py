"""Writing down what came of attempts: many at a time, in one transaction, fenced by the shard's epoch."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from dateline.delivery import breakers, digests, owners, suppression
from dateline.delivery.deciding import printable
from dateline.delivery.models import NEVER, Endpoint, Outcome, Retry, Shard, Suppression
from dateline.delivery.shards import COLUMNS
from dateline.wire import bulk


@dataclass(slots=True)
class Attempt:
    """What came of one attempt. `due_at` is set where it is to be tried again; `ends` where the endpoint ends.

    `sent` is false where it was only put off: that is no outcome.
    """

    shard: int
    epoch: int
    seq: int
    endpoint: int
    number: int
    result: str
    evidence: str
    at: datetime
    ms: int
    due_at: datetime | None = None
    ends: bool = False
    sent: bool = True
    nobody: bool = False
    # The language, and when the digest is due that it goes in.
    gathered: tuple[str, datetime] | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """How many attempts were dropped because another worker holds their shard by now; which shards are done."""

    dropped: int
    done: frozenset[int]


@transaction.atomic
def record(attempts: Sequence[Attempt]) -> Recorded:
    """Append them, and let go of the shards in which nobody is left."""
    locked = Shard.objects.select_for_update().filter(pk__in={each.shard for each in attempts}).order_by("pk")
    # Without the recipients, which are most of a row.
    rows = {row.pk: row for row in locked.only("epoch", "left", "channel")}
    ours = [each for each in attempts if each.shard in rows and rows[each.shard].epoch == each.epoch]
    bulk.insert(Outcome, COLUMNS, [_row(each) for each in ours if each.sent])
    digests.gather([(each.endpoint, each.seq, *each.gathered) for each in ours if each.gathered])
    _retry(ours)
    if to_webhooks := [each for each in ours if rows[each.shard].channel == breakers.CHANNEL]:
        _break(to_webhooks)
    done = _settle([each for each in ours if each.due_at is None], rows)
    _end({each.endpoint: each for each in ours if each.ends})
    for each in ours:
        if each.nobody:
            suppression.of_endpoint(each.endpoint, Suppression.Reason.BOUNCE, each.evidence, each.at)
    return Recorded(len(attempts) - len(ours), done)


def _row(attempt: Attempt) -> tuple[Any, ...]:
    """The values of `COLUMNS`."""
    return (
        attempt.shard,
        attempt.seq,
        attempt.endpoint,
        attempt.number,
        str(attempt.result),
        printable(attempt.evidence),
        attempt.at,
        attempt.ms,
    )


def _break(attempts: Iterable[Attempt]) -> None:
    sent = [each for each in attempts if each.sent]
    failed = [(each.endpoint, each.at, each.evidence) for each in sent if each.result == Outcome.Result.DEFERRED]
    breakers.note(failed, {each.endpoint for each in sent if each.result == Outcome.Result.DELIVERED})


def _end(gone: Mapping[int, Attempt]) -> None:
    """End those that want nothing more. One that has ended already keeps its reason, and nobody is told again."""
    for pk, attempt in gone.items():
        open_ = Endpoint.objects.filter(pk=pk).exclude(state=Endpoint.State.ENDED)
        if open_.update(state=Endpoint.State.ENDED, ended_why=printable(attempt.evidence)[:200]):
            owners.ended(pk, attempt.at)


def _retry(attempts: Iterable[Attempt]) -> None:
    rows = [
        Retry(
            shard_id=each.shard,
            endpoint_id=each.endpoint,
            due_at=each.due_at,
            attempts=each.number,
            error=printable(each.evidence),
        )
        for each in attempts
        if each.due_at is not None
    ]
    Retry.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["shard", "endpoint"],
        update_fields=["due_at", "attempts", "error"],
    )


def _settle(final: Sequence[Attempt], rows: Mapping[int, Shard]) -> frozenset[int]:
    """Count down what is left, and forget the retries of those that are final; the shards that are done with it."""
    finished: dict[int, list[int]] = defaultdict(list)
    for each in final:
        finished[each.shard].append(each.endpoint)
    for pk in Retry.objects.filter(shard__in=finished).values_list("shard", flat=True).distinct():
        Retry.objects.filter(shard=pk, endpoint__in=finished[pk]).delete()
    left = {pk: rows[pk].left - len(endpoints) for pk, endpoints in finished.items()}
    bulk.update(Shard, '"left" = %s WHERE id = %s', [(count, pk) for pk, count in left.items() if count])
    done = frozenset(pk for pk, count in left.items() if not count)
    Shard.objects.filter(pk__in=done).update(left=0, state=Shard.State.DONE, lease_until=NEVER)
    return done
