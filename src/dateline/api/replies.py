"""What the answers of the API have in common."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

PROBLEM = "application/problem+json"


def reply(status: int, body: dict[str, Any]) -> HttpResponse:
    """An answer for whoever asked alone: no cache keeps it."""
    answer = JsonResponse(body, status=status, content_type="application/json" if status < 400 else PROBLEM)
    answer["Cache-Control"] = "no-store"
    return answer


def from_log(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """An answer out of the log. A cache asks again each time, so that what is withdrawn or erased is gone at once."""
    signed = "Authorization" in request.headers or request.user.is_authenticated
    answer["Cache-Control"] = "private, no-store" if signed else "no-cache"
    answer["Vary"] = "Accept, Authorization, Cookie"
    return answer
