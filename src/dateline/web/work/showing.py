"""What the release form needs to show itself, for issuer and desk alike."""

from dataclasses import asdict
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation

from dateline.people.roles import Actor
from dateline.web.changes import FieldChange, changes
from dateline.web.editions import FIELDS
from dateline.web.work import names
from dateline.web.work.form import CONTACT, RENDITION, ReleaseForm, zone_form
from dateline.words import sectors
from dateline.words.languages import FIFTEEN, language
from dateline.words.release import Version


def form_context(request: HttpRequest, form: ReleaseForm, actor: Actor) -> dict[str, Any]:
    """The form's rows, one blank row more of each, and its choices."""
    tongue = ui()
    codes = [*sectors.own_codes(), *(code for code in form.sectors if not sectors.known(code))]
    codes += [code for code in form.sectors if code not in codes]
    blank = {**dict.fromkeys(RENDITION, ""), "based_on": form.source_language}
    return {
        "form": form,
        "actor": actor,
        "renditions": _numbered(form, [*form.renditions, blank]),
        "contacts": [
            {**row, "number": number, "blank": number == len(form.contacts)}
            for number, row in enumerate([*form.contacts, dict.fromkeys(CONTACT, "")])
        ],
        "sector_choices": [(code, sectors.name(code, tongue), code in form.sectors) for code in codes],
        "languages": [(tag, language(tag).name, language(tag).direction) for tag in FIFTEEN],
        "tracks": names.TRACKS.items(),
        "kinds": names.KINDS.items(),
        "zones": zones(),
        "embargo_type": zone_form(form.embargo),
        "at_once": not form.embargo.at,
        "note": request.POST.get("note", ""),
        "wire": settings.DATELINE_WIRE,
    }


def differences(was: Version, now: Version) -> list[tuple[str, str, FieldChange]]:
    """(language, name of the field, change) of each field of a rendition that is not what it was."""
    return [
        (rendition.lang, str(FIELDS[change.field]), change)
        for rendition in now.renditions
        if (before := was.rendition(rendition.lang))
        for change in changes(asdict(before), asdict(rendition))
    ]


@cache
def zones() -> list[str]:
    """The IANA zones that are named after places, and UTC."""
    return [*sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/")), "UTC"]


def ui() -> str:
    """The language of the page as a tag of ours."""
    active = translation.get_language() or "en"
    return next((tag for tag in FIFTEEN if tag.lower() == active), "en")


def _numbered(form: ReleaseForm, rows: list[dict[str, str]]) -> list[dict[str, Any]]:
    return [
        {
            **row,
            "number": number,
            "blank": number == len(rows) - 1,
            "source": row["lang"] == form.source_language if number < len(rows) - 1 else len(rows) == 1,
            "direction": language(row["lang"]).direction if row["lang"] else "auto",
            "name": language(row["lang"]).name if row["lang"] else "",
        }
        for number, row in enumerate(rows)
    ]
