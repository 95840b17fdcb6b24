"""How a refusal looks to whoever asked: problem JSON (RFC 9457) for programs, a page for people."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from dateline.words.errors import Refused

_PROBLEM = "application/problem+json"
_SAID = {404: "There is nothing at this address.", 405: "This address does not take that method."}


def problem(request: HttpRequest, refused: Refused) -> HttpResponse:
    """The answer to a refused request, in the form that the asker understands."""
    if request.path.startswith("/api/") or "text/html" not in request.headers.get("Accept", ""):
        return JsonResponse(refused.as_problem(), status=refused.status, content_type=_PROBLEM)
    return render(request, "web/refused.html", {"refused": refused}, status=refused.status)


def speak_problem(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware, the outermost: what Django itself refuses under /api/ (an address, a method, a header) is said in
    problem JSON too. HEAD is answered as GET; the server leaves the body out (RFC 9110 section 9.3.2).
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        of_api = request.path.startswith("/api/")
        if of_api and request.method == "HEAD":
            request.method = "GET"
        answer = get_response(request)
        if not of_api or answer.status_code < 400 or answer["Content-Type"] == _PROBLEM:
            return answer
        code = answer.status_code
        told = Refused(_SAID.get(code, "The request cannot be answered."), title=answer.reason_phrase)
        said = JsonResponse({**told.as_problem(), "status": code}, status=code, content_type=_PROBLEM)
        if answer.has_header("Allow"):
            said["Allow"] = answer["Allow"]
        return said

    return middleware


class RefusedMiddleware:
    """Turns a `Refused` that a view raised into its answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: BaseException) -> HttpResponse | None:
        return problem(request, exception) if isinstance(exception, Refused) else None
