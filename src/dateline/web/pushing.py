"""What browsers with notices ask of the site: the worker that shows them, and what a tap on one does."""

from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from dateline.delivery import tapping
from dateline.words import clock

_WORKER = Path(__file__).parent / "static" / "web" / "push_worker.js"


@require_safe
def worker(_request: HttpRequest) -> HttpResponse:
    """At the root, because a worker rules over what lies below its own address (Service Workers, section 4.3)."""
    answer = HttpResponse(_WORKER.read_bytes(), content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = "no-cache"
    answer["Content-Security-Policy"] = "default-src 'none'; connect-src 'self'; img-src 'self'"
    return answer


@csrf_exempt
@require_POST
def tap(request: HttpRequest, token: str) -> HttpResponse:
    """The token in the address is the right to do it; no session is asked for, and nothing is led elsewhere."""
    tapping.act(token, request.POST.get("act", ""), request.POST.dict(), clock.now())
    answer = HttpResponse(status=204)
    answer["Cache-Control"] = "no-store"
    return answer
