"""The page that adds an endpoint of a channel that asks for more than an address."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from dateline.delivery import endpoints
from dateline.delivery.channels import KNOWN, OFFERED
from dateline.delivery.channels.contract import Field
from dateline.people.roles import Act, Actor, check
from dateline.web.work.access import raise_if_not_theirs, signed_in
from dateline.web.work.subscription import came_from, own
from dateline.words import clock
from dateline.words.errors import NotFound, Refused


@signed_in
def adding(request: HttpRequest, actor: Actor, channel: str) -> HttpResponse:
    """What the channel's fields ask for; a secret that was typed is shown to nobody again."""
    check(actor, Act.SUBSCRIBE)
    if channel not in OFFERED or not KNOWN[channel].fields:
        raise NotFound("There is no such channel.")
    fields = KNOWN[channel].fields
    if request.method != "POST":
        return _shown(request, actor, channel, fields, None)
    given = {each.name: request.POST.get(each.name, "") for each in fields if not each.secret}
    secret = next((request.POST.get(each.name, "") for each in fields if each.secret), "")
    try:
        subscriber = own(actor)
        typed = came_from(subscriber, clock.now())
        endpoints.add(subscriber, channel, request.POST.get("address", ""), given, secret=secret, came_from=typed)
    except Refused as refused:
        raise_if_not_theirs(refused)
        return _shown(request, actor, channel, fields, refused)
    messages.success(request, _("Saved."))
    return redirect("/work/subscription")


def _shown(
    request: HttpRequest, actor: Actor, channel: str, fields: tuple[Field, ...], refused: Refused | None
) -> HttpResponse:
    typed = [(each, "" if each.secret else request.POST.get(each.name, "")) for each in fields]
    context = {
        "actor": actor,
        "label": OFFERED[channel],
        "fields": typed,
        "address": request.POST.get("address", ""),
        "form": KNOWN[channel].address_form,
        "faults": refused.faults if refused else (),
    }
    return render(request, "web/work/adding.html", context, status=refused.status if refused else 200)
