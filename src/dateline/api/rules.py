"""Rules: what they would have matched, and why somebody gets an entry or does not."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from dateline.api import subscriptions
from dateline.api.auth import actor_of
from dateline.api.parsing import Strict
from dateline.api.replies import reply
from dateline.people.roles import Act, Actor
from dateline.routing import query
from dateline.routing.explain import Reader, explained
from dateline.routing.models import Subscriber
from dateline.routing.preview import preview
from dateline.wire import log
from dateline.words import clock
from dateline.words.errors import BadInput, Fault, NotFound
from dateline.words.languages import canonical

router = Router(tags=["rules"])
_LAST = 2**62


class Asked(Strict):
    """A query of docs/rules.md, or rules as a subscription has them; languages in order of preference."""

    query: str = ""
    rules: list[dict[str, Any]] = []
    languages: list[str] = []


@router.post("/rules/preview", response=dict)
def preview_rules(request: HttpRequest, body: Asked) -> HttpResponse:
    """What these rules would have matched in the last 30 days; a query that cannot be read, with the column."""
    actor = actor_of(request)
    languages = tuple(canonical(tag) for tag in body.languages)
    return reply(200, preview(asked_rules(body.query, body.rules), languages, actor.groups, clock.now()))


@router.get("/wire/{seq}/explain", response=dict)
def explain(request: HttpRequest, seq: int, subscriber: str = "") -> HttpResponse:
    """Why a subscriber gets an entry, or which condition of each rule failed; yours, or for the desk anybody's."""
    actor = actor_of(request)
    about = _about(actor, subscriber)
    if not 0 < seq <= _LAST:
        raise NotFound("There is no such entry.")
    groups = frozenset(about.groups)
    entry = log.entry(seq, actor.groups | groups if about.user_id != actor.user else actor.groups)
    rules = about.profile.documents()
    return reply(200, explained(Reader(tuple(about.languages), groups, rules, about.paused), entry).as_json())


def asked_rules(text: str, rules: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rules of a query, or those that were sent; BadInput for both."""
    if text and rules:
        what = "The rules come both as a query and as documents."
        raise BadInput([Fault("two-forms", what, "/query", "Leave out one of them.")])
    return query.rules(text) if text else rules


def _about(actor: Actor, name: str) -> Subscriber:
    """The subscriber who is meant, by number or pseudonym; for those who are not the desk, their own only."""
    if not name:
        return subscriptions.own(actor)
    by = {"pk": int(name)} if name.isascii() and name.isdigit() and len(name) < 16 else {"pseudonym": name}
    found = Subscriber.objects.filter(**by).first()
    mine = found is not None and actor.user is not None and found.user_id == actor.user
    if found is None or not (mine or actor.is_desk or actor.may(Act.OPERATE)):
        raise NotFound("There is no such subscriber.")
    return found
