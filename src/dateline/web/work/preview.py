"""How a release would be printed, and what the desk would find in it: by the very code that prints and checks."""

from dataclasses import dataclass, replace

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from dateline.desk.findings import Finding, findings
from dateline.formats.said import Said, said
from dateline.intake import filing, releases
from dateline.people.roles import Act, Actor, check
from dateline.web.work.access import signed_in
from dateline.web.work.form import ReleaseForm
from dateline.web.work.minute import Minute, minute
from dateline.wire.prepare import prepare
from dateline.words import clock
from dateline.words.entry import Entry
from dateline.words.errors import BadInput, Fault, NotAllowed
from dateline.words.release import Embargo, Signal, Track, Version

# What these took back is in no version of theirs.
_WITHOUT_TEXT = frozenset({Signal.WITHDRAWAL, Signal.ERASURE})


@dataclass(frozen=True, slots=True)
class Sheet:
    """One rendition as it will stand, or the faults that keep it from that; and the findings of the whole version."""

    said: Said | None = None
    faults: tuple[Fault, ...] = ()
    findings: tuple[Finding, ...] = ()
    minute: Minute | None = None

    @property
    def stops(self) -> bool:
        """Whether it could not be approved so."""
        return bool(self.faults) or any(finding.stops for finding in self.findings)


def sheet(version: Version, lang: str = "") -> Sheet:
    """The sheet of that language, or of the source language."""
    shown = lang if version.rendition(lang) else version.main.lang
    found = tuple(findings(version, clock.now()))
    return Sheet(_printed(version, shown), (), found, minute(version.embargo))


def _printed(version: Version, lang: str) -> Said | None:
    """One rendition as it would stand in the log, if it were released at its T, or now."""
    rendition = version.rendition(lang)
    if rendition is None or version.signal in _WITHOUT_TEXT or not (rendition.headline or rendition.body_html):
        return None
    version = version.with_rendition(replace(rendition, track=Track.READY))
    if minute(version.embargo) is None:
        version = replace(version, embargo=Embargo())
    now = clock.now()
    made = prepare(
        version, filed=0, edit=0, release="preview", guid="preview", number=1, wire=settings.DATELINE_WIRE, now=now
    )
    header = {**made.header, "seq": 0, "released_at": clock.printed(made.due or now), "editions": {lang: 1}}
    parts = {name: part.content for name, part in made.parts.items()}
    return said(Entry(header, parts), lang, settings.DATELINE_WIRE)


@require_POST
@signed_in
def preview(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The fragments that a form shows beside it, by `data-into`. Nothing is kept."""
    check(actor, Act.FILE)
    key = request.POST.get("release", "")
    was = _content(actor, key) if key else None
    form = ReleaseForm.posted(request.POST, was)
    try:
        version = form.version()
        version = filing.kept_identity(version, was) if was else filing.with_sender(version, check_house(actor))
        shown = sheet(version, request.POST.get("show", "") or form.source_language)
    except BadInput as refused:
        shown = Sheet(faults=refused.faults)
    return render(request, "web/work/preview.html", {"sheet": shown, "live": True})


def check_house(actor: Actor) -> Actor:
    """NotAllowed for who files for nobody."""
    if actor.organisation is None:
        raise NotAllowed("This account belongs to no organisation, so nothing can be filed for it.")
    return actor


def _content(actor: Actor, key: str) -> Version:
    return releases.content(releases.get(actor, key), by=actor, why="edit", now=clock.now())
