"""Reading the ledger: what was owed of a story, and what came of it."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from django.db.models import Count, Min, Sum

from dateline.delivery import digests, shards
from dateline.delivery.deciding import message_id
from dateline.delivery.models import Cursor, Endpoint, Gathered, Letter, Outcome, Retry, Shard
from dateline.delivery.planning import READER
from dateline.wire import log

# States of a receipt beside the results of a final outcome: to be tried again, or not yet tried.
RETRYING, WAITING = "retrying", "waiting"
K = TypeVar("K", str, int)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What came of one entry at one recipient. `recipient` is an outlet's name or a journalist's pseudonym.

    `state` is `delivered`, `failed`, `declined` (its reader does not want it), `superseded`, `canceled`, `retrying`
    or `waiting`; `evidence` what the other end said last.
    """

    seq: int
    signal: str
    channel: str
    recipient: str
    kind: str
    country: str
    lang: str
    state: str
    attempts: int
    evidence: str
    at: datetime | None
    ms: int
    message: str


@dataclass(slots=True)
class Tally:
    """Counts of receipts. `owed` is all of them; the others add up to it."""

    owed: int = 0
    delivered: int = 0
    failed: int = 0
    declined: int = 0
    retrying: int = 0
    superseded: int = 0
    canceled: int = 0
    waiting: int = 0

    def count(self, state: str) -> None:
        self.owed += 1
        setattr(self, state, getattr(self, state) + 1)


@dataclass(frozen=True, slots=True)
class Account:
    """A story's receipts, and their counts in all and by channel, country, language and entry (seq)."""

    receipts: tuple[Receipt, ...]
    total: Tally
    by_channel: dict[str, Tally]
    by_country: dict[str, Tally]
    by_language: dict[str, Tally]
    by_entry: dict[int, Tally]
    first_delivered: datetime | None
    last_delivered: datetime | None


@dataclass(frozen=True, slots=True)
class Totals:
    """The whole ledger, for watching: what is owed now, how long the longest is overdue (seconds), and all outcomes.

    `behind` counts the entries of the log that are not planned yet.
    """

    owed: int
    oldest_due_seconds: float
    retrying: int
    behind: int
    outcomes: dict[str, int] = field(default_factory=dict)


def account(guid: str, origin: str) -> Account:
    """Everything about one story. `origin` is the wire's, of which message ids are made."""
    rows = tuple(receipts(guid, origin))
    delivered = [row.at for row in rows if row.state == Outcome.Result.DELIVERED and row.at]
    total = Tally()
    for row in rows:
        total.count(row.state)
    return Account(
        receipts=rows,
        total=total,
        by_channel=_tallies(rows, lambda row: row.channel),
        by_country=_tallies(rows, lambda row: row.country),
        by_language=_tallies(rows, lambda row: row.lang),
        by_entry=_tallies(rows, lambda row: row.seq),
        first_delivered=min(delivered, default=None),
        last_delivered=max(delivered, default=None),
    )


def receipts(guid: str, origin: str) -> list[Receipt]:
    """One a recipient and entry, in the order of the log; within an entry by recipient."""
    found: dict[str, Receipt] = {}
    for shard in Shard.objects.filter(guid=guid).order_by("seq", "pk"):
        # The newest shard's, where it was sent again.
        found |= {receipt.message: receipt for receipt in _of_shard(shard, origin)}
    return sorted(found.values(), key=lambda row: (row.seq, row.channel, row.recipient))


def totals(now: datetime) -> Totals:
    """For `/metrics`."""
    opened = Shard.objects.filter(state=Shard.State.OPEN)
    counted = Outcome.objects.order_by().values_list("result").annotate(count=Count("pk"))
    return Totals(
        owed=opened.aggregate(owed=Sum("left"))["owed"] or 0,
        oldest_due_seconds=overdue(now),
        retrying=Retry.objects.count(),
        behind=behind(),
        outcomes=dict.fromkeys(Outcome.Result.values, 0) | dict(counted),
    )


def overdue(now: datetime) -> float:
    """How long the longest is overdue, in seconds: a delivery, a digest, a letter, or an entry nobody has planned."""
    since = (
        Shard.objects.filter(state=Shard.State.OPEN).aggregate(at=Min("due_at"))["at"],
        Letter.objects.filter(state=Letter.State.OWED).aggregate(at=Min("due_at"))["at"],
        Gathered.objects.filter(letter=None).aggregate(at=Min("due_at"))["at"],
        next((entry.released_at for entry in log.tail(_planned(), 1)), None),
    )
    return max(((now - at).total_seconds() for at in since if at is not None and at < now), default=0.0)


def behind() -> int:
    """How many entries of the log are not planned yet."""
    return max(log.size() - _planned(), 0)


def _planned() -> int:
    return Cursor.objects.filter(reader=READER).values_list("seq", flat=True).first() or 0


def _of_shard(shard: Shard, origin: str) -> list[Receipt]:
    final = Outcome.objects.filter(shard=shard).exclude(result=Outcome.Result.DEFERRED)
    outcomes = {row.endpoint_id: row for row in final}
    retries = {row.endpoint_id: row for row in Retry.objects.filter(shard=shard)}
    owed = shards.frozen(shard)
    known = Endpoint.objects.select_related("subscriber").in_bulk([endpoint for endpoint, _ in owed])
    for row in outcomes.values():
        if row.result == Outcome.Result.GATHERED:
            row.result, row.evidence, row.at = digests.came_of(row)
    return [
        _receipt(shard, origin, known[endpoint], lang, outcomes.get(endpoint), retries.get(endpoint))
        for endpoint, lang in owed
    ]


def _receipt(
    shard: Shard, origin: str, endpoint: Endpoint, lang: str, outcome: Outcome | None, retry: Retry | None
) -> Receipt:
    state = outcome.result if outcome else RETRYING if retry else WAITING
    return Receipt(
        seq=shard.seq,
        signal=shard.signal,
        channel=shard.channel,
        recipient=endpoint.subscriber.shown_as,
        kind=endpoint.subscriber.kind,
        country=endpoint.subscriber.country,
        lang=lang,
        state=state,
        attempts=outcome.attempt if outcome else retry.attempts if retry else 0,
        evidence=outcome.evidence if outcome else retry.error if retry else "",
        at=outcome.at if outcome else None,
        ms=outcome.ms if outcome else 0,
        message=message_id(origin, shard.seq, endpoint.name, endpoint.channel),
    )


def _tallies(rows: Iterable[Receipt], key: Callable[[Receipt], K]) -> dict[K, Tally]:
    found: dict[K, Tally] = defaultdict(Tally)
    for row in rows:
        found[key(row)].count(row.state)
    return dict(found)
