"""Who is at the page, and what a page says when something is refused."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation

from dateline.people import accounts
from dateline.people.models import User
from dateline.people.roles import Actor
from dateline.web.work import again
from dateline.web.work.telling import told
from dateline.words.errors import NotAllowed, NotFound, Refused

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, Actor, P], HttpResponse]
# The texts come from strangers and were cleaned; what may have slipped through still loads and runs nothing.
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def signed_in(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """The view gets the actor; who is not signed in is asked to. Nothing of it is kept by a browser or a proxy."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        actor = accounts.actor(request)
        if actor is None or not isinstance(request.user, User):
            # A sitting ends while somebody writes: what was typed comes back to be sent again.
            answer = (
                again.signed_out(request) if request.method == "POST" else redirect(f"/sign-in?next={request.path}")
            )
        else:
            translation.activate(request.user.language.lower())
            answer = view(request, actor, *args, **kwargs)
        answer["Cache-Control"] = "no-store"
        answer["Content-Security-Policy"] = _POLICY
        return answer

    return guarded


def say(request: HttpRequest, refused: Refused) -> None:
    """Each fault as a message on the next page. What is not theirs stays an answer of its own."""
    raise_if_not_theirs(refused)
    for fault in refused.faults:
        messages.error(request, f"{told(fault.what)} {told(fault.mend)}")


def raise_if_not_theirs(refused: Refused) -> None:
    if isinstance(refused, NotFound | NotAllowed):
        raise refused
