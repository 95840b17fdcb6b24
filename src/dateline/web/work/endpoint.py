"""The page of one webhook, for its owner: its state, the attempts with request and answer, and what can be done."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.utils.translation import gettext as _

from dateline.delivery import attempted, breakers, recovering, rotation, trial
from dateline.delivery.channels.webhook import Webhook
from dateline.delivery.models import Endpoint
from dateline.people.roles import Act, Actor, check
from dateline.web.work.access import say, signed_in
from dateline.web.work.reasons import reason
from dateline.web.work.subscription import own
from dateline.words import clock
from dateline.words.errors import BadInput, NotFound, Refused

_SHOWN = 30
# What the button reaches back to; the API takes any moment.
_LATELY = timedelta(hours=24)


@signed_in
def endpoint(request: HttpRequest, actor: Actor, key: str) -> HttpResponse:
    """One webhook of the signed-in person's; NotFound if it is another's, or none."""
    check(actor, Act.SUBSCRIBE)
    found = Endpoint.objects.filter(subscriber=own(actor), channel=Webhook.name, name=key).first()
    if found is None:
        raise NotFound("You have no such endpoint.")
    if request.method != "POST":
        return _shown(request, actor, found)
    try:
        secret = _act(request, found)
    except Refused as refused:
        say(request, refused)
        return redirect(request.path)
    # Shown here and nowhere else: a redirect would carry it in a cookie.
    return _shown(request, actor, found, secret) if secret else redirect(request.path)


def _act(request: HttpRequest, found: Endpoint) -> str:
    """Do it; returns the new secret, if it is that."""
    now = clock.now()
    match request.POST.get("act", ""):
        case "rotate":
            return rotation.rotate(found, now)
        case "test":
            tried = trial.send(found, now)
            messages.info(request, format_html("{}: {} · {} ms", _("Answer"), reason(tried.evidence), tried.ms))
        case "recover":
            owed = recovering.recover(found, now - _LATELY, now)
            messages.success(request, f"{_('To be tried again')}: {len(owed)}")
        case "replay":
            recovering.replay(found, _seq(request), now)
            messages.success(request, _("Saved."))
        case _:
            raise BadInput(_("There is no such act."))
    return ""


def _seq(request: HttpRequest) -> int:
    """The number that its button carries; 0, which no entry has, if somebody wrote something else."""
    text = request.POST.get("seq", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def _shown(request: HttpRequest, actor: Actor, found: Endpoint, secret: str = "") -> HttpResponse:
    context = {
        "actor": actor,
        "endpoint": found,
        "left_alone_until": breakers.left_alone_until(found),
        "attempts": attempted.log(found, _SHOWN),
        "secret": secret,
    }
    return render(request, "web/work/endpoint.html", context)
