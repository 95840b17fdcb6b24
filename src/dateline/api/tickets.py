"""Tickets for the live stream: made, renewed and revoked here, and held to by edges that have no database."""

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Router

from dateline.api import subscriptions
from dateline.api.auth import actor_of
from dateline.api.parsing import Strict
from dateline.api.replies import reply
from dateline.intake import bell
from dateline.people import notices, ticket
from dateline.people.models import LargeProfile
from dateline.people.roles import Act, Actor, check
from dateline.people.ticket import Ticket
from dateline.routing import rules
from dateline.vault import keys
from dateline.words import clock
from dateline.words.errors import BadInput, Fault, NotAllowed, NotFound, Unauthorised
from dateline.words.languages import canonical

router = Router(tags=["stream"])


class TicketIn(Strict):
    """Languages in order of preference, and rules; or, with `subscription`, those of your own profile."""

    languages: list[str] = []
    rules: list[dict[str, Any]] = []
    subscription: bool = False


class TicketText(Strict):
    """A ticket that you have."""

    ticket: str


class Revocation(Strict):
    """A ticket; or, for the operator, a holder: all tickets that it has now."""

    ticket: str = ""
    holder: str = ""


@router.post("/tickets", response=dict)
def new_ticket(request: HttpRequest, body: TicketIn | None = None) -> HttpResponse:
    """A ticket for the live stream, with the audience groups of the caller: `GET STREAM/wire?ticket=…`."""
    actor, asked = actor_of(request), body or TicketIn()
    made = ticket.new(actor.id, actor.groups, clock.now(), **_profile(actor, asked))
    if made.rules and not ticket.fits(keys.signing("ticket"), _origin(), made):
        LargeProfile.objects.filter(expires_at__lt=clock.now() - ticket.LIFE).delete()
        LargeProfile.objects.create(ticket=made.id, expires_at=made.expires, rules=list(made.rules))
        made = replace(made, large=True)
    return _granted(made)


@router.post("/tickets/renew", response=dict)
def renew_ticket(request: HttpRequest, body: TicketText) -> HttpResponse:
    """The ticket for another quarter of an hour. Streams that are open with it go on, without a reconnect."""
    actor, now = actor_of(request), clock.now()
    old = ticket.read(body.ticket, keys.signing("ticket").public_key(), _origin(), None)
    if old.holder != actor.id or old.groups != actor.groups or old.expires < now - ticket.LIFE:
        raise NotAllowed("This ticket is not yours, too old, or for other groups than yours now. Ask for a new one.")
    renewed = replace(old, expires=now + ticket.LIFE)
    LargeProfile.objects.filter(ticket=old.id).update(expires_at=renewed.expires)
    notices.say("renewed", now, ticket=old.id, expires=int(renewed.expires.timestamp()))
    bell.ring("wire")
    return _granted(renewed)


@router.post("/tickets/revoke", response=dict)
def revoke_ticket(request: HttpRequest, body: Revocation) -> HttpResponse:
    """End a ticket and every stream that is open with it, within a second."""
    actor, now = actor_of(request), clock.now()
    if body.ticket:
        named = ticket.read(body.ticket, keys.signing("ticket").public_key(), _origin(), None)
        if named.holder != actor.id and not actor.may(Act.OPERATE):
            raise NotFound("You have no such ticket.")
        notices.say("revoked", now, ticket=named.id)
    elif body.holder:
        check(actor, Act.OPERATE)
        notices.say("revoked", now, holder=body.holder)
    else:
        raise BadInput([Fault("nothing-named", "Neither a ticket nor a holder is named.", "/ticket", "Name one.")])
    bell.ring("wire")
    return reply(200, {"revoked": body.ticket or body.holder})


@router.get("/tickets/profile", auth=None, response=dict)
def ticket_profile(request: HttpRequest) -> HttpResponse:
    """The profile of a ticket that was too small for it; an edge asks, with `Authorization: Ticket …`."""
    kind, _, text = request.headers.get("Authorization", "").partition(" ")
    if kind != "Ticket":
        raise Unauthorised("Show the ticket: Authorization: Ticket …")
    # A ticket that was renewed is the same; the edge knows until when it is good.
    shown = ticket.read(text, keys.signing("ticket").public_key(), _origin(), None)
    kept = LargeProfile.objects.filter(ticket=shown.id, expires_at__gt=clock.now()).first()
    if kept is None:
        raise NotFound("There is no profile of this ticket.")
    values = {"languages": list(shown.languages), "groups": sorted(shown.groups), "revision": shown.revision}
    return reply(200, {**values, "rules": kept.rules})


def _profile(actor: Actor, asked: TicketIn) -> dict[str, Any]:
    """The part of a ticket that says what is wanted."""
    if not asked.subscription:
        checked = [rules.short(each) for each in rules.checked(asked.rules)]
        return {"languages": tuple(canonical(tag) for tag in asked.languages), "rules": tuple(checked)}
    if asked.rules or asked.languages:
        what = "The ticket cannot have rules of its own and those of your subscription."
        raise BadInput([Fault("two-profiles", what, "/subscription", "Leave out one of them.")])
    subscriber = subscriptions.own(actor)
    return {
        "languages": tuple(subscriber.languages),
        "rules": tuple(subscriber.profile.documents()),
        "subscriber": subscriber.pk,
        "revision": subscriber.profile.revision,
    }


def _granted(made: Ticket) -> HttpResponse:
    wire = settings.DATELINE_WIRE
    return reply(
        200,
        {
            "ticket": ticket.sign(keys.signing("ticket"), wire.origin, made),
            "seconds": int(ticket.LIFE.total_seconds()),
            "stream": f"{wire.stream_url}/wire",
        },
    )


def _origin() -> str:
    return str(settings.DATELINE_WIRE.origin)
