"""What the desk does to a release by the buttons of its page."""

from collections.abc import Callable

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dateline.desk import changes, editing
from dateline.intake.models import FiledVersion
from dateline.people.roles import Actor
from dateline.words import clock
from dateline.words.errors import BadInput, Fault
from dateline.words.release import Embargo, Signal

Doing = Callable[[HttpRequest, Actor, FiledVersion, str], object]


def carry_out(request: HttpRequest, actor: Actor, filed: FiledVersion) -> str:
    """Do what the button asks, and say what was done. Refused if it cannot be."""
    name = request.POST.get("act", "")
    if name not in _ACTS:
        raise BadInput(_("There is no such act."))
    act, told = _ACTS[name]
    act(request, actor, filed, request.POST.get("note", ""))
    return str(told)


def _approve(request: HttpRequest, actor: Actor, filed: FiledVersion, _note: str) -> None:
    at, zone = request.POST.get("embargo_at", "").strip(), request.POST.get("embargo_zone", "").strip()
    when = request.POST.get("when", "")
    if when == "at" and not at:
        # At once is never what is meant by a minute that was left empty.
        raise BadInput([Fault("no-minute", _("It does not say at which minute."), "/embargo/at", _("Choose one."))])
    editing.approve(filed, Embargo("" if when == "at_once" else at, zone), by=actor, now=clock.now())


def _change(request: HttpRequest, actor: Actor, filed: FiledVersion, note: str) -> None:
    changes.begin(filed, Signal(request.POST["act"]), note, by=actor, now=clock.now())


def _withdraw(request: HttpRequest, actor: Actor, filed: FiledVersion, note: str) -> None:
    _check_sure(request, _("A withdrawal reaches everybody. Tick the box if you are sure."))
    changes.withdraw(filed, note, by=actor, now=clock.now())


def _erase(request: HttpRequest, actor: Actor, filed: FiledVersion, note: str) -> None:
    _check_sure(request, _("What is erased never comes back. Tick the box if you are sure."))
    changes.erase(filed, request.POST.getlist("parts"), note, by=actor, now=clock.now())


def _check_sure(request: HttpRequest, why: str) -> None:
    if "sure" not in request.POST:
        raise BadInput(why)


def _claim(_request: HttpRequest, actor: Actor, filed: FiledVersion, _note: str) -> None:
    editing.claim(filed, by=actor, now=clock.now())


def _return(_request: HttpRequest, actor: Actor, filed: FiledVersion, note: str) -> None:
    editing.return_(filed, note, by=actor, now=clock.now())


def _proof(_request: HttpRequest, actor: Actor, filed: FiledVersion, _note: str) -> None:
    editing.send_proof(filed, by=actor, now=clock.now())


def _hold(_request: HttpRequest, actor: Actor, filed: FiledVersion, note: str) -> None:
    editing.hold(filed, note, by=actor, now=clock.now())


def _spike(_request: HttpRequest, actor: Actor, filed: FiledVersion, _note: str) -> None:
    editing.spike(filed, by=actor, now=clock.now())


# What a button posts → what it does, and what is said when it is done.
_ACTS: dict[str, tuple[Doing, object]] = {
    "claim": (_claim, gettext_lazy("It is yours to edit.")),
    "return": (_return, gettext_lazy("It is back with the issuer.")),
    "proof": (_proof, gettext_lazy("The issuer is asked to agree.")),
    "approve": (_approve, gettext_lazy("Approved.")),
    "hold": (_hold, gettext_lazy("Held.")),
    "spike": (_spike, gettext_lazy("Spiked.")),
    "correction": (_change, gettext_lazy("A new version is in review.")),
    "update": (_change, gettext_lazy("A new version is in review.")),
    "translation": (_change, gettext_lazy("A new version is in review.")),
    "withdraw": (_withdraw, gettext_lazy("It is being withdrawn everywhere.")),
    "erase": (_erase, gettext_lazy("The parts are being erased.")),
}
NAMES = tuple(_ACTS)
