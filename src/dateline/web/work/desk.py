"""The desk: one page to read and edit a release beside its findings, and every act upon it."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from dateline.desk import editing
from dateline.intake import filing, releases
from dateline.intake.models import FiledVersion
from dateline.people.roles import Act, Actor, check
from dateline.vault import boxes
from dateline.web.work import acts, mending, names
from dateline.web.work.access import raise_if_not_theirs, signed_in
from dateline.web.work.form import ReleaseForm
from dateline.web.work.minute import zone_of
from dateline.web.work.preview import Sheet, sheet
from dateline.web.work.rows import arrival, content_of
from dateline.web.work.showing import differences, form_context
from dateline.web.work.writing import differences_of, edit_of, steps_of
from dateline.wire import log
from dateline.words import clock
from dateline.words.errors import BadInput, Refused
from dateline.words.languages import language
from dateline.words.release import Signal, State, Version

_CHANGES = frozenset({Signal.CORRECTION, Signal.UPDATE, Signal.TRANSLATION})


@dataclass(frozen=True, slots=True)
class Part:
    """What an erasure could take: its address in the log, and what a person calls it."""

    address: str
    seq: int
    signal: str
    name: str


@signed_in
def desk(request: HttpRequest, actor: Actor, key: str) -> HttpResponse:
    """Read, edit, decide."""
    check(actor, Act.CLAIM)
    filed = releases.get(actor, key, Act.CLAIM)
    if request.method == "POST":
        return _posted(request, actor, filed)
    return _shown(request, actor, filed, ReleaseForm.of(content_of(actor, filed, "edit")))


@signed_in
def original(request: HttpRequest, actor: Actor, key: str) -> HttpResponse:
    """The file as it was filed, as text: never as something that a browser would run."""
    check(actor, Act.CLAIM)
    filed = releases.get(actor, key, Act.CLAIM)
    answer = HttpResponse(mending.original(filed, actor).data, content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{filed.release_id}.txt"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _posted(request: HttpRequest, actor: Actor, filed: FiledVersion) -> HttpResponse:
    """An act. What stands in the form is saved first, so that nobody approves another text than the one he sees."""
    was = content_of(actor, filed, "edit")
    form = ReleaseForm.posted(request.POST, was) if "edit" in request.POST else None
    try:
        if form is not None:
            filed = _save(request, actor, filed, form)
        done = _("Saved, sealed.") if request.POST.get("act") == "save" else acts.carry_out(request, actor, filed)
    except Refused as refused:
        theirs = differences_of(refused, was, form) if form else None
        return _shown(request, actor, filed, form or ReleaseForm.of(was), refused, theirs)
    messages.success(request, done)
    return redirect(f"/work/desk/{filed.release_id}")


def _save(request: HttpRequest, actor: Actor, filed: FiledVersion, form: ReleaseForm) -> FiledVersion:
    version = filing.kept_identity(form.version(), form.was)
    if version == form.was and request.POST.get("act") != "save":
        return filed
    return editing.edit(filed, version, edit=edit_of(request), by=actor, now=clock.now())


def _shown(
    request: HttpRequest,
    actor: Actor,
    filed: FiledVersion,
    form: ReleaseForm,
    refused: Refused | None = None,
    theirs: list[Any] | None = None,
) -> HttpResponse:
    if refused is not None:
        raise_if_not_theirs(refused)
    content, state = form.was, State(filed.state)
    form.values["embargo_zone"] = form.values.get("embargo_zone") or zone_of(content)
    context = form_context(request, form, actor) | {
        "filed": filed,
        "content": content,
        "state": state,
        "state_name": names.state(state),
        "signal": names.signal(content.signal),
        "editable": state is State.IN_REVIEW,
        "sheet": _sheet(form, request.GET.get("lang", "")),
        "tongues": [(each.lang, language(each.lang).name) for each in content.renditions],
        "faults": refused.faults if refused else (),
        "theirs": theirs,
        "changed": _changed(actor, filed, content),
        "arrival": arrival(filed),
        "steps": steps_of(filed),
        "openings": [{**each, "why": names.reason(each["why"])} for each in boxes.openings(filed.release_id)],
        "parts": _parts(filed) if state is State.RELEASED and actor.may(Act.ERASE) else [],
        "withdrawn": content.signal is Signal.WITHDRAWAL,
        "edit": filed.edit,
        "may": {str(act): True for act in Act if actor.may(act)},
    }
    return render(request, "web/work/desk.html", context, status=refused.status if refused else 200)


def _sheet(form: ReleaseForm, lang: str) -> Sheet:
    """Of what stands in the form; of what is kept, where that cannot be read."""
    try:
        return sheet(filing.kept_identity(form.version(), form.was), lang)
    except BadInput as refused:
        return Sheet(faults=refused.faults)


def _changed(actor: Actor, filed: FiledVersion, content: Version) -> list[Any]:
    """What a correction or an update changes of what is out."""
    if content.signal not in _CHANGES:
        return []
    out = filed.release.versions.filter(state=State.RELEASED, number__lt=filed.number).order_by("-number")
    before = out.select_related("release").first()
    return differences(content_of(actor, before, "edit"), content) if before else []


def _parts(filed: FiledVersion) -> list[Part]:
    return [
        Part(f"{entry.seq}:{name}", entry.seq, names.signal(entry.signal), _part_name(name))
        for entry in log.whole_story(filed.release_id)
        for name, part in entry.parts.items()
        if part is not None
    ]


def _part_name(name: str) -> str:
    kind, _slash, tag = name.partition("/")
    return language(tag).name if kind == "rendition" else _("Contacts") if kind == "contacts" else name
