"""What a subscriber may do with what the wire keeps of him: take it along, object, have it deleted."""

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dateline.delivery import own_data
from dateline.people.roles import Act, Actor, check
from dateline.web.work.access import signed_in
from dateline.web.work.subscription import own
from dateline.words import clock


@signed_in
@require_GET
def export(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Everything, as a file."""
    check(actor, Act.SUBSCRIBE)
    answer = JsonResponse(own_data.export(own(actor), clock.now()), json_dumps_params={"indent": 2})
    answer["Content-Disposition"] = 'attachment; filename="dateline-subscription.json"'
    answer["Cache-Control"] = "no-store"
    return answer


@signed_in
@require_POST
def forget(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Object, or delete everything; whoever does either is signed out, or told what is so from now on."""
    check(actor, Act.SUBSCRIBE)
    if "sure" not in request.POST:
        messages.error(request, _("Nothing was deleted. Tick the box first."))
        return redirect("/work/subscription#data")
    own_data.forget(own(actor), clock.now(), never="never" in request.POST)
    logout(request)
    return render(request, "web/work/forgotten.html")
