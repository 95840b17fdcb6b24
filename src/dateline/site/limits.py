"""What is too large is refused by its Content-Length, before a byte of it is read."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from dateline.site.errors import problem
from dateline.words.errors import BadInput, Fault, Refused, TooLarge

_SLACK = 64 * 1024


def limit_body(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: 413 for a body over the limit, 411 for one that does not say its length."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        fault = _too_much(request)
        return problem(request, fault) if fault else get_response(request)

    return middleware


def _too_much(request: HttpRequest) -> Refused | None:
    if "chunked" in request.headers.get("Transfer-Encoding", "").lower():
        return BadInput(
            [Fault("no-length", "The body does not say its length.", "Content-Length", "Send a Content-Length.")]
        )
    length = request.headers.get("Content-Length") or "0"
    limit = settings.DATELINE_FILING_LIMIT + _SLACK
    if not length.isdigit():
        return BadInput(
            [Fault("bad-length", f"Content-Length is {length[:40]!r}.", "Content-Length", "Send a number.")]
        )
    if int(length) > limit:
        what = f"The body is {int(length):,} bytes; a filing may be {settings.DATELINE_FILING_LIMIT:,}."
        return TooLarge([Fault("too-large", what, "Content-Length", "Send media by their own addresses, not inline.")])
    return None
