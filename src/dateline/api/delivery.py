"""What an operator sees of the ledger and does to it, as JSON."""

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from dateline.api.auth import actor_of
from dateline.api.parsing import Strict
from dateline.api.replies import reply
from dateline.delivery import acknowledging, control, ledger, overview, standing
from dateline.people.roles import Act, Actor, check
from dateline.words import clock
from dateline.words.errors import BadInput, Fault

router = Router(tags=["operator"])
# No database holds a greater one.
_MOST = 2**63
_WITHDRAWALS = 10


class LaneIn(Strict):
    """A channel, and which lane of it, such as a mail domain; empty: all of it."""

    channel: str
    lane: str = ""


class CancelIn(Strict):
    """Which entry, and by which channel; empty: all."""

    seq: int
    channel: str = ""


class ResendIn(Strict):
    """Which entry, and to whom (endpoint's name, address, or whose it is); empty: to all who lack it."""

    seq: int
    to: str = ""


@router.get("/operator/delivery", response=dict)
def watch(request: HttpRequest) -> HttpResponse:
    """What is owed, per channel and lane; which entries; and who has not acknowledged the newest withdrawals."""
    _operator(request)
    now = clock.now()
    document: dict[str, Any] = {
        **asdict(ledger.totals(now)),
        "lanes": [asdict(each) for each in overview.lines(now)],
        "entries": [asdict(each) for each in overview.entries(100)],
        "withdrawals": [asdict(each) for each in acknowledging.lately(_WITHDRAWALS)],
    }
    return reply(200, document)


@router.post("/operator/delivery/pause", response=dict)
def pause(request: HttpRequest, body: LaneIn) -> HttpResponse:
    """Begin nothing more in a channel, or one lane of it. Withdrawals go out all the same."""
    control.hold(body.channel, body.lane, by=_operator(request).name, now=clock.now())
    return reply(200, {"paused": True, "channel": body.channel, "lane": body.lane})


@router.post("/operator/delivery/resume", response=dict)
def resume(request: HttpRequest, body: LaneIn) -> HttpResponse:
    """Go on where it was paused."""
    _operator(request)
    control.let_go(body.channel, body.lane)
    return reply(200, {"paused": False, "channel": body.channel, "lane": body.lane})


@router.post("/operator/delivery/cancel", response=dict)
def cancel(request: HttpRequest, body: CancelIn) -> HttpResponse:
    """Call off what is still owed of an entry. Who has it, has it."""
    by = _operator(request).name
    seq = _checked(body.seq)
    return reply(200, {"seq": seq, "canceled": control.cancel(seq, by=by, now=clock.now(), channel=body.channel)})


@router.post("/operator/delivery/resend", response=dict)
def resend(request: HttpRequest, body: ResendIn) -> HttpResponse:
    """Owe an entry again to those who lack it, or to one, under the same ids. Who did not want it does not lack it."""
    _operator(request)
    to = control.endpoint_of(body.to) if body.to else None
    return reply(200, {"seq": body.seq, "owed": control.resend(_checked(body.seq), now=clock.now(), to=to)})


@router.get("/operator/delivery/why", response=dict)
def why(request: HttpRequest, seq: int = 0, who: str = "") -> HttpResponse:
    """Why a recipient has an entry, or has it not, and every attempt at it."""
    _operator(request)
    endpoint = control.endpoint_of(who) if _checked(seq) and who else None
    if endpoint is None:
        what = "It does not say whose entry is meant."
        raise BadInput([Fault("nobody-named", what, "who", "Give an endpoint's name, its address, or whose it is.")])
    tried = [
        {"at": clock.printed(each.at), "attempt": each.attempt, "result": each.result, "evidence": each.evidence}
        for each in control.attempts(seq, endpoint)
    ]
    said = str(standing.of(seq, endpoint, clock.now()))
    return reply(200, {"seq": seq, "endpoint": endpoint.name, "said": said, "attempts": tried})


def _operator(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    check(actor, Act.OPERATE)
    return actor


def _checked(seq: int) -> int:
    if not 0 < seq < _MOST:
        raise BadInput([Fault("bad-seq", f"{seq} is no entry's number.", "seq", "Write its place in the log.")])
    return seq
