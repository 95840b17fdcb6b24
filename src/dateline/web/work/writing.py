"""The issuer's pages: write, upload, submit, agree to a proof, ask for a correction."""

import json

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from dateline.desk import changes, editing
from dateline.desk.findings import findings
from dateline.intake import filing, releases
from dateline.intake.models import FiledVersion
from dateline.people.models import Organisation
from dateline.people.roles import Act, Actor, check
from dateline.web.work.access import say, signed_in
from dateline.web.work.form import ReleaseForm
from dateline.web.work.showing import form_context
from dateline.words import clock
from dateline.words.errors import BadInput, Refused
from dateline.words.release import Embargo, Rendition, Signal, State, Version

_OWN = frozenset({State.DRAFT, State.RETURNED})


@signed_in
def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A new release, typed or uploaded."""
    check(actor, Act.FILE)
    if request.method == "POST" and request.FILES:
        return _upload(request, actor)
    form = ReleaseForm.posted(request.POST) if request.method == "POST" else ReleaseForm.of(_blank(actor))
    if request.method == "POST":
        try:
            made = filing.file(_json(form), by=actor, now=clock.now(), name="form.json", media_type="application/json")
            if made.faults:
                raise BadInput(made.faults)
        except Refused as refused:
            return _shown(request, actor, None, form, refused)
        return _saved(request, actor, made.version)
    return _shown(request, actor, None, form)


@signed_in
def release(request: HttpRequest, actor: Actor, key: str) -> HttpResponse:
    """One of the issuer's own releases: to write while it is his turn, else to read."""
    filed = releases.get(actor, key)
    if actor.is_desk:
        return redirect(f"/work/desk/{filed.release_id}")
    if request.method == "POST":
        return _act(request, actor, filed)
    content = releases.content(filed, by=actor, why="read", now=clock.now())
    return _shown(request, actor, filed, ReleaseForm.of(content))


def _act(request: HttpRequest, actor: Actor, filed: FiledVersion) -> HttpResponse:
    act, note = request.POST.get("act", "save"), request.POST.get("note", "")
    now = clock.now()
    if act == "save" or (act == "submit" and filed.state in _OWN):
        return _save(request, actor, filed)
    try:
        match act:
            case "agree":
                editing.approve(filed, by=actor, now=now)
            case "return":
                editing.return_(filed, note, by=actor, now=now)
            case "spike":
                editing.spike(filed, by=actor, now=now)
            case "correct" | "update":
                changes.begin(filed, Signal.CORRECTION if act == "correct" else Signal.UPDATE, note, by=actor, now=now)
            case _:
                raise BadInput(_("There is no such act."))
    except Refused as refused:
        say(request, refused)
    return redirect(f"/work/r/{filed.release_id}")


def _save(request: HttpRequest, actor: Actor, filed: FiledVersion) -> HttpResponse:
    now = clock.now()
    was = releases.content(filed, by=actor, why="edit", now=now)
    form = ReleaseForm.posted(request.POST, was)
    try:
        version = filing.kept_identity(form.version(), was)
        filed = editing.write(filed, version, edit=_edit(request), by=actor, now=now)
    except Refused as refused:
        return _shown(request, actor, filed, form, refused)
    return _saved(request, actor, filed)


def _saved(request: HttpRequest, actor: Actor, filed: FiledVersion) -> HttpResponse:
    if request.POST.get("act") == "submit":
        try:
            editing.submit(filed, by=actor, now=clock.now())
            messages.success(request, _("It is with the desk."))
        except Refused as refused:
            say(request, refused)
    else:
        messages.success(request, _("Saved, sealed."))
    return redirect(f"/work/r/{filed.release_id}")


def _upload(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Any number of files; each is kept, and each that cannot be read says why."""
    last = None
    for upload in request.FILES.getlist("files"):
        try:
            made = filing.file(upload.read(), by=actor, now=clock.now(), name=upload.name or "", media_type="")
            last = made.version
            for fault in made.faults:
                messages.error(request, f"{upload.name}: {fault.what} {fault.where} {fault.mend}")
            for fault in made.warnings:
                messages.warning(request, f"{upload.name}: {fault.what}")
            if not made.faults:
                messages.success(request, _("%(name)s was filed.") % {"name": upload.name})
        except Refused as refused:
            for fault in refused.faults:
                messages.error(request, f"{upload.name}: {fault.what} {fault.mend}")
    one = last is not None and len(request.FILES.getlist("files")) == 1
    return redirect(f"/work/r/{last.release_id}" if last is not None and one else "/work")


def _shown(
    request: HttpRequest, actor: Actor, filed: FiledVersion | None, form: ReleaseForm, refused: Refused | None = None
) -> HttpResponse:
    if refused is not None and refused.status in {403, 404}:
        # What is not theirs is an answer of its own, never a message beside a form.
        raise refused
    state = State(filed.state) if filed else State.DRAFT
    context = form_context(request, form, actor) | {
        "filed": filed,
        "state": state,
        "editable": filed is None or (filed.state in _OWN and actor.may(Act.WRITE)),
        "may_agree": state is State.PROOF and actor.may(Act.AGREE),
        "may_correct": state is State.RELEASED and actor.may(Act.CORRECT),
        "may_spike": filed is not None and state in {State.DRAFT, State.RETURNED} and actor.may(Act.SPIKE),
        "steps": releases.steps(filed) if filed else [],
        "faults": refused.faults if refused else (),
        "findings": _findings(form),
        "edit": filed.edit if filed else 0,
    }
    return render(request, "web/work/write.html", context, status=refused.status if refused else 200)


def _findings(form: ReleaseForm) -> list[object]:
    try:
        return [*findings(form.version(), clock.now())] if form.renditions else []
    except BadInput:
        return []


def _blank(actor: Actor) -> Version:
    house = Organisation.objects.filter(pk=actor.organisation or 0).first()
    zone = house.time_zone if house else "UTC"
    return Version(renditions=(Rendition("en"),), source_language="en", embargo=Embargo(zone=zone))


def _json(form: ReleaseForm) -> bytes:
    return json.dumps(form.document()).encode()


def _edit(request: HttpRequest) -> int | None:
    text = request.POST.get("edit", "")
    return int(text) if text.isdigit() else None
