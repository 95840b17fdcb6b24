"""When an endpoint that does not answer is left alone, and how often it is asked again. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

# In a row, and over so long: a receiver that restarts under a burst has not gone.
FAILURES, OVER = 10, timedelta(minutes=5)
FIRST, LONGEST = timedelta(minutes=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Row:
    """Failures in a row and when the first was. `probe_at`: open, and one attempt may be made then; None: closed."""

    failures: int
    since: datetime
    pause: timedelta = FIRST
    probe_at: datetime | None = None


def failed(row: Row | None, at: datetime) -> Row:
    """After one more failure. While it is open its probes are spaced by `probing` alone."""
    if row is None:
        return Row(1, at)
    if row.probe_at is not None:
        return row
    count = row.failures + 1
    opens = count >= FAILURES and at - row.since >= OVER
    return replace(row, failures=min(count, 30000), probe_at=at + row.pause if opens else None)


def probing(row: Row, now: datetime) -> Row:
    """After its one probe was let through: when the next may be, each time twice as long, an hour at most."""
    pause = min(row.pause * 2, LONGEST)
    return replace(row, pause=pause, probe_at=now + pause)
