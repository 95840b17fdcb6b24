"""Acknowledging what was taken back, by the link in its mail: a POST acts, without cookie; a GET only asks."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from dateline.delivery import acknowledging
from dateline.words import clock


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def acknowledge(request: HttpRequest, token: str) -> HttpResponse:
    """In the language in which the entry was sent. The token is the right to do it; mail scanners only ever GET."""
    seq, endpoint = acknowledging.of_link(token)
    if request.method == "POST":
        acknowledging.acknowledge(seq, endpoint, acknowledging.LINK, clock.now())
    lang = acknowledging.lang_of(seq, endpoint)
    with translation.override(lang.lower() or translation.get_language()):
        context = {"done": acknowledging.is_known(seq, endpoint), "seq": seq}
        answer = render(request, "web/acknowledge.html", context)
    answer["Cache-Control"] = "no-store"
    # The address is a secret: no other site may learn it from a link.
    answer["Referrer-Policy"] = "no-referrer"
    return answer
