"""Recovering a webhook that was down: all that failed there since a moment is owed again, under the same ids."""

from datetime import datetime

from django.db.models import Max

from dateline.delivery import control
from dateline.delivery.models import Endpoint, Outcome, Shard
from dateline.delivery.shards import remaining
from dateline.words.errors import BadInput, Conflict, Fault

# Enough for a week of a busy wire; who lacks more reads the log itself.
MOST = 1000


def recover(endpoint: Endpoint, since: datetime, now: datetime) -> list[int]:
    """Owe it again every entry of which its last outcome since then is a failure; their numbers, the oldest first.

    What it has is not sent twice, and what a newer entry took the place of is left out: that newer one is owed too.
    BadInput for a moment to come, or if there are more than `MOST`; Conflict if it has ended.
    """
    if since > now:
        raise BadInput([Fault("future", "This moment is still to come.", "/since", "Give one that is past.")])
    _open(endpoint, now)
    seqs = _failed(endpoint, since)
    if len(seqs) > MOST:
        what = f"More than {MOST} entries failed since then."
        raise BadInput([Fault("too-many", what, "/since", "Give a later moment, or read /api/v1/wire.")])
    return [seq for seq in seqs if not _under_way(seq, endpoint) and _again(seq, endpoint, now)]


def replay(endpoint: Endpoint, seq: int, now: datetime) -> None:
    """Owe it one entry again, whatever came of it, under the same id.

    BadInput if it never was owed it, Conflict if that is under way, if a newer one took its place, or if it has ended.
    """
    _open(endpoint, now)
    if _under_way(seq, endpoint):
        raise Conflict([Fault("under-way", f"Entry {seq} is on its way there already.", "/seq", "Wait for it.")])
    if not Outcome.objects.filter(endpoint=endpoint, seq=seq).exists():
        what = f"Entry {seq} was never owed there."
        raise BadInput([Fault("not-owed", what, "/seq", "Give the number of one that its attempts name.")])
    control.resend(seq, now=now, to=endpoint)


def _open(endpoint: Endpoint, now: datetime) -> None:
    if barred := endpoint.barred(now):
        raise Conflict([Fault("ended", f"Nothing is sent there any more: {barred.evidence}.", "/name", "Add it anew.")])


def _under_way(seq: int, endpoint: Endpoint) -> bool:
    """Who asks twice is not sent it twice."""
    rows = Shard.objects.filter(seq=seq, channel=endpoint.channel, state=Shard.State.OPEN)
    return any(pk == endpoint.pk for row in rows for pk, _ in remaining(row))


def _failed(endpoint: Endpoint, since: datetime) -> list[int]:
    """Of each entry the newest final outcome counts."""
    final = Outcome.objects.filter(endpoint=endpoint, at__gte=since).exclude(result=Outcome.Result.DEFERRED)
    newest = final.values("seq").annotate(newest=Max("pk")).values("newest")
    lacking = Outcome.objects.filter(pk__in=newest, result=Outcome.Result.FAILED).order_by("seq")
    return list(lacking.values_list("seq", flat=True)[: MOST + 1])


def _again(seq: int, endpoint: Endpoint, now: datetime) -> bool:
    try:
        return bool(control.resend(seq, now=now, to=endpoint))
    except Conflict:
        return False
