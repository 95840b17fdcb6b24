"""Signing in and out."""

import secrets
import time
from collections import defaultdict, deque

from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse

from dateline.people.models import User
from dateline.words.errors import Fault, Refused

_TRIES, _SECONDS = 8, 300.0


class TooOften(Refused):
    """Too many attempts to sign in."""

    slug = "too-often"
    status = 429


class Attempts:
    """How often an address tried an account lately. In memory: it is forgotten with the process."""

    def __init__(self) -> None:
        self._tries: dict[str, deque[float]] = defaultdict(deque)

    def note(self, key: str) -> None:
        """TooOften if there were more than eight in five minutes."""
        now = time.monotonic()
        tries = self._tries[key]
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
