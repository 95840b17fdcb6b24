"""Webhooks that are left alone, as rows: written on failures and at the first success after them, else never."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.db import transaction

from dateline.delivery import breaking, owners
from dateline.delivery.models import Breaker, Endpoint, Retry, Shard
from dateline.intake import bell
from dateline.wire import bulk
from dateline.words import clock

CHANNEL = "webhook"


def note(failed: Iterable[tuple[int, datetime, str]], delivered: Collection[int]) -> None:
    """What a batch of attempts says: (endpoint, when, evidence) of what is to be tried again, and those that took it.

    With nothing failing anywhere it costs one look into an empty table. Within the caller's transaction, in which the
    owner of one that is left alone from now on, or is well again, is owed a mail.
    """
    failures = sorted(failed)
    Breaker.objects.bulk_create(
        [Breaker(endpoint_id=pk, failures=0, since=at) for pk, at, _ in failures], ignore_conflicts=True
    )
    if not failures and not Breaker.objects.exists():
        return
    touched = {pk for pk, _, _ in failures} | set(delivered)
    # In one order, so that two workers never wait for each other.
    rows = Breaker.objects.select_for_update().filter(endpoint__in=touched).order_by("endpoint_id")
    known = {row.endpoint_id: row for row in rows}
    for pk, at, said in failures:
        if pk not in delivered:
            _keep(known[pk], breaking.failed(_read(known[pk]), at), at, said)
    well = [row for pk, row in known.items() if pk in delivered]
    Breaker.objects.filter(pk__in=[row.pk for row in well]).delete()
    if opened := [row.endpoint_id for row in well if row.probe_at]:
        for pk in opened:
            owners.well_again(pk, clock.now())
        transaction.on_commit(lambda: _wake(opened))


def waiting(endpoints: Collection[int], now: datetime) -> dict[int, datetime]:
    """Those that are left alone now, and when they may be asked again."""
    rows = Breaker.objects.filter(bulk.among("endpoint_id", endpoints), probe_at__gt=now)
    return {pk: at for pk, at in rows.values_list("endpoint_id", "probe_at") if at}


def left_alone_until(endpoint: Endpoint) -> str | None:
    """When it is asked next; None: it is not left alone."""
    at = Breaker.objects.filter(endpoint=endpoint).values_list("probe_at", flat=True).first()
    return clock.printed(at) if at else None


def probe(endpoints: Collection[int], now: datetime) -> set[int]:
    """Take the one probe of each whose time has come; those whose probe somebody else has taken meanwhile."""
    lost = set()
    for row in Breaker.objects.filter(bulk.among("endpoint_id", endpoints), probe_at__lte=now):
        after = breaking.probing(breaking.Row(row.failures, row.since, _pause(row), row.probe_at), now)
        mine = Breaker.objects.filter(pk=row.pk, probe_at=row.probe_at)
        if not mine.update(probe_at=after.probe_at, pause=after.pause.total_seconds()):
            lost.add(row.endpoint_id)
    return lost


def _read(row: Breaker) -> breaking.Row | None:
    return breaking.Row(row.failures, row.since, _pause(row), row.probe_at) if row.failures else None


def _pause(row: Breaker) -> timedelta:
    return timedelta(seconds=row.pause)


def _keep(row: Breaker, after: breaking.Row, at: datetime, said: str) -> None:
    opens = row.probe_at is None and after.probe_at is not None
    row.failures, row.since, row.probe_at = after.failures, after.since, after.probe_at
    row.save(update_fields=["failures", "since", "probe_at"])
    if opens:
        owners.left_alone(row.endpoint_id, after.since, said, at)


def _wake(endpoints: list[int]) -> None:
    """What waited for them goes out now. One row at a time: nobody is kept waiting by a lock on many."""
    now = clock.now()
    Retry.objects.filter(endpoint__in=endpoints, due_at__gt=now).update(due_at=now)
    resting = Shard.objects.filter(state=Shard.State.OPEN, channel=CHANNEL, due_at__gt=now)
    for pk in resting.values_list("pk", flat=True):
        Shard.objects.filter(pk=pk).update(due_at=now)
    bell.ring("delivery")
