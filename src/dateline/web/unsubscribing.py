"""Leaving the mail with one click (RFC 8058): a POST acts, without cookie or redirect; a GET only asks."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from dateline.delivery import unsubscribe as leaving


@csrf_exempt
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """The token in the address is the right to do it; no session is asked for."""
    if request.method == "POST":
        leaving.act(token)
        return render(request, "web/unsubscribe.html", {"done": True})
    leaving.endpoint(token)
    return render(request, "web/unsubscribe.html", {"done": False})
