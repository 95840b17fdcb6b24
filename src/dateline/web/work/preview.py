"""How a rendition will be printed: the very code that prints it, on an entry that is never appended."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from dateline.formats.said import Said, said
from dateline.people.roles import Act, Actor, check
from dateline.web.work.access import signed_in
from dateline.web.work.form import ReleaseForm
from dateline.wire.prepare import prepare
from dateline.words import clock
from dateline.words.entry import Entry
from dateline.words.errors import BadInput, Fault
from dateline.words.languages import language
from dateline.words.release import Version


def printed(version: Version, lang: str) -> Said | None:
    """One rendition as it would stand in the log, if it were released now (or at its T)."""
    if version.rendition(lang) is None:
        return None
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
    """The fragment that the form's preview shows. Nothing is kept."""
    check(actor, Act.FILE)
    form = ReleaseForm.posted(request.POST)
    lang = request.POST.get("show") or form.values.get("source_language") or "en"
    try:
        version = form.version()
        shown = printed(version, lang) or (printed(version, version.main.lang) if version.renditions else None)
        faults: tuple[Fault, ...] = ()
    except BadInput as refused:
        shown, faults = None, refused.faults
    context: dict[str, object] = {"said": shown, "faults": faults}
    if shown is not None:
        context |= {"contacts_heading": language(shown.lang).heading("contacts"), "dir": shown.rules.direction}
    return render(request, "web/work/preview.html", context)
