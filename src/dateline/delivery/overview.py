"""What the ledger looks like at this moment, a line for each channel and lane."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Sum

from dateline.delivery.models import Hold, Outcome, Shard

_LATELY = timedelta(minutes=1)


@dataclass(slots=True)
class Line:
    """What is owed in a lane, how long the longest is overdue (seconds), and what came of attempts in the last minute.

    `held` says who has stopped it, and since when; empty: nobody.
    """

    channel: str
    lane: str
    owed: int = 0
    oldest_due_seconds: float = 0.0
    delivered: int = 0
    failed: int = 0
    declined: int = 0
    deferred: int = 0
    held: str = ""


def lines(now: datetime) -> list[Line]:
    """The lanes with anything owed, done lately, or stopped; by channel, the most owed first."""
    found: dict[tuple[str, str], Line] = {}

    def line(channel: str, lane: str) -> Line:
        return found.setdefault((channel, lane), Line(channel, lane))

    opened = Shard.objects.filter(state=Shard.State.OPEN).order_by().values("channel", "lane")
    for row in opened.annotate(owed=Sum("left"), oldest=Min("due_at")):
        one = line(row["channel"], row["lane"])
        one.owed = row["owed"]
        one.oldest_due_seconds = max((now - row["oldest"]).total_seconds(), 0.0)
    for (channel, lane), counts in _lately(now).items():
        one = line(channel, lane)
        one.delivered, one.failed = counts["delivered"], counts["failed"]
        one.declined, one.deferred = counts["declined"], counts["deferred"]
    for hold in Hold.objects.all():
        line(hold.channel, hold.lane).held = f"{hold.by}, {hold.at:%Y-%m-%d %H:%M} UTC"
    return sorted(found.values(), key=lambda each: (each.channel, -each.owed, each.lane))


@dataclass(frozen=True, slots=True)
class OwedEntry:
    """An entry with anything owed: by which signal it came, and to how many it is owed."""

    seq: int
    signal: str
    owed: int


def entries(most: int) -> list[OwedEntry]:
    """The newest entries with anything owed, newest first."""
    opened = Shard.objects.filter(state=Shard.State.OPEN).order_by("-seq").values("seq", "signal")
    return [OwedEntry(row["seq"], row["signal"], row["owed"]) for row in opened.annotate(owed=Sum("left"))[:most]]


def _lately(now: datetime) -> dict[tuple[str, str], dict[str, int]]:
    """(channel, lane) → result → how many attempts in the last minute."""
    found: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    rows = Outcome.objects.filter(at__gt=now - _LATELY).order_by().values("shard__channel", "shard__lane", "result")
    for row in rows.annotate(count=Count("pk")):
        found[row["shard__channel"], row["shard__lane"]][row["result"]] = row["count"]
    return found
