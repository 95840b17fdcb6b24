"""The first working page, by role."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from dateline.delivery import ledger
from dateline.people.roles import Actor, Role
from dateline.web.work.access import signed_in
from dateline.web.work.rows import rows
from dateline.wire import log
from dateline.words import clock
from dateline.words.release import State

_LATELY = 20


@signed_in
def home(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Issuer: own releases. Desk: the queue. Subscriber: the profile. Operator: how the wire does."""
    if actor.role is Role.SUBSCRIBER:
        return redirect("/work/subscription")
    if actor.role is Role.OPERATOR:
        context = {"totals": ledger.totals(clock.now()), "size": log.size()}
        return render(request, "web/work/operator.html", context)
    groups = _desk(actor) if actor.is_desk else _issuer(actor)
    return render(request, "web/work/home.html", {"groups": groups, "actor": actor, "desk": actor.is_desk})


def _desk(actor: Actor) -> list[tuple[str, list[object]]]:
    return [
        (_("Waiting for the desk"), [*rows(actor, State.SUBMITTED, oldest_first=True)]),
        (_("In review"), [*rows(actor, State.IN_REVIEW, oldest_first=True)]),
        (_("Held"), [*rows(actor, State.HELD)]),
        (_("Approved, sealed until their minute"), [*rows(actor, State.APPROVED)]),
        (_("With the issuer"), [*rows(actor, State.PROOF, State.RETURNED)]),
        (_("Released lately"), [*rows(actor, State.RELEASED, most=_LATELY)]),
    ]


def _issuer(actor: Actor) -> list[tuple[str, list[object]]]:
    return [
        (_("For you to do"), [*rows(actor, State.RETURNED, State.PROOF)]),
        (_("Drafts"), [*rows(actor, State.DRAFT)]),
        (_("At the desk"), [*rows(actor, State.SUBMITTED, State.IN_REVIEW, State.HELD)]),
        (_("Approved, sealed until their minute"), [*rows(actor, State.APPROVED)]),
        (_("Released"), [*rows(actor, State.RELEASED, most=_LATELY)]),
    ]
