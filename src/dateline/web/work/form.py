"""The release form: what a browser posts ⇄ our own JSON, which the reader of that format then checks."""

import json
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from dateline.intake.readers import read
from dateline.words.release import Rendition, Version

RENDITION = ("lang", "headline", "subhead", "place", "dateline", "body", "boilerplate", "based_on")
CONTACT = ("name", "role", "organisation", "phone", "email", "url", "text")
_MOST = 40


@dataclass(slots=True)
class ReleaseForm:
    """All that the form's fields hold, right or wrong, so that nothing that was typed is lost."""

    renditions: list[dict[str, str]] = field(default_factory=list)
    contacts: list[dict[str, str]] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)
    sectors: list[str] = field(default_factory=list)
    sponsored: bool = False
    regulated: bool = False
    unread: tuple[str, ...] = ()

    @classmethod
    def posted(cls, data: QueryDict, was: Version | None = None) -> "ReleaseForm":
        """What was posted; blank rows fall away."""
        lists = ("issuer", "source_language", "slugline", "ednote", "countries", "tickers", "isins", "audience")
        names = (*lists, "urgency", "ai_use", "embargo_at", "embargo_zone")
        return cls(
            renditions=_rows(data, "r", RENDITION),
            contacts=_rows(data, "c", CONTACT),
            values={name: data.get(name, "").strip() for name in names},
            sectors=data.getlist("sectors"),
            sponsored="sponsored" in data,
            regulated="regulated" in data,
            unread=was.unread if was else (),
        )

    @classmethod
    def of(cls, version: Version) -> "ReleaseForm":
        """The form that shows a version."""
        return cls(
            renditions=[_rendition_row(each) for each in version.renditions],
            contacts=[{name: getattr(each, name) for name in CONTACT} for each in version.contacts],
            values={
                "issuer": version.source.issuer,
                "source_language": version.source_language,
                "slugline": version.slugline,
                "ednote": version.ednote,
                "countries": " ".join(version.countries),
                "tickers": " ".join(version.tickers),
                "isins": " ".join(version.isins),
                "audience": " ".join(version.audience),
                "urgency": str(version.urgency),
                "ai_use": version.ai_use,
                "embargo_at": version.embargo.at,
                "embargo_zone": version.embargo.zone,
            },
            sectors=list(version.sectors),
            sponsored=version.sponsored,
            regulated=version.regulated,
            unread=version.unread,
        )

    def version(self) -> Version:
        """The version that it describes; BadInput with every fault, its place as in our own JSON."""
        data = json.dumps(self.document()).encode()
        return read(data, name="form.json", media_type="application/json").version

    def document(self) -> dict[str, Any]:
        values = self.values
        return {
            "renditions": [_document(row) for row in self.renditions],
            "source_language": values.get("source_language") or (self.renditions[0]["lang"] if self.renditions else ""),
            "source": {"issuer": values.get("issuer", "")},
            "contacts": self.contacts,
            "sectors": self.sectors,
            "countries": _split(values.get("countries", "").upper()),
            "tickers": _split(values.get("tickers", "")),
            "isins": _split(values.get("isins", "")),
            "audience": _split(values.get("audience", "")) or ["public"],
            "embargo": {"at": values.get("embargo_at", ""), "zone": values.get("embargo_zone", "")},
            "urgency": int(values["urgency"]) if values.get("urgency", "").isdigit() else 4,
            "slugline": values.get("slugline", ""),
            "ednote": values.get("ednote", ""),
            "sponsored": self.sponsored,
            "regulated": self.regulated,
            "ai_use": values.get("ai_use") or "none",
            "unread": list(self.unread),
        }


def _rows(data: QueryDict, prefix: str, names: tuple[str, ...]) -> list[dict[str, str]]:
    """The rows `r-0-lang`, `r-0-headline`, …; a row that was emptied, or is marked to go, is left out."""
    found = []
    for number in range(_MOST):
        row = {name: data.get(f"{prefix}-{number}-{name}", "").strip() for name in names}
        blank = not any(value for name, value in row.items() if name not in {"lang", "based_on"})
        if not blank and f"{prefix}-{number}-gone" not in data:
            found.append(row)
    return found


def _rendition_row(rendition: Rendition) -> dict[str, str]:
    row = {name: str(getattr(rendition, name) or "") for name in RENDITION if name != "body"}
    return {**row, "body": rendition.body_html}


def _document(row: dict[str, str]) -> dict[str, Any]:
    # What begins with a tag is HTML already; all else is Markdown.
    body = "body_html" if row["body"].startswith("<") else "body_markdown"
    kept = {name: value for name, value in row.items() if name not in {"body", "based_on"}}
    return {**kept, body: row["body"], "based_on": row["based_on"] or None}


def _split(text: str) -> list[str]:
    return text.replace(",", " ").split()
