"""Leaving the mail with one click (RFC 8058): a POST acts, without cookie or redirect; a GET only asks."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from dateline.delivery import unsubscribe as leaving
from dateline.delivery.models import Endpoint
from dateline.words import clock


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """The token in the address is the right to do it; no session is asked for."""
    found = leaving.act(token) if request.method == "POST" else leaving.endpoint(token)
    if request.method == "POST" and "never" in request.POST:
        leaving.never(found, clock.now())
    done = found.state == Endpoint.State.ENDED
    answer = render(request, "web/unsubscribe.html", {"endpoint": found, "done": done})
    answer["Cache-Control"] = "no-store"
    # The address is a secret: no other site may learn it from a link.
    answer["Referrer-Policy"] = "no-referrer"
    return answer
