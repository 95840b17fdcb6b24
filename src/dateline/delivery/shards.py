"""The rows of a shard, read and closed: what is frozen, what is final, what remains."""

import json
from datetime import datetime

from dateline.delivery.models import Outcome, Retry, Shard
from dateline.wire.bulk import insert

# Of an outcome, in the order in which they are written.
COLUMNS = ("shard_id", "seq", "endpoint_id", "attempt", "result", "evidence", "at", "ms")


def frozen(shard: Shard) -> list[tuple[int, str]]:
    """(endpoint, language) of every recipient, as it was frozen."""
    found: list[tuple[int, str]] = list(map(tuple, json.loads(shard.recipients)))
    return found


def remaining(shard: Shard, owed: list[tuple[int, str]] | None = None) -> list[tuple[int, str]]:
    """Frozen minus final outcomes: never a high-water mark, so that a crash can skip nobody.

    `owed` is what is `frozen`, for who has read it already.
    """
    final = Outcome.objects.filter(shard=shard).exclude(result=Outcome.Result.DEFERRED)
    done = set(final.values_list("endpoint_id", flat=True))
    return [each for each in (frozen(shard) if owed is None else owed) if each[0] not in done]


def close(shard: Shard, now: datetime) -> None:
    """Give each that remains its final outcome, if it is in a superseded language or the shard was called off."""
    left = remaining(shard)
    tried = dict(Retry.objects.filter(shard=shard).values_list("endpoint_id", "attempts"))
    closed = [(endpoint, lang) for endpoint, lang in left if shard.canceled or lang in shard.superseded]
    outcomes = [(shard.pk, shard.seq, each, tried.get(each, 0), *_closed(shard, lang), now, 0) for each, lang in closed]
    insert(Outcome, COLUMNS, outcomes)
    Retry.objects.filter(shard=shard, endpoint__in=[endpoint for endpoint, _ in closed]).delete()
    settle(shard, len(left) - len(closed))


def _closed(shard: Shard, lang: str) -> tuple[str, str]:
    """The result, and what it is for."""
    if lang in shard.superseded:
        return Outcome.Result.SUPERSEDED.value, superseded_by(shard.superseded[lang])
    return Outcome.Result.CANCELED.value, shard.canceled


def settle(shard: Shard, left: int) -> None:
    """Write down how many are left; with none, the shard is done."""
    shard.left = left
    shard.state = Shard.State.OPEN if left else Shard.State.DONE
    shard.save(update_fields=["left", "state"])


def superseded_by(seq: int) -> str:
    return f"entry {seq} took its place"
