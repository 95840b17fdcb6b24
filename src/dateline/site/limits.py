"""What is too large is refused by its Content-Length, before a byte of it is read; and what no address may hold."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from dateline.site.errors import problem
from dateline.words.errors import BadInput, Fault, LengthRequired, Refused, TooLarge

_SLACK = 64 * 1024


def limit_body(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: 413 for a body over the limit, 411 for one that does not say its length, 422 for a NUL."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        fault = _nul(request) or _too_much(request)
        return problem(request, fault) if fault else get_response(request)

    return middleware


def _nul(request: HttpRequest) -> Refused | None:
    """PostgreSQL keeps no NUL in a text, and nothing here has one in its name."""
    if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
        return BadInput([Fault("nul", "There is a NUL in the address.", "", "Take the %00 out.")])
    return None


def _too_much(request: HttpRequest) -> Refused | None:
    if "chunked" in request.headers.get("Transfer-Encoding", "").lower():
        return LengthRequired(
            [Fault("no-length", "The body does not say its length.", "Content-Length", "Send a Content-Length.")]
        )
    length = request.headers.get("Content-Length") or "0"
    limit = settings.DATELINE_FILING_LIMIT + _SLACK
    if not (length.isascii() and length.isdigit()):
        return BadInput(
            [Fault("bad-length", f"Content-Length is {length[:40]!r}.", "Content-Length", "Send a number.")]
        )
    if int(length) > limit:
        what = f"The body is {int(length):,} bytes; a filing may be {settings.DATELINE_FILING_LIMIT:,}."
        return TooLarge([Fault("too-large", what, "Content-Length", "Send media by their own addresses, not inline.")])
    return None
