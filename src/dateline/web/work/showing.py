"""What the release form needs to show itself, for issuer and desk alike."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation

from dateline.people.roles import Actor
from dateline.web.work.form import CONTACT, RENDITION, ReleaseForm
from dateline.words import sectors
from dateline.words.languages import FIFTEEN, language


def form_context(request: HttpRequest, form: ReleaseForm, actor: Actor) -> dict[str, Any]:
    """The form's rows, one blank row more of each, and its choices."""
    tongue = _ui()
    return {
        "form": form,
        "actor": actor,
        "renditions": _numbered([*form.renditions, dict.fromkeys(RENDITION, "")]),
        "contacts": _numbered([*form.contacts, dict.fromkeys(CONTACT, "")]),
        "sector_choices": [(code, sectors.name(code, tongue), code in form.sectors) for code in _codes(form)],
        "languages": [(tag, language(tag).name) for tag in FIFTEEN],
        "wire": settings.DATELINE_WIRE,
    }


def _numbered(rows: list[dict[str, str]]) -> list[dict[str, Any]]:
    directions = [language(row["lang"]).direction if row.get("lang") else "auto" for row in rows]
    return [
        {**row, "number": number, "blank": number == len(rows) - 1, "direction": directions[number]}
        for number, row in enumerate(rows)
    ]


def _codes(form: ReleaseForm) -> list[str]:
    own = sectors.own_codes()
    return [*own, *(code for code in form.sectors if code not in own)]


def _ui() -> str:
    """The language of the page as a tag of ours."""
    active = translation.get_language() or "en"
    return next((tag for tag in FIFTEEN if tag.lower() == active), "en")
