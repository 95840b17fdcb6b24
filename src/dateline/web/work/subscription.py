"""The subscriber's own page: what is wanted, and where it goes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import available_timezones

from babel import Locale
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dateline.delivery import barring, confirming, endpoints, notice, own_data, quiet, tapping, vapid
from dateline.delivery.channels import KNOWN, OFFERED
from dateline.delivery.channels.email import Email
from dateline.delivery.channels.push import Push
from dateline.delivery.models import Endpoint, Outcome
from dateline.people.roles import Act, Actor, check
from dateline.routing import profiles, query
from dateline.routing.explain import Explained, Reader, explained
from dateline.routing.models import Rule, Subscriber
from dateline.routing.preview import preview
from dateline.vault import keys
from dateline.web.editions import SIGNALS
from dateline.web.work.access import raise_if_not_theirs, signed_in
from dateline.web.work.showing import ui
from dateline.wire import log
from dateline.words import clock, sectors
from dateline.words.entry import Entry
from dateline.words.errors import BadInput, NotFound, Refused
from dateline.words.languages import FIFTEEN, canonical, language

_WORDS = ("languages", "countries", "tickers")
_SINGLE = ("issuers", "urgency", "words")
_EXPLAINED = 8
_MOST = 50
_LATELY = 30
_OF_ENDPOINT: dict[str, Callable[[Endpoint], None]] = {
    "end": endpoints.end_own,
    "take-up": endpoints.take_up,
    "pause": partial(endpoints.pause, paused=True),
    "resume": partial(endpoints.pause, paused=False),
    "undo": tapping.undo,
}


@dataclass(slots=True)
class RuleForm:
    """One rule as its fields hold it, right or wrong. `pk` is the rule that it was read from, if there is one."""

    number: int
    pk: str
    values: dict[str, str]
    sectors: list[str]
    everything: bool

    @property
    def blank(self) -> bool:
        return not (any(self.values.values()) or self.sectors or self.everything)


@signed_in
def subscription(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Profile, endpoints, and what was sent lately."""
    check(actor, Act.SUBSCRIBE)
    subscriber = own(actor)
    if request.method != "POST":
        return _shown(request, actor, subscriber, _kept(subscriber))
    try:
        secret = _act(request, subscriber)
    except Refused as refused:
        raise_if_not_theirs(refused)
        rules = _posted(request) if request.POST.get("act") == "rules" else _kept(subscriber)
        return _shown(request, actor, subscriber, rules, refused=refused)
    if secret:
        # Shown here and nowhere else: a redirect would carry it in a cookie.
        return _shown(request, actor, subscriber, _kept(subscriber), secret=secret)
    messages.success(request, _("Saved."))
    return redirect("/work/subscription")


def own(actor: Actor) -> Subscriber:
    """The signed-in person's subscriber; made when first asked for."""
    found = Subscriber.objects.filter(user=actor.user).order_by("pk").first()
    return found or Subscriber.objects.create(kind=Subscriber.Kind.JOURNALIST, name=actor.name, user_id=actor.user)


def _act(request: HttpRequest, subscriber: Subscriber) -> str:
    """Do it; returns the secret of a new webhook, which is shown once."""
    match request.POST.get("act", ""):
        case "profile":
            chosen = _split(" ".join(request.POST.getlist("languages")))
            subscriber.languages = list(dict.fromkeys(map(canonical, chosen)))
            subscriber.paused = "paused" in request.POST
            subscriber.save()
        case "rules":
            before = {str(rule.pk): rule for rule in _rules(subscriber)}
            wanted = [_document(each, before.get(each.pk)) for each in _posted(request) if not each.blank]
            profiles.set_rules(subscriber, wanted)
        case "query":
            profiles.set_rules(subscriber, query.rules(request.POST.get("query", "")))
        case "add":
            return _added(request, subscriber)
        case "object":
            own_data.object_to(subscriber, clock.now())
        case "wishes":
            wished = quiet.checked({name: request.POST.get(name, "") for name in quiet.WISHES})
            endpoints.wish(_named(subscriber, request.POST.get("name", "")), wished, clock.now())
        case act if act in _OF_ENDPOINT:
            _OF_ENDPOINT[act](_named(subscriber, request.POST.get("name", "")))
        case _:
            raise BadInput(_("There is no such act."))
    return ""


def came_from(subscriber: Subscriber, now: datetime) -> str:
    """Who gave an address here, and when."""
    return f"given on the subscription page by {subscriber.name}, {now:%Y-%m-%d %H:%M} UTC"


def _added(request: HttpRequest, subscriber: Subscriber) -> str:
    channel, address, now = request.POST.get("channel", ""), request.POST.get("address", ""), clock.now()
    typed = came_from(subscriber, now)
    if channel == Email.name:
        confirming.add_mail(subscriber, address, came_from=typed, lang=get_language() or "en", now=now)
        return ""
    return endpoints.shown_once(endpoints.add(subscriber, channel, address, came_from=typed))


def _named(subscriber: Subscriber, name: str) -> Endpoint:
    found = Endpoint.objects.filter(subscriber=subscriber, name=name).first()
    if found is None:
        raise NotFound("You have no such endpoint.")
    return found


def _rules(subscriber: Subscriber) -> list[Rule]:
    return list(Rule.objects.filter(profile__subscriber=subscriber).order_by("pk"))


def _kept(subscriber: Subscriber) -> list[RuleForm]:
    return [_rule_form(number, rule) for number, rule in enumerate(_rules(subscriber))]


def _rule_form(number: int, rule: Rule) -> RuleForm:
    values = {name: " ".join(getattr(rule, name)) for name in _WORDS}
    values |= {"issuers": ", ".join(rule.issuers), "urgency": str(rule.urgency or ""), "words": rule.words}
    return RuleForm(number, str(rule.pk), values, list(rule.sectors), rule.everything)


def _posted(request: HttpRequest) -> list[RuleForm]:
    """The rows `0-languages`, `0-countries`, …, blank ones and those that are to go left out."""
    found = []
    for number in range(_MOST):
        row = RuleForm(
            number=number,
            pk=request.POST.get(f"{number}-pk", ""),
            values={name: request.POST.get(f"{number}-{name}", "").strip() for name in (*_WORDS, *_SINGLE)},
            sectors=request.POST.getlist(f"{number}-sectors"),
            everything=f"{number}-everything" in request.POST,
        )
        if not row.blank and f"{number}-gone" not in request.POST:
            found.append(row)
    return found


def _document(row: RuleForm, was: Rule | None) -> dict[str, Any]:
    """The rule as `profiles` takes it. What has no field here (circuits, signals, what is refused) stays as it was."""
    kept = was.document() if was else {}
    urgency = row.values["urgency"]
    given: dict[str, Any] = {name: _split(row.values[name]) for name in _WORDS}
    given["issuers"] = [each.strip() for each in row.values["issuers"].split(",") if each.strip()]
    given |= {"sectors": row.sectors, "urgency": int(urgency) if urgency.isdecimal() else None}
    given["words"] = row.values["words"]
    if row.everything:
        return {"everything": True} | {name: value for name, value in given.items() if value}
    return {**kept, **given, "everything": False}


def _shown(
    request: HttpRequest,
    actor: Actor,
    subscriber: Subscriber,
    rules: list[RuleForm],
    *,
    refused: Refused | None = None,
    secret: str = "",
) -> HttpResponse:
    mine = list(Endpoint.objects.filter(subscriber=subscriber).order_by("pk"))
    tongues = subscriber.languages
    blank = RuleForm(max((rule.number for rule in rules), default=-1) + 1, "", {}, [], everything=False)
    context = {
        "actor": actor,
        "subscriber": subscriber,
        "rules": [*rules, blank],
        "endpoints": [each for each in mine if each.state != Endpoint.State.ENDED],
        "ended": [each for each in reversed(mine) if each.state == Endpoint.State.ENDED],
        "by_owner": barring.ENDED,
        "channels": [(name, label) for name, label in OFFERED.items() if name != Push.name and not KNOWN[name].fields],
        "by_page": [(name, label) for name, label in OFFERED.items() if KNOWN[name].fields],
        "now": clock.printed(clock.now()),
        "moment": clock.now(),
        "push_key": vapid.public(keys.named(vapid.KEY)),
        "buttons": [(name, _(title), name in notice.USUAL) for name, title in notice.ACTIONS.items()],
        "sent": _sent(subscriber),
        "zones": sorted(available_timezones()),
        "wishing": request.POST.get("name", "") if refused else "",
        "line": request.POST.get("query", "") if refused else query.written(subscriber.profile.documents()),
        "explained": _explained(subscriber),
        "languages": [(tag, language(tag).name) for tag in dict.fromkeys((*FIFTEEN, *tongues))],
        # One more than there are, for one more.
        "tongues": [*tongues, *[""] * max(1, 3 - len(tongues))],
        "countries": _countries(),
        "sectors": [(code, sectors.name(code, ui())) for code in sectors.own_codes()],
        "faults": refused.faults if refused else (),
        "address": request.POST.get("address", "") if refused else "",
        "secret": secret,
    }
    return render(request, "web/work/subscription.html", context, status=refused.status if refused else 200)


@signed_in
@require_POST
def this_browser(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Add the browser that asks, by what its push service gave it; the token is what its worker moves with."""
    check(actor, Act.SUBSCRIBE)
    given = {name: request.POST.get(name, "") for name in ("p256dh", "auth")}
    options = {**given, "actions": " ".join(request.POST.getlist("actions"))}
    subscriber, address = own(actor), request.POST.get("address", "")
    try:
        made = endpoints.add(subscriber, Push.name, address, options, came_from=came_from(subscriber, clock.now()))
    except Refused as refused:
        return JsonResponse({"faults": [fault.as_json() for fault in refused.faults]}, status=refused.status)
    return JsonResponse({"act": f"/push/{tapping.token(made)}"}, status=201)


@signed_in
@require_POST
def previewed(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What the line, or the fields, would have matched lately; and the line that the fields mean."""
    check(actor, Act.SUBSCRIBE)
    subscriber = own(actor)
    try:
        if "query" in request.POST:
            asked = query.rules(request.POST["query"])
        else:
            before = {str(rule.pk): rule for rule in _rules(subscriber)}
            asked = [_document(each, before.get(each.pk)) for each in _posted(request) if not each.blank]
        found = preview(asked, tuple(subscriber.languages), frozenset(subscriber.groups), clock.now())
    except Refused as refused:
        return JsonResponse({"faults": [fault.as_json() for fault in refused.faults]}, status=422)
    values = {"count": found["matched"], "days": found["days"]}
    count = _("Releases of the last %(days)s days that would have been sent: %(count)s") % values
    return JsonResponse({**found, "said": count})


def _explained(subscriber: Subscriber) -> list[tuple[Explained, str]]:
    """The newest entries that the subscriber may read, and what the rules say of each."""
    reader = _reader(subscriber)
    entries = log.after(max(0, log.size() - _EXPLAINED), _EXPLAINED, reader.groups)
    return [(explained(reader, entry), _headline(entry)) for entry in reversed(entries)]


def _sent(subscriber: Subscriber) -> list[dict[str, Any]]:
    """The newest attempts, of what, and which of the rules it fits."""
    rows = Outcome.objects.filter(endpoint__subscriber=subscriber).select_related("endpoint").order_by("-pk")
    found = list(rows[:_LATELY])
    reader = _reader(subscriber)
    known = {seq: log.tail(seq - 1, 1)[0] for seq in {row.seq for row in found}}
    rules = {
        seq: [rule.query for rule in explained(reader, entry).rules if rule.matches] for seq, entry in known.items()
    }
    return [{"row": row, "headline": _headline(known[row.seq]), "rules": rules[row.seq]} for row in found]


def _reader(subscriber: Subscriber) -> Reader:
    groups = frozenset(subscriber.groups)
    return Reader(tuple(subscriber.languages), groups, subscriber.profile.documents(), subscriber.paused)


def _headline(entry: Entry) -> str:
    part = entry.rendition(str(entry.header["source_language"])) or {}
    return str(part.get("headline", "")) or str(SIGNALS.get(entry.signal, entry.signal))


def _countries() -> list[tuple[str, str]]:
    """(ISO 3166 code, name in the page's language), by name."""
    names = Locale.parse(ui().replace("-", "_")).territories
    found = [(code, str(name)) for code, name in names.items() if len(code) == 2 and code.isalpha()]
    return sorted(found, key=lambda each: each[1])


def _split(text: str) -> list[str]:
    return text.replace(",", " ").split()
