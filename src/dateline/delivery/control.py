"""What an operator does to the ledger: stop and let go on, call off, send again."""

import json
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from dateline.delivery import shards
from dateline.delivery.channels import KNOWN
from dateline.delivery.deciding import SHARD
from dateline.delivery.models import Endpoint, Hold, Outcome, Shard
from dateline.intake import bell
from dateline.intake.readers import characters
from dateline.words.errors import BadInput, Conflict, Fault, NotFound

# As long as the ledger's column.
_LANE = 255


def hold(channel: str, lane: str, *, by: str, now: datetime) -> None:
    """Begin nothing more in a channel, or one lane of it. What is under way ends; withdrawals go out all the same."""
    _known(channel)
    if len(lane) > _LANE:
        what = f"No domain is longer than {_LANE} characters."
        raise BadInput([Fault("bad-lane", what, "lane", "Write a domain, such as gazette.example.")])
    characters.check(lane, "lane")
    Hold.objects.update_or_create(channel=channel, lane=lane.lower(), defaults={"by": by[:200], "at": now})


def let_go(channel: str, lane: str) -> None:
    """Go on. NotFound if it was not stopped."""
    _known(channel)
    characters.check(lane, "lane")
    gone, _ = Hold.objects.filter(channel=channel, lane=lane.lower()).delete()
    if not gone:
        raise NotFound(f"{channel} {lane}".strip() + " was not stopped.")
    bell.ring_now("delivery")


@transaction.atomic
def cancel(seq: int, *, by: str, now: datetime, channel: str = "") -> int:
    """Call off what is still owed of an entry; how many that may be. Who has it, has it: withdraw it for them."""
    rows = _of(seq).filter(state=Shard.State.OPEN)
    if channel:
        rows = rows.filter(channel=channel)
    left = 0
    for shard in rows.select_for_update().order_by("pk"):
        left += shard.left
        shard.canceled = f"called off by {by}"[:200]
        held = shard.lease_until > now
        if not held and shard.epoch:
            # Whoever held it and was slow must not write to it any more.
            shard.epoch += 1
        shard.save(update_fields=["canceled", "epoch"])
        if not held:
            shards.close(shard, now)
    bell.ring("delivery")
    return left


@transaction.atomic
def resend(seq: int, *, now: datetime, to: Endpoint | None = None) -> int:
    """Owe an entry again to those who lack it, or to one, whatever came of it; how many they are.

    Who did not want it does not lack it. Under the same ids, so that who has it after all can drop it. Conflict if a
    newer entry took its place.
    """
    rows = list(_of(seq).order_by("pk"))
    newer = Shard.objects.filter(guid=rows[0].guid, seq__gt=seq).order_by("-seq").first()
    if newer is not None:
        what = f"Entry {newer.seq} has taken the place of entry {seq}."
        raise Conflict([Fault("superseded", what, "seq", f"Send entry {newer.seq} again.")])
    owed = _owed_again(rows, to)
    for start, channel, lane in _slices(owed):
        _again(rows[0], channel, lane, owed[channel, lane][start : start + SHARD], now)
    bell.ring("delivery")
    return sum(map(len, owed.values()))


def attempts(seq: int, to: Endpoint) -> list[Outcome]:
    """Every attempt at one recipient of an entry, in order."""
    return list(Outcome.objects.filter(seq=seq, endpoint=to).order_by("pk"))


def endpoint_of(who: str) -> Endpoint:
    """An endpoint by its name or address, or its subscriber's name or pseudonym. NotFound if none, or several."""
    characters.check(who, "who")
    found = Endpoint.objects.select_related("subscriber").exclude(state=Endpoint.State.ENDED)
    for field in ("name", "address", "subscriber__pseudonym", "subscriber__name"):
        rows = list(found.filter(**{field: who})[:2])
        if len(rows) == 1:
            return rows[0]
        if rows:
            raise NotFound(f"More than one endpoint goes by {who!r}. Give the endpoint's own name or address.")
    raise NotFound(f"There is no endpoint {who!r}. Give its name, its address, or whose it is.")


def _owed_again(rows: list[Shard], to: Endpoint | None) -> dict[tuple[str, str], list[tuple[int, str]]]:
    """(channel, lane) → those who are to get it again, with the language that they were owed."""
    found: dict[tuple[str, str], list[tuple[int, str]]] = {}
    final = Outcome.objects.filter(shard__in=rows).exclude(result=Outcome.Result.DEFERRED).order_by("pk")
    if to is not None:
        final = final.filter(endpoint=to)
    last = dict(final.values_list("endpoint_id", "result"))
    lacking = {Outcome.Result.FAILED.value, Outcome.Result.CANCELED.value}
    ended = set(Endpoint.objects.filter(state=Endpoint.State.ENDED).values_list("pk", flat=True))
    seen: set[int] = set()
    for row in reversed(rows):
        for endpoint, lang in shards.frozen(row):
            wanted = endpoint == to.pk if to is not None else last.get(endpoint) in lacking
            if wanted and endpoint not in seen and endpoint not in ended and endpoint in last:
                found.setdefault((row.channel, row.lane), []).append((endpoint, lang))
            seen.add(endpoint)
    return found


def _slices(owed: dict[tuple[str, str], list[tuple[int, str]]]) -> Iterable[tuple[int, str, str]]:
    for (channel, lane), recipients in owed.items():
        for start in range(0, len(recipients), SHARD):
            yield start, channel, lane


def _again(like: Shard, channel: str, lane: str, recipients: list[tuple[int, str]], now: datetime) -> None:
    Shard.objects.create(
        seq=like.seq,
        guid=like.guid,
        signal=like.signal,
        channel=channel,
        lane=lane,
        priority=like.priority,
        recipients=json.dumps(recipients, separators=(",", ":")),
        count=len(recipients),
        left=len(recipients),
        due_at=now,
    )


def _of(seq: int) -> QuerySet[Shard]:
    rows = Shard.objects.filter(seq=seq)
    if not rows.exists():
        raise NotFound(f"Nobody was owed entry {seq}, or there is none.")
    return rows


def _known(channel: str) -> None:
    if channel not in KNOWN:
        what = f"There is no channel {channel[:40]!r}."
        raise BadInput([Fault("bad-channel", what, "channel", f"Write {' or '.join(KNOWN)}.")])
