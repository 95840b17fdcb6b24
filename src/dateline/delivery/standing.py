"""How one recipient stands with one entry: has it, is owed it, or is not, and why."""

from datetime import datetime

from dateline.delivery import breakers, digests, quiet, shards
from dateline.delivery.models import Endpoint, Hold, Outcome, Retry, Shard
from dateline.routing.explain import Reader, explained
from dateline.wire import log
from dateline.words.entry import Entry

_NEXT = "Owed, and waiting for its turn."


def of(seq: int, endpoint: Endpoint, now: datetime) -> str:
    """One sentence. NotFound if there is no such entry."""
    entry = log.tail(seq - 1, 1)
    final = Outcome.objects.filter(seq=seq, endpoint=endpoint).exclude(result=Outcome.Result.DEFERRED)
    last, shard = final.order_by("pk").last(), _open_shard(seq, endpoint)
    if shard is not None:
        return _owed(shard, endpoint, now)
    if last is not None:
        return _came_of(last)
    if not entry or entry[0].seq != seq:
        return f"There is no entry {seq}."
    return f"It was not owed entry {seq}: {_why(endpoint, entry[0])}"


def _came_of(last: Outcome) -> str:
    if last.result != Outcome.Result.GATHERED:
        return f"{last.get_result_display()} at {last.at:%Y-%m-%d %H:%M:%S} UTC: {last.evidence}"
    state, evidence, at = digests.came_of(last)
    return f"{last.get_result_display()} since {at:%Y-%m-%d %H:%M:%S} UTC, which is {state}: {evidence}"


def _open_shard(seq: int, endpoint: Endpoint) -> Shard | None:
    rows = Shard.objects.filter(seq=seq, channel=endpoint.channel, state=Shard.State.OPEN)
    return next((row for row in rows if any(pk == endpoint.pk for pk, _ in shards.remaining(row))), None)


def _owed(shard: Shard, endpoint: Endpoint, now: datetime) -> str:
    retry = Retry.objects.filter(shard=shard, endpoint=endpoint).first()
    if retry is not None:
        return f"Owed; to be tried again at {retry.due_at:%H:%M:%S} UTC. So far: {retry.error}"
    held = Hold.objects.filter(channel=shard.channel, lane__in=["", shard.lane]).first()
    if held is not None:
        return f"Owed, and paused by {held.by}."
    if shard.lease_until > now:
        return "Owed, and being sent now."
    return _waits(endpoint, now) if shard.priority != Shard.Priority.WITHDRAWAL else _NEXT


def _waits(endpoint: Endpoint, now: datetime) -> str:
    if morning := quiet.not_before(endpoint.wishes or {}, now):
        return f"Owed, and kept through the reader's quiet hours until {morning:%H:%M} UTC."
    if probe := breakers.left_alone_until(endpoint):
        return f"Owed, and kept while the webhook is left alone: it has failed too often. It is tried at {probe}."
    return _NEXT


def _why(endpoint: Endpoint, entry: Entry) -> str:
    of = endpoint.subscriber
    reader = Reader(tuple(of.languages), frozenset(of.groups), of.profile.documents(), of.paused)
    told = explained(reader, entry)
    return _not_then(endpoint, entry) if told["gets"] else str(told["why"])


def _not_then(endpoint: Endpoint, entry: Entry) -> str:
    """Its rules fit as they are now, and it was not owed it all the same."""
    if endpoint.made_at > entry.released_at:
        return "it was added later."
    if endpoint.suppressed_why:
        return f"its address gets nothing ({endpoint.suppressed_why})."
    if endpoint.state == Endpoint.State.ACTIVE:
        return "it was paused or not confirmed, or its rules were others then."
    return f"it is {endpoint.state}."
