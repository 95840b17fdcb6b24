"""What the owner of a webhook does with it: a new secret, a test, the log of attempts, and what was missed."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from dateline.api.auth import actor_of
from dateline.api.parsing import Strict
from dateline.api.replies import reply
from dateline.api.subscriptions import own
from dateline.delivery import attempted, recovering, rotation, trial
from dateline.delivery.models import Endpoint
from dateline.words import clock
from dateline.words.errors import BadInput, Fault, NotFound

router = Router(tags=["subscription"])
_SHOWN = 50


class RecoverIn(Strict):
    """The moment since which everything that failed is owed again, in ISO 8601 with its zone."""

    since: str


class ReplayIn(Strict):
    """The number in the log of the entry that is owed again, whatever came of it."""

    seq: int


@router.post("/subscription/endpoints/{name}/rotate", response=dict)
def rotate(request: HttpRequest, name: str) -> HttpResponse:
    """Give a webhook a new secret, shown this once. The old one signs beside it for 24 hours."""
    found, now = _named(request, name), clock.now()
    secret = rotation.rotate(found, now)
    return reply(200, {"secret": secret, "old_signs_until": clock.printed(now + rotation.OVERLAP)})


@router.post("/subscription/endpoints/{name}/test", response=dict)
def test(request: HttpRequest, name: str) -> HttpResponse:
    """Send a webhook a signed `dateline-test` event at once; what it answered."""
    return reply(200, asdict(trial.send(_named(request, name), clock.now())))


@router.post("/subscription/endpoints/{name}/recover", response=dict)
def recover(request: HttpRequest, name: str, body: RecoverIn) -> HttpResponse:
    """Owe a webhook again, under the same ids, everything that failed since a moment; the numbers in the log."""
    found = _named(request, name)
    return reply(200, {"owed": recovering.recover(found, _moment(body.since), clock.now())})


@router.post("/subscription/endpoints/{name}/replay", response=dict)
def replay(request: HttpRequest, name: str, body: ReplayIn) -> HttpResponse:
    """Owe an endpoint one entry again that it was owed, whatever came of it, under the same id."""
    recovering.replay(_named(request, name), body.seq, clock.now())
    return reply(200, {"owed": [body.seq]})


@router.get("/subscription/endpoints/{name}/attempts", response=dict)
def attempts(request: HttpRequest, name: str) -> HttpResponse:
    """The newest attempts at a webhook, each with its request and what was answered."""
    return reply(200, {"attempts": [_attempt(each) for each in attempted.log(_named(request, name), _SHOWN)]})


def _attempt(each: attempted.Attempted) -> dict[str, Any]:
    row = each.row
    return {
        "seq": row.seq,
        "attempt": row.attempt,
        "at": clock.printed(row.at),
        "ms": row.ms,
        "result": row.result,
        "answer": row.evidence,
        "request": {"headers": each.headers, "sha256": each.digest, "body": each.body},
    }


def _named(request: HttpRequest, name: str) -> Endpoint:
    found = Endpoint.objects.filter(subscriber=own(actor_of(request)), name=name).first()
    if found is None:
        raise NotFound("You have no such endpoint.")
    return found


def _moment(text: str) -> datetime:
    try:
        return clock.instant(text)
    except (ValueError, OverflowError):
        what = f"{text[:40]!r} is no moment with a zone."
        raise BadInput([Fault("bad-moment", what, "/since", "Write it as 2026-11-24T06:00:00Z.")]) from None
