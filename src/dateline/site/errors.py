"""How a refusal looks to whoever asked: problem JSON (RFC 9457) for programs, a page for people."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from dateline.words.errors import Refused


def problem(request: HttpRequest, refused: Refused) -> HttpResponse:
    """The answer to a refused request, in the form that the asker understands."""
    if request.path.startswith("/api/") or "text/html" not in request.headers.get("Accept", ""):
        return JsonResponse(refused.as_problem(), status=refused.status, content_type="application/problem+json")
    return render(request, "web/refused.html", {"refused": refused}, status=refused.status)


class RefusedMiddleware:
    """Turns a `Refused` that a view raised into its answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: BaseException) -> HttpResponse | None:
        return problem(request, exception) if isinstance(exception, Refused) else None
