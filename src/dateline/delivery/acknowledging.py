"""Who has said that he took a story back: by the API, by a link of his own, or by taking a file."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from dateline.delivery import links, shards
from dateline.delivery.deciding import TAKES_BACK
from dateline.delivery.models import Acknowledgement, Endpoint, Shard
from dateline.routing.models import Subscriber
from dateline.vault import keys
from dateline.words import clock
from dateline.words.errors import BadInput, Fault, NotFound

API, LINK, FILE = (str(how) for how in Acknowledgement.How.values)


@dataclass(frozen=True, slots=True)
class Standing:
    """How an entry that takes something back stands: how many were owed it, and who has not acknowledged it.

    `outlets` are names, `journalists` pseudonyms; who has several endpoints and answered by none stands there once.
    """

    seq: int
    signal: str
    owed: int
    acknowledged: int
    outlets: tuple[str, ...]
    journalists: tuple[str, ...]


def acknowledge(seq: int, endpoint: Endpoint, how: str, now: datetime) -> Acknowledgement:
    """Write it down; a second time changes nothing.

    NotFound if it was not owed there, BadInput if it takes back nothing.
    """
    rows = Shard.objects.filter(seq=seq, channel=endpoint.channel).order_by("pk")
    owed = next((row for row in rows if _has(row, endpoint)), None)
    if owed is None:
        raise NotFound(f"Entry {seq} was not sent to you.")
    _check_takes_back(owed)
    made, _ = Acknowledgement.objects.get_or_create(seq=seq, endpoint=endpoint, defaults={"how": how, "at": now})
    return made


def acknowledge_all(seq: int, subscriber: Subscriber, now: datetime) -> list[Acknowledgement]:
    """As `acknowledge`, for each endpoint of a subscriber that was owed it: who knows it by one way knows it."""
    made = []
    for endpoint in Endpoint.objects.filter(subscriber=subscriber).order_by("pk"):
        try:
            made.append(acknowledge(seq, endpoint, API, now))
        except NotFound:
            continue
    if not made:
        raise NotFound(f"Entry {seq} was not sent to you.")
    return made


def taken(seq: int, endpoint: Endpoint) -> None:
    """A file channel's word that the other end took the file; of an entry that takes back nothing it is no news."""
    if Shard.objects.filter(seq=seq, signal__in=TAKES_BACK).exists():
        acknowledge(seq, endpoint, FILE, clock.now())


def lacking(seq: int) -> list[Endpoint]:
    """Those who were owed it, may have had what it takes back, and have not acknowledged it; in the order of names."""
    return _left(seq, _owed(seq))


def standing(seq: int) -> Standing:
    """The counts, and who is left. NotFound if nobody was owed it."""
    owed = _owed(seq)
    left = _left(seq, owed)
    outlets = [row.subscriber.shown_as for row in left if row.subscriber.kind == Subscriber.Kind.OUTLET]
    journalists = [row.subscriber.shown_as for row in left if row.subscriber.kind != Subscriber.Kind.OUTLET]
    return Standing(
        seq=seq,
        signal=_of(seq)[0].signal,
        owed=len(owed),
        acknowledged=len(owed) - len(left),
        outlets=tuple(dict.fromkeys(outlets)),
        journalists=tuple(dict.fromkeys(journalists)),
    )


def lately(most: int) -> list[Standing]:
    """The newest entries that take something back, and how each stands."""
    rows = Shard.objects.filter(signal__in=TAKES_BACK).order_by("-seq").values_list("seq", flat=True)
    return [standing(seq) for seq in rows.distinct()[:most]]


def of_story(guid: str) -> list[Standing]:
    """How each entry that takes back something of a story stands, in the order of the log."""
    rows = Shard.objects.filter(guid=guid, signal__in=TAKES_BACK).order_by("seq").values_list("seq", flat=True)
    return [standing(seq) for seq in rows.distinct()]


def of_link(token: str) -> tuple[int, Endpoint]:
    """Which entry and whose endpoint a link's token names; NotFound if it is none of ours."""
    found = links.of_entry(keys.named(links.ACKNOWLEDGE), token)
    row = Endpoint.objects.filter(name=found[0]).first() if found else None
    if found is None or row is None:
        raise NotFound("This address to acknowledge is not one of ours, or was cut short.")
    return found[1], row


def is_known(seq: int, endpoint: Endpoint) -> bool:
    return Acknowledgement.objects.filter(seq=seq, endpoint=endpoint).exists()


def lang_of(seq: int, endpoint: Endpoint) -> str:
    """The language in which it was owed there; empty if it was not."""
    rows = Shard.objects.filter(seq=seq, channel=endpoint.channel)
    return next((lang for row in rows for pk, lang in shards.frozen(row) if pk == endpoint.pk), "")


def _left(seq: int, owed: set[int]) -> list[Endpoint]:
    left = owed - set(Acknowledgement.objects.filter(seq=seq).values_list("endpoint_id", flat=True))
    rows = Endpoint.objects.select_related("subscriber").in_bulk(left).values()
    return sorted(rows, key=lambda row: (row.subscriber.kind, row.subscriber.shown_as, row.pk))


def _owed(seq: int) -> set[int]:
    return {endpoint for row in _of(seq) for endpoint, _ in shards.frozen(row)}


def _of(seq: int) -> QuerySet[Shard]:
    rows = Shard.objects.filter(seq=seq).order_by("pk")
    first = rows.first()
    if first is None:
        raise NotFound(f"Nobody was owed entry {seq}, or there is none.")
    _check_takes_back(first)
    return rows


def _has(row: Shard, endpoint: Endpoint) -> bool:
    return any(pk == endpoint.pk for pk, _ in shards.frozen(row))


def _check_takes_back(row: Shard) -> None:
    if row.signal not in TAKES_BACK:
        what = f"Entry {row.seq} takes nothing back; there is nothing to acknowledge."
        raise BadInput([Fault("nothing-withdrawn", what, "/seq", "Give the seq of a withdrawal or an erasure.")])
