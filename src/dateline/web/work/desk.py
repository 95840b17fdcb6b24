"""The desk: one page to read and edit a release beside its findings, and every act upon it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dateline.desk import changes, editing
from dateline.desk.findings import findings, stops
from dateline.intake import filing, releases
from dateline.intake.filing import ORIGINAL
from dateline.intake.models import FiledVersion
from dateline.people.models import Organisation
from dateline.people.roles import Act, Actor, check
from dateline.vault import boxes
from dateline.web.work.access import say, signed_in
from dateline.web.work.form import ReleaseForm
from dateline.web.work.preview import printed
from dateline.web.work.rows import zone_of
from dateline.web.work.showing import form_context
from dateline.wire import log
from dateline.words import clock
from dateline.words.errors import BadInput, NotFound, Refused
from dateline.words.languages import language
from dateline.words.release import Embargo, Signal, State, Version


@signed_in
def desk(request: HttpRequest, actor: Actor, key: str) -> HttpResponse:
    """Read, edit, decide."""
    check(actor, Act.CLAIM)
    filed = releases.get(actor, key, Act.CLAIM)
    if request.method == "POST" and request.POST.get("act") == "save":
        return _save(request, actor, filed)
    if request.method == "POST":
        return _act(request, actor, filed)
    content = _content(filed, actor)
    return _shown(request, actor, filed, content, ReleaseForm.of(content))


@signed_in
def original(request: HttpRequest, actor: Actor, key: str) -> HttpResponse:
    """The file as it was filed, as text: never as something that a browser would run."""
    check(actor, Act.CLAIM)
    filed = releases.get(actor, key, Act.CLAIM)
    box = boxes.newest(filed.release_id, ORIGINAL)
    if box is None:
        raise NotFound("There is no original: it was erased.")
    _head, _line, data = boxes.open_box(box, by=actor, why="read original", now=clock.now()).partition(b"\n")
    answer = HttpResponse(data, content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{filed.release_id}.txt"'
    return answer


def _save(request: HttpRequest, actor: Actor, filed: FiledVersion) -> HttpResponse:
    now = clock.now()
    was = _content(filed, actor)
    form = ReleaseForm.posted(request.POST, was)
    text = request.POST.get("edit", "")
    try:
        version = filing.kept_identity(form.version(), was)
        editing.edit(filed, version, edit=int(text) if text.isdigit() else None, by=actor, now=now)
    except Refused as refused:
        return _shown(request, actor, filed, was, form, refused)
    messages.success(request, _("Saved, sealed."))
    return redirect(f"/work/desk/{filed.release_id}")


def _act(request: HttpRequest, actor: Actor, filed: FiledVersion) -> HttpResponse:
    try:
        done = _done(request, actor, filed)
        messages.success(request, done)
    except Refused as refused:
        say(request, refused)
    return redirect(f"/work/desk/{filed.release_id}")


def _done(request: HttpRequest, actor: Actor, filed: FiledVersion) -> str:
    """Carry the act out, and say what was done."""
    name = request.POST.get("act", "")
    if name not in _ACTS:
        raise BadInput(_("There is no such act."))
    act, told = _ACTS[name]
    act(request, actor, filed, request.POST.get("note", ""))
    return str(told)


def _approve(request: HttpRequest, actor: Actor, filed: FiledVersion, _note: str) -> None:
    at, zone = request.POST.get("embargo_at", "").strip(), request.POST.get("embargo_zone", "").strip()
    editing.approve(filed, Embargo(at, zone), by=actor, now=clock.now())


def _change(request: HttpRequest, actor: Actor, filed: FiledVersion, note: str) -> None:
    changes.begin(filed, Signal(request.POST["act"]), note, by=actor, now=clock.now())


def _withdraw(request: HttpRequest, actor: Actor, filed: FiledVersion, note: str) -> None:
    if "sure" not in request.POST:
        raise BadInput(_("A withdrawal reaches everybody. Tick the box if you are sure."))
    changes.withdraw(filed, note, by=actor, now=clock.now())


def _erase(request: HttpRequest, actor: Actor, filed: FiledVersion, note: str) -> None:
    changes.erase(filed, request.POST.getlist("parts"), note, by=actor, now=clock.now())


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
_ACTS = {
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


def _content(filed: FiledVersion, actor: Actor) -> Version:
    try:
        return releases.content(filed, by=actor, why="edit", now=clock.now())
    except NotFound:
        return Version()


def _shown(
    request: HttpRequest,
    actor: Actor,
    filed: FiledVersion,
    content: Version,
    form: ReleaseForm,
    refused: Refused | None = None,
) -> HttpResponse:
    if refused is not None and refused.status in {403, 404}:
        raise refused
    lang = request.GET.get("lang") or content.main.lang
    state = State(filed.state)
    shown = printed(content, lang) if content.renditions else None
    context = form_context(request, form, actor) | {
        "filed": filed,
        "state": state,
        "editable": state is State.IN_REVIEW,
        "content": content,
        "said": shown,
        "dir": None,
        "contacts_heading": language(lang).heading("contacts"),
        "findings": findings(content, clock.now()) if state is not State.RELEASED else [],
        "stops": stops(content, clock.now()) if state is not State.RELEASED else (),
        "faults": refused.faults if refused else (),
        "steps": releases.steps(filed),
        "openings": boxes.openings(filed.release_id),
        "zone": zone_of(content, _issuer_zone(content)),
        "parts": _parts(filed) if state is State.RELEASED else [],
        "edit": filed.edit,
        "may": {str(act): True for act in Act if actor.may(act)},
    }
    return render(request, "web/work/desk.html", context, status=refused.status if refused else 200)


def _issuer_zone(content: Version) -> str:
    house = Organisation.objects.filter(name=content.source.issuer).first()
    return house.time_zone if house else "UTC"


def _parts(filed: FiledVersion) -> list[str]:
    """What an erasure could take, as it names it."""
    entries = log.whole_story(filed.release_id)
    return [f"{entry.seq}:{name}" for entry in entries for name, part in entry.parts.items() if part is not None]
