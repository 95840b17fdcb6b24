"""How many mails a reader has had today, and what follows for the next one."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from dateline.delivery import quiet, shards
from dateline.delivery.models import Endpoint, Letter, Outcome, Shard


def over(endpoint: int, wishes: quiet.Wishes, going: Mapping[int, int], now: datetime) -> str:
    """Why one more is not sent today; empty: it may be. What goes in a digest is no mail yet."""
    if "cap" not in wishes or wishes.get("digest"):
        return ""
    return quiet.over(wishes, _had(endpoint, wishes, now) + going.get(endpoint, 0))


def under_way(of: Shard, now: datetime) -> Counter[int]:
    """Endpoint → how many other entries are being sent there now: of a burst none has an outcome yet."""
    held = Shard.objects.filter(channel=of.channel, state=Shard.State.OPEN, lease_until__gt=now)
    rows = held.exclude(seq=of.seq)
    return Counter(endpoint for row in rows for endpoint, _ in shards.remaining(row))


def digest_waits(endpoint: Endpoint, now: datetime) -> datetime | None:
    """When a digest that is due goes instead, if its reader has had enough mails today; None: now."""
    wishes = endpoint.wishes or {}
    if not quiet.over(wishes, _had(endpoint.pk, wishes, now)):
        return None
    tomorrow = quiet.next_day(wishes, now)
    return quiet.digest_at(wishes, tomorrow) or tomorrow


def _had(endpoint: int, wishes: quiet.Wishes, now: datetime) -> int:
    began = quiet.day_began(wishes, now)
    sent = Outcome.objects.filter(endpoint=endpoint, result=Outcome.Result.DELIVERED, at__gte=began)
    digests = Letter.objects.filter(gathered__endpoint=endpoint, made_at__gte=began)
    gone_out = digests.filter(state__in=[Letter.State.OWED, Letter.State.DELIVERED])
    return sent.count() + gone_out.distinct().count()
