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
from dateline.words.errors import NotAllowed, NotFound, Refused

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, Actor, P], HttpResponse]


def signed_in(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """The view gets the actor; who is not signed in is asked to. Nothing of it is kept by a browser or a proxy."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        actor = accounts.actor(request)
        if actor is None or not isinstance(request.user, User):
            return redirect(f"/sign-in?next={request.path}")
        translation.activate(request.user.language.lower())
        answer = view(request, actor, *args, **kwargs)
        answer["Cache-Control"] = "no-store"
        return answer

    return guarded


def say(request: HttpRequest, refused: Refused) -> None:
    """Each fault as a message on the next page. What is not theirs stays an answer of its own."""
    if isinstance(refused, NotFound | NotAllowed):
        raise refused
    for fault in refused.faults:
        messages.error(request, f"{fault.what} {fault.mend}")
