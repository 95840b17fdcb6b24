"""Nothing typed is lost when a sitting ends, or a page was too old: what was posted comes back, to be sent again."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from dateline.words.errors import NotAllowed

_CSRF_FIELD = "csrfmiddlewaretoken"
_OURS = ("/work", "/sign-out")


def signed_out(request: HttpRequest) -> HttpResponse:
    """The page that keeps the fields of a post whose sender has no session any more."""
    return _page(request, _("You were signed out meanwhile."), 401)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token: kept and sent again if it came from a page of ours, refused if from elsewhere.

    Only the `Origin` header can tell; a form on a stranger's page must never come back one click from being sent.
    """
    del reason
    if request.path == "/sign-in" and _is_ours(request):
        return redirect("/sign-in")
    if request.path.startswith(_OURS) and _is_ours(request):
        return _page(request, _("This page was older than your sitting."), 403)
    refused = NotAllowed("The form did not come from a page of this wire.")
    return render(request, "web/refused.html", {"refused": refused}, status=refused.status)


def _is_ours(request: HttpRequest) -> bool:
    own = f"{request.scheme}://{request.get_host()}"
    return request.headers.get("Origin") in {own, *settings.CSRF_TRUSTED_ORIGINS}


def _page(request: HttpRequest, why: str, status: int) -> HttpResponse:
    fields = [(name, value) for name, values in request.POST.lists() if name != _CSRF_FIELD for value in values]
    context = {"why": why, "fields": fields, "files": bool(request.FILES), "path": request.path}
    answer = render(request, "web/work/again.html", context, status=status)
    answer["Cache-Control"] = "no-store"
    return answer
