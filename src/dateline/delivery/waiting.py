"""What keeps a recipient of a shard waiting, and until when: nothing here sends or claims."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db.models import QuerySet

from dateline.delivery import breakers, quiet, shards
from dateline.delivery.channels import KNOWN
from dateline.delivery.models import Endpoint, Hold, Retry, Shard

# How soon to look again after somebody to whom an older version is just now being sent.
_SOON = timedelta(milliseconds=250)
# And after a lane that an operator has stopped.
_LATER = timedelta(seconds=5)
Until = dict[int, datetime]
Wishing = Mapping[int, quiet.Wishes]
Tried = Mapping[int, tuple[datetime, int]]


def until(row: Shard, left: Iterable[int], wishing: Wishing, tried: Tried, now: datetime) -> Until:
    """Which of these endpoints wait for something, and for how long: whoever waits for several things, for the last.

    `wishing` are the wishes of those who have any, `tried` those who are to be tried again.
    """
    owed = set(left)
    if not owed:
        return {}
    found: Until = {}
    again = ((endpoint, due) for endpoint, (due, _) in tried.items() if due > now)
    for waits in (again, _for_older(row, owed, now).items(), _for_others(row, owed, wishing, now).items()):
        for endpoint, at in waits:
            if endpoint in owed:
                found[endpoint] = max(at, found.get(endpoint, at))
    return found


def tried(row: Shard) -> dict[int, tuple[datetime, int]]:
    """Who of a shard is to be tried again: when, and how often he was tried."""
    rows = Retry.objects.filter(shard=row).values_list("endpoint_id", "due_at", "attempts")
    return {endpoint: (due, attempts) for endpoint, due, attempts in rows}


def wishes_of(endpoints: Iterable[int]) -> dict[int, quiet.Wishes]:
    """The wishes of those endpoints whose readers have any."""
    rows = Endpoint.objects.filter(pk__in=list(endpoints), wishes__isnull=False).values_list("pk", "wishes")
    return {pk: wishes for pk, wishes in rows if wishes}


def _for_others(row: Shard, owed: set[int], wishing: Wishing, now: datetime) -> Until:
    """For an operator, for the morning, for a webhook that is down: what is taken back waits for none."""
    if row.priority == Shard.Priority.WITHDRAWAL:
        return {}
    found: Until = {}
    down = breakers.waiting(owed, now) if row.channel == breakers.CHANNEL else {}
    for waits in (_for_operator(row, owed, now), _for_morning(wishing, now), down):
        for endpoint, at in waits.items():
            found[endpoint] = max(at, found.get(endpoint, at))
    return found


def _for_operator(row: Shard, owed: set[int], now: datetime) -> Until:
    """Those of a mixed shard whose own lane is stopped, and when to look again."""
    if row.lane:
        # Its shards are not claimed at all.
        return {}
    lanes = set(Hold.objects.filter(channel=row.channel).exclude(lane="").values_list("lane", flat=True))
    if not lanes:
        return {}
    lane = KNOWN[row.channel].lane
    rows = Endpoint.objects.filter(pk__in=owed).values_list("pk", "address")
    return {pk: now + _LATER for pk, address in rows if lane(address) in lanes}


def _for_morning(wishing: Wishing, now: datetime) -> Until:
    """Those whose own quiet hours it is, and when these end."""
    ends = {pk: quiet.not_before(wishes, now) for pk, wishes in wishing.items()}
    return {pk: end for pk, end in ends.items() if end is not None}


def _for_older(row: Shard, owed: set[int], now: datetime) -> Until:
    """Those to whom an older entry of the story is still owed, and when to look again: none overtakes another.

    What is superseded and held by nobody is not sent any more, so nobody waits for it.
    """
    found: Until = {}
    for older in _older(row):
        again = max(older.due_at, now + _SOON)
        held = older.lease_until > now
        recipients = shards.frozen(older)
        waits = {each for each, lang in recipients if each in owed and (held or lang not in older.superseded)}
        if waits:
            waits &= {endpoint for endpoint, _ in shards.remaining(older, recipients)}
            found |= {endpoint: max(again, found.get(endpoint, again)) for endpoint in waits}
    return found


def _older(row: Shard) -> QuerySet[Shard]:
    """The open shards of older entries of the story that may have the same recipients: a lane's stay in it."""
    older = Shard.objects.filter(guid=row.guid, seq__lt=row.seq, channel=row.channel, state=Shard.State.OPEN)
    return older.filter(lane__in=["", row.lane]) if row.lane else older
