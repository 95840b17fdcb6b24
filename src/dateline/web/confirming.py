"""Whether an address is theirs: a GET only asks, a POST says yes, or never."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from dateline.delivery import confirming
from dateline.words import clock


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The token in the address is the right to say it; no session is asked for."""
    found = confirming.endpoint(token, clock.now())
    if request.method == "POST":
        if request.POST.get("act") == "never":
            confirming.never(found, clock.now())
            found.refresh_from_db()
        else:
            found = confirming.act(token, clock.now())
    answer = render(request, "web/confirm.html", {"endpoint": found, "state": found.state})
    answer["Cache-Control"] = "no-store"
    # The address is a secret: no other site may learn it from a link.
    answer["Referrer-Policy"] = "no-referrer"
    return answer
