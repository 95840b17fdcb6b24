"""The operator's page: what is owed this second, and what an operator does about it. No release is read here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from dateline.delivery import acknowledging, control, ledger, overview, standing
from dateline.delivery.channels import LABELS
from dateline.delivery.models import Endpoint, Outcome, Retry
from dateline.people.roles import Act, Actor, check
from dateline.web.work import names
from dateline.web.work.access import signed_in
from dateline.wire import log
from dateline.words import clock
from dateline.words.errors import BadInput, Fault, NotAllowed, NotFound, Refused
from dateline.words.told import Told

# What is owed and due for longer than this is not being delivered as it should be.
LATE = 60.0
_ENTRIES = 20
_WITHDRAWALS = 10
_HERE = "/work/operator"


@dataclass(frozen=True, slots=True)
class Why:
    """How one recipient stands with one entry, and every attempt at it."""

    said: Told
    attempts: list[Outcome]


@signed_in
def page(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Watch, and act. Calling off is asked once more; what is told of a recipient is told on this page alone."""
    check(actor, Act.OPERATE)
    if request.method != "POST":
        return _shown(request, actor)
    try:
        return _acted(request, actor)
    except NotAllowed:
        raise
    except Refused as refused:
        return _shown(request, actor, refused=refused)


@signed_in
def now(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The part of the page that changes, for its script to put in the place of the old."""
    check(actor, Act.OPERATE)
    return render(request, "web/work/operator_now.html", _now())


def _acted(request: HttpRequest, actor: Actor) -> HttpResponse:
    act = request.POST.get("act", "")
    if act == "why":
        return _shown(request, actor, why=_why(_seq(request), _recipient(request)))
    if act == "cancel" and "sure" not in request.POST:
        return render(request, "web/work/operator_sure.html", {"actor": actor, "seq": _seq(request)})
    if act not in _ACTS:
        raise BadInput(_("There is no such act."))
    messages.success(request, _ACTS[act](request, actor))
    return redirect(_HERE)


def _pause(request: HttpRequest, actor: Actor) -> str:
    control.hold(*_lane(request), by=actor.name, now=clock.now())
    return _("Paused. Withdrawals go out all the same.")


def _resume(request: HttpRequest, _actor: Actor) -> str:
    control.let_go(*_lane(request))
    return _("It goes on.")


def _cancel(request: HttpRequest, actor: Actor) -> str:
    left = control.cancel(_seq(request), by=actor.name, now=clock.now())
    return _("Called off for: %(count)s") % {"count": left}


def _resend(request: HttpRequest, _actor: Actor) -> str:
    to = _recipient(request) if request.POST.get("who", "").strip() else None
    count = control.resend(_seq(request), now=clock.now(), to=to)
    return _("Owed again to: %(count)s") % {"count": count}


_ACTS: dict[str, Callable[[HttpRequest, Actor], str]] = {
    "pause": _pause,
    "resume": _resume,
    "cancel": _cancel,
    "resend": _resend,
}


def _lane(request: HttpRequest) -> tuple[str, str]:
    return request.POST.get("channel", ""), request.POST.get("lane", "").strip()


def _seq(request: HttpRequest) -> int:
    given = request.POST.get("seq", "").strip()
    # Longer ones are no entry's, and no database holds them.
    if not (given.isascii() and given.isdecimal() and len(given) < 16):
        what = f"{given[:40]!r} is no entry's number."
        raise BadInput([Fault("bad-seq", what, "seq", "Write its place in the log, such as 12.")])
    return int(given)


def _recipient(request: HttpRequest) -> Endpoint:
    return control.endpoint_of(request.POST.get("who", "").strip())


def _why(seq: int, endpoint: Endpoint) -> Why:
    return Why(standing.of(seq, endpoint, clock.now()), control.attempts(seq, endpoint))


def _shown(
    request: HttpRequest, actor: Actor, *, refused: Refused | None = None, why: Why | None = None
) -> HttpResponse:
    totals = ledger.totals(clock.now())
    context = {
        **_now(),
        "actor": actor,
        "size": log.size(),
        "outcomes": [(label, totals.outcomes.get(str(value), 0)) for value, label in Outcome.Result.choices],
        "channels": LABELS.items(),
        "withdrawals": [(names.signal(each.signal), each) for each in acknowledging.lately(_WITHDRAWALS)],
        "why": why,
        "faults": refused.faults if refused else (),
        "given": request.POST,
    }
    return render(request, "web/work/operator.html", context, status=refused.status if refused else 200)


def _now() -> dict[str, Any]:
    """Cheap enough to be asked each second: the whole ledger is never counted here."""
    lines = overview.lines(clock.now())
    oldest = ledger.overdue(clock.now())
    return {
        "lines": [(str(LABELS.get(each.channel, each.channel)), each) for each in lines],
        "entries": [(each, names.signal(each.signal), _headline(each.seq)) for each in overview.entries(_ENTRIES)],
        "owed": sum(each.owed for each in lines),
        "oldest": oldest,
        "late": oldest > LATE,
        "rate": sum(each.delivered for each in lines),
        "retrying": Retry.objects.count(),
        "behind": ledger.behind(),
    }


def _headline(seq: int) -> str:
    """What anybody may read of an entry; of another audience's, or of what is taken back, nothing."""
    try:
        entry = log.entry(seq)
    except NotFound:
        return ""
    part = entry.rendition(str(entry.header["source_language"])) or {}
    return "" if entry.canceled else str(part.get("headline", ""))
