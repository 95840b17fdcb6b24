"""Signing in, and what a person may change of the own account."""

import secrets
import time
from collections import OrderedDict, deque

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _

from dateline.people.models import User
from dateline.people.roles import Actor
from dateline.web.work.access import signed_in
from dateline.words.errors import Fault, Refused
from dateline.words.languages import FIFTEEN, language

_TRIES, _SECONDS = 8, 300.0
# A guesser who makes up addresses may not fill the memory: the oldest are forgotten.
_MOST = 10_000


class TooOften(Refused):
    """Too many attempts to sign in."""

    slug = "too-often"
    status = 429


class Attempts:
    """How often an address tried an account lately. In memory: it is forgotten with the process."""

    def __init__(self) -> None:
        self._tries: OrderedDict[str, deque[float]] = OrderedDict()

    def note(self, key: str) -> None:
        """TooOften if there were more than eight in five minutes."""
        now = time.monotonic()
        tries = self._tries.setdefault(key, deque())
        self._tries.move_to_end(key)
        if len(self._tries) > _MOST:
            self._tries.popitem(last=False)
        while tries and now - tries[0] > _SECONDS:
            tries.popleft()
        if len(tries) >= _TRIES:
            raise TooOften([Fault("too-often", "There were too many attempts.", "", "Wait five minutes.")])
        tries.append(now)

    def forget(self, key: str) -> None:
        self._tries.pop(key, None)


_attempts = Attempts()


class SignIn(LoginView):
    """E-mail and password. A session is a sitting: it gets a random name for the record of openings."""

    template_name = "web/work/sign_in.html"
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: str, **kwargs: object) -> HttpResponse:
        _attempts.note(self._key())
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        _attempts.forget(self._key())
        answer = super().form_valid(form)
        self.request.session["sitting"] = secrets.token_hex(8)
        return answer

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        people = User.objects.filter(demo=True).order_by("pk") if settings.DATELINE_DEMO else User.objects.none()
        return {**super().get_context_data(**kwargs), "people": people}

    def _key(self) -> str:
        return f"{self.request.META.get('REMOTE_ADDR')} {self.request.POST.get('username', '')[:200].lower()}"


@signed_in
def account(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The person's language and password."""
    user = User.objects.get(pk=actor.user or 0)
    asked = request.method == "POST" and request.POST.get("act") == "password"
    password = PasswordChangeForm(user, request.POST if asked else None)
    faults = _speak(request, user) if request.method == "POST" and not asked else ()
    if asked and password.is_valid():
        password.save()
        update_session_auth_hash(request, user)
    wrong = bool(faults or password.errors)
    if request.method == "POST" and not wrong:
        messages.success(request, _("Saved."))
        return redirect("/work/account")
    languages = [(tag, language(tag).name, tag == user.language) for tag in FIFTEEN]
    context = {"actor": actor, "user": user, "languages": languages, "password": password, "faults": faults}
    return render(request, "web/work/account.html", context, status=422 if wrong else 200)


def _speak(request: HttpRequest, user: User) -> tuple[Fault, ...]:
    """Let the pages speak to this person in the language that was chosen."""
    tag = request.POST.get("language", "")
    if tag not in FIFTEEN:
        return (Fault("bad-language", _("The pages do not speak that language."), "", _("Choose another.")),)
    user.language = tag
    user.save(update_fields=["language"])
    translation.activate(tag.lower())
    return ()
