"""The issuer's pages: write, upload, submit, agree to a proof, ask for a correction."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from dateline.desk import changes, editing
from dateline.intake import filing, releases
from dateline.intake.models import FiledVersion
from dateline.people.models import Organisation
from dateline.people.roles import Act, Actor, check
from dateline.web.work import mending, names
from dateline.web.work.access import raise_if_not_theirs, signed_in
from dateline.web.work.form import ReleaseForm
from dateline.web.work.preview import Sheet, check_house, sheet
from dateline.web.work.rows import arrival, content_of
from dateline.web.work.showing import differences, form_context
from dateline.words import clock
from dateline.words.errors import BadInput, Conflict, NotFound, Refused
from dateline.words.release import Embargo, Rendition, Signal, State, Version

_OWN = frozenset({State.DRAFT, State.RETURNED})


@signed_in
def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A new release, typed or uploaded."""
    check(actor, Act.FILE)
    check_house(actor)
    if request.method == "POST" and request.FILES:
        return mending.upload(request, actor)
    form = ReleaseForm.posted(request.POST) if request.method == "POST" else ReleaseForm.of(_blank(actor))
    if request.method == "POST":
        try:
            data = json.dumps(form.document()).encode()
            made = filing.file(data, by=actor, now=clock.now(), name="form.json", media_type="application/json")
            if made.faults:
                raise BadInput(made.faults)
        except Refused as refused:
            return _shown(request, actor, None, form, refused)
        return _saved(request, actor, made.version)
    return _shown(request, actor, None, form)


@signed_in
def release(request: HttpRequest, actor: Actor, key: str) -> HttpResponse:
    """One of the issuer's own releases: to write while it is his turn, else to read."""
    check(actor, Act.READ)
    filed = releases.get(actor, key)
    if actor.is_desk:
        return redirect(f"/work/desk/{filed.release_id}")
    if request.method == "POST":
        return _act(request, actor, filed)
    content = content_of(actor, filed, "read")
    if filed.state in _OWN and not content.renditions:
        return _unread(request, actor, filed, content)
    return _shown(request, actor, filed, ReleaseForm.of(content))


def _act(request: HttpRequest, actor: Actor, filed: FiledVersion) -> HttpResponse:
    act = request.POST.get("act", "save")
    if act == "mend":
        return mending.mend(request, actor, filed)
    if act in {"save", "submit"}:
        return _save(request, actor, filed)
    try:
        messages.success(request, _done(act, request.POST.get("note", ""), actor, filed))
    except Refused as refused:
        content = content_of(actor, filed, "read")
        form = ReleaseForm.posted(request.POST, content) if "edit" in request.POST else ReleaseForm.of(content)
        return _shown(request, actor, filed, form, refused)
    return redirect(f"/work/r/{filed.release_id}")


def _done(act: str, note: str, actor: Actor, filed: FiledVersion) -> str:
    """Carry the act out, and say what was done."""
    now = clock.now()
    match act:
        case "agree":
            editing.approve(filed, by=actor, now=now)
            return _("Approved.")
        case "return":
            editing.return_(filed, note, by=actor, now=now)
            return _("It is back with you, to be mended.")
        case "spike":
            editing.spike(filed, by=actor, now=now)
            return _("Spiked.")
        case "correct" | "update":
            changes.begin(filed, Signal.CORRECTION if act == "correct" else Signal.UPDATE, note, by=actor, now=now)
            return _("This is a new version. Change it, and submit it.")
    raise BadInput(_("There is no such act."))


def _save(request: HttpRequest, actor: Actor, filed: FiledVersion) -> HttpResponse:
    now = clock.now()
    was = releases.content(filed, by=actor, why="edit", now=now)
    form = ReleaseForm.posted(request.POST, was)
    try:
        version = filing.kept_identity(form.version(), was)
        filed = editing.write(filed, version, edit=edit_of(request), by=actor, now=now)
    except Refused as refused:
        return _shown(request, actor, filed, form, refused, differences_of(refused, was, form))
    return _saved(request, actor, filed)


def _saved(request: HttpRequest, actor: Actor, filed: FiledVersion) -> HttpResponse:
    if request.POST.get("act") != "submit":
        messages.success(request, _("Saved, sealed."))
        return redirect(f"/work/r/{filed.release_id}")
    try:
        editing.submit(filed, by=actor, now=clock.now())
    except Refused as refused:
        return _shown(request, actor, filed, ReleaseForm.of(content_of(actor, filed, "edit")), refused)
    messages.success(request, _("It is with the desk."))
    return redirect(f"/work/r/{filed.release_id}")


def _unread(request: HttpRequest, actor: Actor, filed: FiledVersion, content: Version) -> HttpResponse:
    """The page of a file that could not be read; a form that was emptied has no such file."""
    try:
        file = mending.original(filed, actor)
    except NotFound:
        return _shown(request, actor, filed, ReleaseForm.of(content))
    if not file.faults:
        return _shown(request, actor, filed, ReleaseForm.of(content))
    context = {"actor": actor, "filed": filed, "file": file, "steps": steps_of(filed), "spikes": actor.may(Act.SPIKE)}
    return render(request, "web/work/mend.html", context)


def _shown(
    request: HttpRequest,
    actor: Actor,
    filed: FiledVersion | None,
    form: ReleaseForm,
    refused: Refused | None = None,
    theirs: list[Any] | None = None,
) -> HttpResponse:
    if refused is not None:
        raise_if_not_theirs(refused)
    state = State(filed.state) if filed else State.DRAFT
    context = form_context(request, form, actor) | {
        "filed": filed,
        "state": state,
        "state_name": names.state(state),
        "signal": names.signal(form.was.signal),
        "editable": (filed is None or state in _OWN) and actor.may(Act.WRITE),
        "may_agree": state is State.PROOF and actor.may(Act.AGREE),
        "may_correct": state is State.RELEASED and actor.may(Act.CORRECT),
        "may_spike": filed is not None and state in _OWN and actor.may(Act.SPIKE),
        "arrival": arrival(filed) if filed else {},
        "steps": steps_of(filed) if filed else [],
        "faults": refused.faults if refused else (),
        "theirs": theirs,
        "sheet": _sheet(request, form, actor),
        "edit": filed.edit if filed else 0,
    }
    return render(request, "web/work/write.html", context, status=refused.status if refused else 200)


def _sheet(request: HttpRequest, form: ReleaseForm, actor: Actor) -> Sheet:
    try:
        version = form.version()
        version = (
            filing.kept_identity(version, form.was) if form.was.source.issuer else filing.with_sender(version, actor)
        )
        return sheet(version, request.GET.get("lang", ""))
    except BadInput as refused:
        return Sheet(faults=refused.faults)


def differences_of(refused: Refused, was: Version, form: ReleaseForm) -> list[Any] | None:
    """Where somebody saved meanwhile: what this form would change of that text."""
    return differences(was, form.version()) if isinstance(refused, Conflict) else None


def steps_of(filed: FiledVersion) -> list[dict[str, Any]]:
    return [{**step, "what": names.step(step["what"])} for step in releases.steps(filed)]


def edit_of(request: HttpRequest) -> int | None:
    """The count of edits that the sender of a form had read."""
    text = request.POST.get("edit", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _blank(actor: Actor) -> Version:
    house = Organisation.objects.filter(pk=actor.organisation or 0).first()
    zone = house.time_zone if house else "UTC"
    return Version(renditions=(Rendition("en"),), source_language="en", embargo=Embargo(zone=zone))
