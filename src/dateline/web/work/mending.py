"""Uploaded files, and those that could not be read: kept as they came, shown with their faults, filed again."""

import json
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from dateline.intake import filing
from dateline.intake.filing import ORIGINAL, Filed
from dateline.intake.models import FiledVersion
from dateline.intake.readers import read
from dateline.people.roles import Actor
from dateline.vault import boxes
from dateline.web.work.access import raise_if_not_theirs
from dateline.web.work.telling import told
from dateline.words import clock
from dateline.words.errors import BadInput, Fault, NotFound, Refused

# More than this is not mended in a browser's text field.
_MOST = 200_000


@dataclass(frozen=True, slots=True)
class Original:
    """A file as it was filed: its name, its bytes, and why it cannot be read, if it cannot."""

    name: str
    data: bytes
    faults: tuple[Fault, ...] = ()

    @property
    def text(self) -> str:
        """To be mended by hand; empty where it is too long for that, or no text at all."""
        try:
            return self.data.decode() if len(self.data) <= _MOST else ""
        except UnicodeDecodeError:
            return ""


def original(filed: FiledVersion, actor: Actor) -> Original:
    """The file that a release began as, read once more to say its faults; the opening is recorded."""
    box = boxes.newest(filed.release_id, ORIGINAL)
    if box is None:
        raise NotFound("There is no original: it was erased.")
    line, _, data = boxes.open_box(box, by=actor, why="read original", now=clock.now()).partition(b"\n")
    head = json.loads(line)
    try:
        read(data, **head)
    except BadInput as refused:
        return Original(head["name"], data, refused.faults)
    return Original(head["name"], data)


def upload(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Any number of files; each is kept, and each that cannot be read says why."""
    files = request.FILES.getlist("files")
    last = None
    for each in files:
        try:
            made = filing.file(each.read(), by=actor, now=clock.now(), name=each.name or "")
        except Refused as refused:
            raise_if_not_theirs(refused)
            _say(request, each.name, refused.faults)
        else:
            last = made.version
            _tell(request, each.name, made, alone=len(files) == 1)
    return redirect(f"/work/r/{last.release_id}" if last is not None and len(files) == 1 else "/work")


def mend(request: HttpRequest, actor: Actor, filed: FiledVersion) -> HttpResponse:
    """The same release from a mended file, or from the text that was mended on the page."""
    files = request.FILES.getlist("files")
    name = (files[0].name or "") if files else original(filed, actor).name
    data = files[0].read() if files else request.POST.get("mended", "").replace("\r\n", "\n").encode()
    try:
        made = filing.mend(filed, data, by=actor, now=clock.now(), name=name)
    except Refused as refused:
        raise_if_not_theirs(refused)
        _say(request, name, refused.faults)
    else:
        _tell(request, name, made, alone=True)
    return redirect(f"/work/r/{filed.release_id}")


def _tell(request: HttpRequest, name: str | None, made: Filed, *, alone: bool) -> None:
    for fault in made.warnings:
        messages.warning(request, f"{name}: {told(fault.what)}")
    if made.faults and alone:
        # Its own page comes next, and tells them all.
        return
    if made.faults:
        messages.error(request, _("%(name)s cannot be read. It is kept, sealed.") % {"name": name})
    else:
        messages.success(request, _("%(name)s was filed.") % {"name": name})


def _say(request: HttpRequest, name: str | None, faults: tuple[Fault, ...]) -> None:
    for fault in faults:
        messages.error(request, f"{name}: {told(fault.what)} {fault.where} {told(fault.mend)}")
