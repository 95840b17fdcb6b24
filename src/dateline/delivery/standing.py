"""How one recipient stands with one entry: has it, is owed it, or is not, and why."""

from datetime import datetime

from dateline.delivery import breakers, digests, quiet, shards
from dateline.delivery.models import Endpoint, Hold, Letter, Outcome, Retry, Shard
from dateline.routing.explain import Reader, explained
from dateline.wire import log
from dateline.words.entry import Entry
from dateline.words.told import Told

_NEXT = Told("Owed, and waiting for its turn.")
_STATES: dict[str, Told] = {
    "waiting": Told("waiting"),
    Letter.State.DELIVERED: Told("delivered"),
    Letter.State.FAILED: Told("failed"),
    Letter.State.CANCELED: Told("canceled"),
    Letter.State.DECLINED: Told("declined"),
    Endpoint.State.UNCONFIRMED: Told("unconfirmed"),
    Endpoint.State.PAUSED: Told("paused"),
    Endpoint.State.ENDED: Told("ended"),
}


def of(seq: int, endpoint: Endpoint, now: datetime) -> Told:
    """One sentence."""
    entry = log.tail(seq - 1, 1)
    final = Outcome.objects.filter(seq=seq, endpoint=endpoint).exclude(result=Outcome.Result.DEFERRED)
    last, shard = final.order_by("pk").last(), _open_shard(seq, endpoint)
    if shard is not None:
        return _owed(shard, endpoint, now)
    if last is not None:
        return _came_of(last)
    if not entry or entry[0].seq != seq:
        return Told("There is no entry {seq}.", {"seq": seq})
    return Told("It was not owed entry {seq}: {why}", {"seq": seq, "why": _why(endpoint, entry[0])})


def _came_of(last: Outcome) -> Told:
    values = {"result": last.get_result_display(), "time": f"{last.at:%Y-%m-%d %H:%M:%S}", "said": last.evidence}
    if last.result != Outcome.Result.GATHERED:
        return Told("{result} at {time} UTC: {said}", values)
    state, evidence, _ = digests.came_of(last)
    gathered = {**values, "state": _STATES[state], "said": evidence}
    return Told("{result} since {time} UTC, which is {state}: {said}", gathered)


def _open_shard(seq: int, endpoint: Endpoint) -> Shard | None:
    rows = Shard.objects.filter(seq=seq, channel=endpoint.channel, state=Shard.State.OPEN)
    return next((row for row in rows if any(pk == endpoint.pk for pk, _ in shards.remaining(row))), None)


def _owed(shard: Shard, endpoint: Endpoint, now: datetime) -> Told:
    retry = Retry.objects.filter(shard=shard, endpoint=endpoint).first()
    if retry is not None:
        values = {"time": f"{retry.due_at:%H:%M:%S}", "said": retry.error}
        return Told("Owed; to be tried again at {time} UTC. So far: {said}", values)
    held = Hold.objects.filter(channel=shard.channel, lane__in=["", shard.lane]).first()
    if held is not None:
        return Told("Owed, and paused by {by}.", {"by": held.by})
    if shard.lease_until > now:
        return Told("Owed, and being sent now.")
    return _waits(endpoint, now) if shard.priority != Shard.Priority.WITHDRAWAL else _NEXT


def _waits(endpoint: Endpoint, now: datetime) -> Told:
    if morning := quiet.not_before(endpoint.wishes or {}, now):
        values = {"time": f"{morning:%H:%M}"}
        return Told("Owed, and kept through the reader's quiet hours until {time} UTC.", values)
    if probe := breakers.left_alone_until(endpoint):
        return Told(
            "Owed, and kept while the webhook is left alone: it has failed too often. It is tried at {time}.",
            {"time": probe},
        )
    return _NEXT


def _why(endpoint: Endpoint, entry: Entry) -> Told:
    of = endpoint.subscriber
    reader = Reader(tuple(of.languages), frozenset(of.groups), of.profile.documents(), of.paused)
    told = explained(reader, entry)
    return _not_then(endpoint, entry) if told.gets else told.why


def _not_then(endpoint: Endpoint, entry: Entry) -> Told:
    """Its rules fit as they are now, and it was not owed it all the same."""
    if endpoint.made_at > entry.released_at:
        return Told("it was added later.")
    if endpoint.suppressed_why:
        return Told("its address gets nothing ({said}).", {"said": endpoint.suppressed_why})
    if endpoint.state == Endpoint.State.ACTIVE:
        return Told("it was paused or not confirmed, or its rules were others then.")
    return Told("it is {state}.", {"state": _STATES[endpoint.state]})
