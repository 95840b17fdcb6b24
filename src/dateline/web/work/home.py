"""The first working page, by role."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from dateline.people.roles import Actor, Role
from dateline.web.work.access import signed_in
from dateline.web.work.rows import Row, rows
from dateline.words.release import State

_LATELY = 20


@dataclass(frozen=True, slots=True)
class Group:
    """A heading and its rows. Without rows it is shown only where `empty` has something to say instead."""

    name: str
    rows: list[Row]
    empty: str = ""


@signed_in
def home(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Issuer: own releases. Desk: the queue. Subscriber: the profile. Operator: what is owed."""
    if actor.role is Role.SUBSCRIBER:
        return redirect("/work/subscription")
    if actor.role is Role.OPERATOR:
        return redirect("/work/operator")
    groups = _shown(_desk(actor) if actor.is_desk else _issuer(actor))
    nothing = not any(group.rows for group in groups)
    return render(request, "web/work/home.html", {"groups": groups, "actor": actor, "nothing": nothing})


def _shown(groups: Iterable[Group]) -> list[Group]:
    return [group for group in groups if group.rows or group.empty]


def _desk(actor: Actor) -> list[Group]:
    return [
        Group(
            _("Waiting for the desk"),
            rows(actor, State.SUBMITTED, oldest_first=True),
            _("Nothing waits. What is submitted comes here, oldest first."),
        ),
        Group(_("In review"), rows(actor, State.IN_REVIEW, oldest_first=True)),
        Group(_("Held"), rows(actor, State.HELD)),
        Group(_("Approved, sealed until their minute"), _by_minute(rows(actor, State.APPROVED))),
        Group(_("With the issuer"), rows(actor, State.PROOF, State.RETURNED)),
        Group(_("Released lately"), rows(actor, State.RELEASED, most=_LATELY)),
    ]


def _issuer(actor: Actor) -> list[Group]:
    return [
        Group(_("For you to do"), rows(actor, State.RETURNED, State.PROOF)),
        Group(_("Drafts"), rows(actor, State.DRAFT)),
        Group(_("At the desk"), rows(actor, State.SUBMITTED, State.IN_REVIEW, State.HELD)),
        Group(_("Approved, sealed until their minute"), _by_minute(rows(actor, State.APPROVED))),
        Group(_("Released"), rows(actor, State.RELEASED, most=_LATELY)),
        Group(_("Spiked"), rows(actor, State.SPIKED, most=_LATELY)),
    ]


def _by_minute(found: list[Row]) -> list[Row]:
    """The next to go out first."""
    return sorted(found, key=lambda row: row.minute.due if row.minute else row.filed.changed_at)
