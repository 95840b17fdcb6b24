"""A reader of the log: freezes who is owed an entry, in one transaction with its cursor."""

import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice

from django.db import transaction

from dateline.delivery import shards
from dateline.delivery.channels import KNOWN
from dateline.delivery.deciding import (
    REPLACES,
    SHARD,
    TAKES_BACK,
    by_lane,
    replaced_langs,
    shards_of,
)
from dateline.delivery.hub import following
from dateline.delivery.models import Cursor, Endpoint, Outcome, Shard
from dateline.routing.matching import Matching
from dateline.wire import bulk, log
from dateline.words.entry import Entry
from dateline.words.release import Signal

READER = "delivery"
# One transaction takes no more entries than this, so that sending begins while the rest of a burst is planned.
BATCH = 10
_CHUNK = 500
_MANY = 20_000


@dataclass(frozen=True, slots=True)
class Planned:
    """What one turn did: the seqs that it froze, and how many recipients they have."""

    seqs: tuple[int, ...]
    recipients: int


def plan(matching: Matching, now: datetime, dice: random.Random) -> Planned:
    """Freeze the next few entries after the cursor. Two planners on one database take turns."""
    if Cursor.objects.filter(reader=READER, seq__gte=log.size()).exists():
        return Planned((), 0)
    return _plan(matching, now, dice)


@transaction.atomic
def _plan(matching: Matching, now: datetime, dice: random.Random) -> Planned:
    matching.keep_up()
    Cursor.objects.get_or_create(reader=READER)
    cursor = Cursor.objects.select_for_update().get(reader=READER)
    entries = log.tail(cursor.seq, BATCH)
    if not entries:
        return Planned((), 0)
    _lock_older(entries)
    recipients = sum(_freeze(entry, matching, now, dice) for entry in entries)
    cursor.seq = entries[-1].seq
    cursor.save(update_fields=["seq"])
    return Planned(tuple(entry.seq for entry in entries), recipients)


def _freeze(entry: Entry, matching: Matching, now: datetime, dice: random.Random) -> int:
    """Freeze one entry's recipients in shards; close what is still owed of what it replaces."""
    recipients = by_lane(_recipients(entry, matching, now))
    _supersede(entry, now)
    priority = Shard.Priority.WITHDRAWAL if entry.signal in TAKES_BACK else Shard.Priority.ORDINARY
    rows = [
        Shard(
            seq=entry.seq,
            guid=entry.guid,
            signal=entry.signal,
            channel=channel,
            lane=lane,
            priority=priority,
            recipients=json.dumps(part, separators=(",", ":")),
            count=len(part),
            left=len(part),
            due_at=now,
        )
        for (channel, lane), owed in recipients.items()
        for part in shards_of(owed, dice, SHARD)
    ]
    # Channels take turns, so that none waits for another's last shard.
    dice.shuffle(rows)
    Shard.objects.bulk_create(rows)
    return sum(row.count for row in rows)


def _recipients(entry: Entry, matching: Matching, now: datetime) -> Iterator[tuple[int, str, str, str]]:
    """(endpoint, channel, lane, language) of all that want the entry, and of all whom what it replaces may have had."""
    told: set[int] = set()
    wanting = _wanting(dict(matching.who_wants(entry)), now)
    followers = ((endpoint, channel, "", lang) for endpoint, channel, lang in following.followers(entry, now))
    for owed in chain(wanting, followers):
        told.add(owed[0])
        yield owed
    if entry.signal in REPLACES:
        reached = {endpoint: lang for endpoint, lang in _reached(entry).items() if endpoint not in told}
        for part in _parts(reached):
            for row in Endpoint.objects.filter(pk__in=part).order_by("pk"):
                if entry.signal in TAKES_BACK or _may_have(row, entry, matching):
                    yield row.pk, row.channel, _lane(row.channel, row.address), _lang(entry, reached[row.pk])


def _wanting(langs: dict[int, str], now: datetime) -> Iterator[tuple[int, str, str, str]]:
    """Few are looked up; for many it is quicker to read through all endpoints."""
    active = Endpoint.objects.filter(subscriber__paused=False, state=Endpoint.State.ACTIVE).exclude(
        suppressed_until__gt=now
    )
    columns = ("pk", "subscriber_id", "channel", "address")
    if len(langs) > _MANY:
        rows = active.values_list(*columns).iterator(chunk_size=10_000)
        yield from ((pk, channel, _lane(channel, to), langs[of]) for pk, of, channel, to in rows if of in langs)
        return
    for pk, of, channel, to in active.filter(bulk.among("subscriber_id", langs)).values_list(*columns):
        yield pk, channel, _lane(channel, to), langs[of]


def _lane(channel: str, address: str) -> str:
    return KNOWN[channel].lane(address) if channel in KNOWN else ""


def _may_have(row: Endpoint, entry: Entry, matching: Matching) -> bool:
    """Text goes only to those who may read it now; that something was taken back, to all.

    Who follows a feed wants what changed it, and nothing else.
    """
    if row.channel == following.CHANNEL:
        return False
    return row.state == Endpoint.State.ACTIVE and matching.may_read(row.subscriber_id, entry)


def _lang(entry: Entry, had: str) -> str:
    """The language that they had, or the one that the entry was written in, or any that it has."""
    langs = entry.langs
    source = str(entry.header["source_language"])
    if had in langs or not langs:
        return had
    return source if source in langs else langs[0]


def _reached(entry: Entry) -> dict[int, str]:
    """Endpoint → language of all to whom an older entry of the story may have gone, a failed attempt included."""
    found: dict[int, str] = {}
    for shard in Shard.objects.filter(guid=entry.guid, seq__lt=entry.seq, epoch__gt=0).order_by("seq"):
        unsent = Outcome.objects.filter(shard=shard, attempt=0).exclude(result=Outcome.Result.GATHERED)
        never = set(unsent.values_list("endpoint_id", flat=True))
        found |= {endpoint: lang for endpoint, lang in shards.frozen(shard) if endpoint not in never}
    return found


def _lock_older(entries: Iterable[Entry]) -> None:
    """In one order, as who writes outcomes down does: else each might wait for the other."""
    replaced = [entry.guid for entry in entries if entry.signal in REPLACES]
    if replaced:
        older = Shard.objects.filter(guid__in=replaced, state=Shard.State.OPEN).select_for_update().order_by("pk")
        list(older.values_list("pk"))


def _supersede(entry: Entry, now: datetime) -> None:
    """Mark what is owed in older shards. Who holds or next claims one closes it: that can wait, the entry cannot."""
    if entry.signal not in REPLACES:
        return
    older = Shard.objects.filter(guid=entry.guid, seq__lt=entry.seq, state=Shard.State.OPEN)
    for shard in older:
        owed = {lang for _, lang in shards.frozen(shard)}
        replaced = replaced_langs(Signal(entry.signal), entry.langs, owed)
        shard.superseded |= dict.fromkeys(sorted(replaced), entry.seq)
        if shard.lease_until <= now:
            # Whoever held it and was slow must not write to it any more.
            shard.epoch += bool(shard.epoch)
            shard.due_at = now
        shard.save(update_fields=["superseded", "epoch", "due_at"])


def _parts(keys: Iterable[int]) -> Iterator[list[int]]:
    rest = iter(keys)
    while part := list(islice(rest, _CHUNK)):
        yield part
