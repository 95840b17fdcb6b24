"""A subscriber's own profile and endpoints."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router

from dateline.api.auth import actor_of
from dateline.api.parsing import Strict
from dateline.api.replies import reply
from dateline.delivery import acknowledging, breakers, confirming, endpoints
from dateline.delivery.channels.email import Email
from dateline.delivery.models import Endpoint
from dateline.people.roles import Act, Actor, check
from dateline.routing import profiles, query
from dateline.routing.models import Rule, Subscriber
from dateline.words import clock
from dateline.words.errors import BadInput, Fault, NotFound
from dateline.words.languages import canonical

router = Router(tags=["subscription"])


class ProfileIn(Strict):
    """Languages in order of preference, and rules, or a query that means them: it is sent if any one of them fits."""

    languages: list[str] = []
    rules: list[dict[str, Any]] = []
    query: str = ""
    paused: bool = False


class EndpointIn(Strict):
    """Where to send: `webhook` and an https address, `email` and an address, or another channel's; see docs/files.md.

    `options` and `secret` are what the channel asks for beside it.
    """

    channel: str
    address: str
    options: dict[str, str] = {}
    secret: str = ""


class AcknowledgementIn(Strict):
    """The seq of a withdrawal or an erasure."""

    seq: int = Field(ge=1, lt=2**63)


@router.get("/subscription", response=dict)
def read_profile(request: HttpRequest) -> HttpResponse:
    """Your profile and endpoints."""
    return reply(200, document(own(actor_of(request))))


@router.put("/subscription", response=dict)
def save_profile(request: HttpRequest, body: ProfileIn) -> HttpResponse:
    """Put this profile in the place of the old one."""
    subscriber = own(actor_of(request))
    languages = [canonical(tag) for tag in body.languages]
    if body.query and body.rules:
        what = "The rules come both as a query and as documents."
        raise BadInput([Fault("two-forms", what, "/query", "Leave out one of them.")])
    profiles.set_rules(subscriber, query.rules(body.query) if body.query else body.rules)
    subscriber.languages, subscriber.paused = languages, body.paused
    subscriber.save()
    return reply(200, document(subscriber))


@router.post("/subscription/endpoints", response={201: dict})
def add_endpoint(request: HttpRequest, body: EndpointIn) -> HttpResponse:
    """Add an endpoint. A webhook's secret is shown this once, one that you give never; mail is confirmed first."""
    actor, now = actor_of(request), clock.now()
    subscriber = own(actor)
    came_from = f"added by API by {actor.name}, {now:%Y-%m-%d %H:%M} UTC"
    if body.channel == Email.name:
        lang = next(iter(subscriber.languages), "en")
        made = confirming.add_mail(subscriber, body.address, came_from=came_from, lang=lang, now=now)
    else:
        made = endpoints.add(
            subscriber, body.channel, body.address, body.options, secret=body.secret, came_from=came_from
        )
    return reply(201, {**_endpoint(made), "secret": endpoints.shown_once(made)})


@router.delete("/subscription/endpoints/{name}", response=dict)
def end_endpoint(request: HttpRequest, name: str) -> HttpResponse:
    """Send nothing there any more."""
    found = Endpoint.objects.filter(subscriber=own(actor_of(request)), name=name).first()
    if found is None:
        raise NotFound("You have no such endpoint.")
    endpoints.end_own(found)
    found.refresh_from_db()
    return reply(200, _endpoint(found))


@router.post("/subscription/acknowledgements", response=dict)
def acknowledge(request: HttpRequest, body: AcknowledgementIn) -> HttpResponse:
    """Say that what an entry takes back is taken back at your end; for each of your endpoints that it was sent to."""
    made = acknowledging.acknowledge_all(body.seq, own(actor_of(request)), clock.now())
    told = [{"endpoint": each.endpoint.name, "at": clock.printed(each.at), "how": each.how} for each in made]
    return reply(200, {"seq": body.seq, "acknowledged": told})


def own(actor: Actor) -> Subscriber:
    """The caller's subscriber; made when first asked for."""
    check(actor, Act.SUBSCRIBE)
    if actor.user is None:
        raise NotFound("This token belongs to no person, so it has no subscription.")
    found = Subscriber.objects.filter(user=actor.user).order_by("pk").first()
    return found or Subscriber.objects.create(kind=Subscriber.Kind.JOURNALIST, name=actor.name, user_id=actor.user)


def document(subscriber: Subscriber) -> dict[str, Any]:
    rules = Rule.objects.filter(profile__subscriber=subscriber).order_by("pk")
    return {
        "kind": subscriber.kind,
        "name": subscriber.name,
        "languages": subscriber.languages,
        "paused": subscriber.paused,
        "address_from": subscriber.address_from,
        "rules": [rule.document() for rule in rules],
        "query": query.written([rule.document() for rule in rules]),
        "endpoints": [_endpoint(each) for each in Endpoint.objects.filter(subscriber=subscriber).order_by("pk")],
    }


def _endpoint(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "name": endpoint.name,
        "channel": endpoint.channel,
        "address": endpoint.address,
        "state": endpoint.state,
        "came_from": endpoint.came_from,
        "left_alone_until": breakers.left_alone_until(endpoint),
    }
