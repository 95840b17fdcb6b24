"""The steps of `bench.ledger`; each prints one JSON object."""

import json
import sys
import time
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, Sum

from bench.steps import CHIEF, approved, english
from dateline.delivery import endpoints, ledger, signing
from dateline.delivery.models import Endpoint, MailKey, Outcome, Retry, Shard
from dateline.desk import changes
from dateline.intake import releases
from dateline.intake.models import FiledVersion
from dateline.routing.models import Profile, Rule, Subscriber, next_revision
from dateline.vault import keys
from dateline.wire import log
from dateline.wire.append import append as to_the_log
from dateline.wire.keeper import Keeper
from dateline.words import clock
from dateline.words.release import Signal, State

# What journalists want, and what outlets do: one entry is for the ones or the others.
MAIL, HOOK = "medtop:20000257", "medtop:20000396"
_BATCH = 2000


def run(words: list[str]) -> None:
    step, *rest = words
    steps: dict[str, Any] = {
        "everybody": everybody,
        "domains": domains,
        "append": append,
        "withdraw": withdraw,
        "settled": settled,
        "sign": sign,
        "rows": rows,
        "rounds": rounds,
        "has": has,
    }
    print(json.dumps(steps[step](*rest)))


@transaction.atomic
def everybody(journalists: str, outlets: str, port: str, wants: str = "") -> dict[str, Any]:
    """Journalists with an address each at ten domains, and outlets with a webhook each; each kind wants its own sector,
    or with `all` both the same.
    """
    addresses = [f"reader-{number}@news-{number % 10}.example" for number in range(int(journalists))]
    _add(Subscriber.Kind.JOURNALIST, "email", addresses, MAIL)
    hooks = [f"http://127.0.0.1:{port}/{number}" for number in range(int(outlets))]
    _add(Subscriber.Kind.OUTLET, "webhook", hooks, MAIL if wants else HOOK)
    return {}


@transaction.atomic
def domains(*counts: str) -> dict[str, Any]:
    """Journalists at domains, each `NAME=COUNT`."""
    named = [word.partition("=")[::2] for word in counts]
    addresses = [f"reader-{number}@{name}" for name, count in named for number in range(int(count))]
    _add(Subscriber.Kind.JOURNALIST, "email", addresses, MAIL)
    return {}


def _add(kind: str, channel: str, addresses: list[str], sector: str) -> None:
    """As `profiles` and `endpoints` would make them, many at a time."""
    revision = next_revision()
    key = keys.named("endpoint")
    for start in range(0, len(addresses), _BATCH):
        part = addresses[start : start + _BATCH]
        people = Subscriber.objects.bulk_create(
            Subscriber(kind=kind, name=address[:200], languages=["en"]) for address in part
        )
        profiles = Profile.objects.bulk_create(Profile(subscriber=each, revision=revision) for each in people)
        Rule.objects.bulk_create(Rule(profile=each, sectors=[sector]) for each in profiles)
        rows = [
            Endpoint(subscriber=each, channel=channel, address=address)
            for each, address in zip(people, part, strict=True)
        ]
        for row in rows if channel == "webhook" else ():
            row.secret = keys.encrypt(key, endpoints.KNOWN[channel].new_secret("").encode(), f"endpoint:{row.name}")
        Endpoint.objects.bulk_create(rows)


def append(kind: str) -> dict[str, Any]:
    """One entry, as large as a press release, to the ones or the others; when it was appended."""
    sector = MAIL if kind == "mail" else HOOK
    version = replace(english("The tide turns at noon"), sectors=(sector,))
    filed = approved(version, None)
    (seq,) = _released()
    return {"seq": seq, "guid": next(iter(filed)), "at": log.entry(seq).released_at.timestamp()}


def withdraw(guid: str) -> dict[str, Any]:
    """Take a story back; when that was appended."""
    row = next(each for each in FiledVersion.objects.order_by("pk") if releases.guid(each.release) == guid)
    changes.withdraw(row, "Filed in error.", by=CHIEF, now=clock.now())
    (seq,) = _released()
    return {"seq": seq, "at": log.entry(seq).released_at.timestamp()}


def _released() -> list[int]:
    keeper = Keeper()
    while keeper.look():
        pass
    return to_the_log(keeper.take_due(clock.now()), clock.now())


def settled(seq: str) -> dict[str, Any]:
    """Wait until nobody is owed an entry any more; then how many results of each kind there are, and when it ended."""
    until = time.monotonic() + 900
    while _left(int(seq)) != 0:
        assert time.monotonic() < until, "the entry is still owed"
        time.sleep(0.25)
    rows = Outcome.objects.filter(shard__seq=int(seq))
    counts = dict(rows.order_by().values_list("result").annotate(count=Count("pk")))
    last = rows.aggregate(last=Max("at"))["last"]
    return {"delivered": 0, **counts, "last": last.timestamp() if last else 0.0}


def _left(seq: int) -> int:
    """How many are still owed an entry; -1 before it is planned."""
    found = Shard.objects.filter(seq=seq).aggregate(left=Sum("left"), shards=Count("pk"))
    return int(found["left"]) if found["shards"] else -1


def sign() -> dict[str, Any]:
    """Sign mail with RSA from the next start on."""
    made = signing.make(clock.now())
    signing.activate([key.selector for key in made if key.algorithm == MailKey.Algorithm.RSA])
    return {}


def rounds() -> dict[str, Any]:
    """Files, waits and counts as it is told: `file release`, `file correct`, `file withdraw`, `wait`, `written`.

    It answers each line with how many deliveries are written down.
    """
    last: FiledVersion | None = None
    for line in sys.stdin:
        word, _, kind = line.strip().partition(" ")
        if word == "wait":
            _quiet()
        elif word == "file":
            last = _filed(kind, last)
        print(Outcome.objects.filter(result=Outcome.Result.DELIVERED).count(), flush=True)
    return {}


def _filed(kind: str, last: FiledVersion | None) -> FiledVersion | None:
    """A new release, or what takes the place of the last."""
    if last is None or kind == "release":
        guid = next(iter(approved(replace(english("The tide turns"), sectors=(MAIL,)), None)))
        return next(row for row in FiledVersion.objects.order_by("-pk") if releases.guid(row.release) == guid)
    last.refresh_from_db()
    if kind == "withdraw":
        changes.withdraw(last, "Filed in error.", by=CHIEF, now=clock.now())
        return None
    made = releases.next_version(
        last,
        replace(english("The tide turned"), sectors=(MAIL,), signal=Signal.CORRECTION),
        by=CHIEF,
        now=clock.now(),
    )
    for state in (State.SUBMITTED, State.IN_REVIEW, State.APPROVED):
        made = releases.move(made, state, by=CHIEF, now=clock.now())
    return None


def _quiet() -> None:
    """Wait until everything that was approved is in the log, planned, and settled."""
    until = time.monotonic() + 120
    while True:
        waiting = FiledVersion.objects.filter(state=State.APPROVED).exists()
        totals = ledger.totals(clock.now())
        if not waiting and not totals.behind and not Shard.objects.filter(state=Shard.State.OPEN).exists():
            return
        assert time.monotonic() < until, f"not settled: {totals}"
        time.sleep(0.05)


def has() -> dict[str, Any]:
    """Who has what by the ledger: an address, or the path of a webhook, and a seq."""
    rows = Outcome.objects.filter(result=Outcome.Result.DELIVERED).values_list("endpoint__address", "seq")
    settled = sum(Shard.objects.values_list("left", flat=True))
    named = [(to if "@" in to else "/" + to.rpartition("/")[2], seq) for to, seq in rows]
    return {"has": named, "unsettled": settled}


def rows() -> dict[str, Any]:
    """How many rows the ledger has, and how many recipients it was for."""
    owed = Shard.objects.aggregate(count=Sum("count"))["count"] or 1
    return {"rows": Outcome.objects.count() + Shard.objects.count() + Retry.objects.count(), "recipients": owed}
