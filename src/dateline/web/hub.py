"""The door of the WebSub hub: a form is accepted or refused at once, in plain text; the rest is done in `delivery`.

Source: WebSub (W3C Recommendation of 23 January 2018) sections 5.1 and 6.
"""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from dateline.delivery.hub import asking, requests
from dateline.words import clock
from dateline.words.errors import Refused

_PLAIN = "text/plain; charset=utf-8"
_ACCEPTED = "Accepted. The callback will be asked to confirm it.\n"
_RETRY_AFTER = "60"


@csrf_exempt
@require_POST
def hub(request: HttpRequest) -> HttpResponse:
    """Subscribe, unsubscribe, or the ping of a publisher, which changes nothing: these feeds publish themselves."""
    try:
        return _answered(request)
    except Refused as refused:
        answer = HttpResponse(f"{refused}\n", content_type=_PLAIN, status=refused.status)
        if refused.status == 429:
            answer["Retry-After"] = _RETRY_AFTER
        return answer


def _answered(request: HttpRequest) -> HttpResponse:
    asking.check_length(int(request.headers.get("Content-Length") or 0))
    fields = asking.form(request.headers.get("Content-Type", ""), request.body)
    if fields.get("hub.mode") == "publish":
        asking.topic(fields.get("hub.topic") or fields.get("hub.url", ""))
        return HttpResponse(status=204)
    requests.accept(asking.asked(fields), clock.now())
    return HttpResponse(_ACCEPTED, content_type=_PLAIN, status=202)
