"""How many mails a reader has had today, and what follows for the next one."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from dateline.delivery import quiet, shards
from dateline.delivery.models import Endpoint, Letter, Outcome, Shard
from dateline.wire import bulk

Wishing = Mapping[int, quiet.Wishes]


def over(of: Shard, wishing: Wishing, now: datetime) -> dict[int, str]:
    """Endpoint → why this shard is one too many for it today. What goes in a digest is no mail yet."""
    capped = {pk: wishes for pk, wishes in wishing.items() if "cap" in wishes and not wishes.get("digest")}
    if not capped:
        return {}
    # Read before what has come of it: what is written down meanwhile is in both, and counts once.
    shards_to = _under_way(of, capped, now)
    for endpoint, shard in _delivered(capped, now):
        shards_to[endpoint].add(shard)
    gone_out = _digests(capped, now)
    had = {pk: len(shards_to[pk]) + gone_out[pk] for pk in capped}
    return {pk: why for pk, wishes in capped.items() if (why := quiet.over(wishes, had[pk]))}


def digest_waits(endpoint: Endpoint, now: datetime) -> datetime | None:
    """When a digest that is due goes instead, if its reader has had enough mails today; None: now."""
    wishes = endpoint.wishes or {}
    wishing = {endpoint.pk: wishes}
    had = sum(1 for _ in _delivered(wishing, now)) + _digests(wishing, now)[endpoint.pk]
    if not quiet.over(wishes, had):
        return None
    tomorrow = quiet.next_day(wishes, now)
    return quiet.digest_at(wishes, tomorrow) or tomorrow


def _under_way(of: Shard, endpoints: Collection[int], now: datetime) -> defaultdict[int, set[int]]:
    """Endpoint → in which shards of other entries it is being sent to now: of a burst none has an outcome yet."""
    held = Shard.objects.filter(channel=of.channel, state=Shard.State.OPEN, lease_until__gt=now)
    found: defaultdict[int, set[int]] = defaultdict(set)
    for row in held.exclude(seq=of.seq):
        for endpoint, _ in shards.remaining(row):
            if endpoint in endpoints:
                found[endpoint].add(row.pk)
    return found


def _delivered(wishing: Wishing, now: datetime) -> Iterator[tuple[int, int]]:
    """(endpoint, shard) of what each has had since his own day began."""
    began = {pk: quiet.day_began(wishes, now) for pk, wishes in wishing.items()}
    rows = Outcome.objects.filter(
        bulk.among("endpoint_id", wishing), result=Outcome.Result.DELIVERED, at__gte=min(began.values())
    )
    for endpoint, shard, at in rows.values_list("endpoint_id", "shard_id", "at"):
        if at >= began[endpoint]:
            yield endpoint, shard


def _digests(wishing: Wishing, now: datetime) -> Counter[int]:
    """Endpoint → digests of today that went out, or are about to."""
    began = {pk: quiet.day_began(wishes, now) for pk, wishes in wishing.items()}
    rows = Letter.objects.filter(
        gathered__endpoint__in=list(wishing),
        made_at__gte=min(began.values()),
        state__in=[Letter.State.OWED, Letter.State.DELIVERED],
    )
    each = rows.values_list("gathered__endpoint", "pk", "made_at").distinct()
    return Counter(endpoint for endpoint, _, made_at in each if made_at >= began[endpoint])
