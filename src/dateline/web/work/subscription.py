"""The subscriber's own page: what is wanted, and where it goes."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from dateline.delivery import endpoints
from dateline.delivery.models import Endpoint, Outcome
from dateline.people.roles import Act, Actor, check
from dateline.routing import profiles
from dateline.routing.models import Rule, Subscriber
from dateline.web.work.access import say, signed_in
from dateline.words import sectors
from dateline.words.errors import BadInput, NotFound, Refused
from dateline.words.languages import FIFTEEN, canonical, language

_LISTS = ("languages", "countries", "sectors", "issuers", "tickers")
_LATELY = 30


@signed_in
def subscription(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Profile, endpoints, and what was sent lately."""
    check(actor, Act.SUBSCRIBE)
    subscriber = own(actor)
    if request.method == "POST":
        try:
            _act(request, subscriber)
        except Refused as refused:
            say(request, refused)
        return redirect("/work/subscription")
    rules = Rule.objects.filter(profile__subscriber=subscriber).order_by("pk")
    mine = Endpoint.objects.filter(subscriber=subscriber)
    context = {
        "subscriber": subscriber,
        "rules": [
            {name: " ".join(getattr(rule, name)) for name in _LISTS} | {"everything": rule.everything} for rule in rules
        ],
        "endpoints": mine.order_by("pk"),
        "channels": Endpoint.Channel.choices,
        "outcomes": Outcome.objects.filter(endpoint__in=mine).select_related("endpoint").order_by("-pk")[:_LATELY],
        "languages": [(tag, language(tag).name) for tag in FIFTEEN],
        "sectors": [(code, sectors.name(code, "en")) for code in sectors.own_codes()],
    }
    return render(request, "web/work/subscription.html", context)


def own(actor: Actor) -> Subscriber:
    """The signed-in person's subscriber; made when first asked for."""
    found = Subscriber.objects.filter(user=actor.user).order_by("pk").first()
    return found or Subscriber.objects.create(kind=Subscriber.Kind.JOURNALIST, name=actor.name, user_id=actor.user)


def _act(request: HttpRequest, subscriber: Subscriber) -> None:
    match request.POST.get("act", ""):
        case "profile":
            subscriber.languages = [
                canonical(tag) for tag in request.POST.get("languages", "").replace(",", " ").split()
            ]
            subscriber.paused = "paused" in request.POST
            subscriber.save()
            messages.success(request, _("Saved."))
        case "rules":
            profiles.set_rules(subscriber, _rules(request))
            messages.success(request, _("Saved."))
        case "add":
            channel = request.POST.get("channel", "")
            if channel not in Endpoint.Channel.values:
                raise BadInput(_("Choose webhook or e-mail."))
            made = endpoints.add(subscriber, channel, request.POST.get("address", ""))
            secret = endpoints.secret_of(made)
            told = _("Added. Its secret, shown this once: %(secret)s") % {"secret": secret} if secret else _("Added.")
            messages.success(request, told)
        case "end":
            found = Endpoint.objects.filter(subscriber=subscriber, name=request.POST.get("name", "")).first()
            if found is None:
                raise NotFound("You have no such endpoint.")
            endpoints.end(found, "ended by the subscriber")
            messages.success(request, _("Nothing is sent there any more."))


def _row(rule: Rule) -> dict[str, object]:
    lists: dict[str, object] = {name: " ".join(getattr(rule, name)) for name in _LISTS}
    return lists | {"issuers": ", ".join(rule.issuers), "everything": rule.everything}


def _words(request: HttpRequest, name: str) -> list[str]:
    return request.POST.get(name, "").replace(",", " ").split()


def _rules(request: HttpRequest) -> list[dict[str, object]]:
    """The rows `0-languages`, `0-countries`, …; a blank row falls away."""
    found: list[dict[str, object]] = []
    for number in range(50):
        row: dict[str, object] = {
            name: request.POST.get(f"{number}-{name}", "").replace(",", " ").split() for name in _LISTS
        }
        row["issuers"] = [each.strip() for each in request.POST.get(f"{number}-issuers", "").split(",") if each.strip()]
        if f"{number}-everything" in request.POST:
            row["everything"] = True
        if any(row.values()):
            found.append(row)
    return found
