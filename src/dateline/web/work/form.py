"""The release form: what a browser posts ⇄ our own JSON, which the reader of that format then checks."""

import json
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from dateline.intake.readers import read
from dateline.web.work import markdown
from dateline.words.release import Embargo, Rendition, Version

_STRAIGHT = ("lang", "headline", "subhead", "place", "dateline")
RENDITION = (*_STRAIGHT, "body", "boilerplate", "based_on", "track", "machine")
CONTACT = ("name", "role", "organisation", "phone", "email", "url", "text")
_SOURCE = ("issuer", "principal", "payer", "state_controlled")
_VALUES = ("signal", "slugline", "ednote", "urgency", "ai_use", "embargo_at", "embargo_zone")
_LISTS = ("countries", "tickers", "isins", "circuits", "audience")
# A row with nothing else in it was not filled in.
_NO_TEXT = frozenset({"lang", "based_on", "track", "machine"})
_MOST = 40


@dataclass(slots=True)
class ReleaseForm:
    """All that the form's fields hold, right or wrong, so that nothing that was typed is lost.

    `was` is the version that is being edited: what has no field stays as it was there.
    """

    renditions: list[dict[str, str]] = field(default_factory=list)
    contacts: list[dict[str, str]] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)
    sectors: list[str] = field(default_factory=list)
    sponsored: bool = False
    regulated: bool = False
    was: Version = field(default_factory=Version)

    @classmethod
    def posted(cls, data: QueryDict, was: Version | None = None) -> "ReleaseForm":
        """What was posted; blank rows fall away."""
        was = was or Version()
        given = {name: data.get(name, "").strip() for name in (*_SOURCE, *_VALUES, *_LISTS)}
        given["source_language"] = _source_language(data, was)
        if data.get("when") == "at_once":
            # The minute that stays in its field, unused, is none.
            given["embargo_at"] = ""
        return cls(
            renditions=_rows(data, "r", RENDITION, _NO_TEXT),
            contacts=_rows(data, "c", CONTACT),
            values=given,
            sectors=data.getlist("sectors"),
            sponsored="sponsored" in data,
            regulated="regulated" in data,
            was=was,
        )

    @classmethod
    def of(cls, version: Version) -> "ReleaseForm":
        """The form that shows a version."""
        values = {name: str(getattr(version.source, name) or "") for name in _SOURCE}
        values |= {name: " ".join(getattr(version, name)) for name in _LISTS}
        values |= {name: str(getattr(version, name)) for name in ("signal", "slugline", "ednote", "urgency", "ai_use")}
        values |= {"embargo_at": version.embargo.at, "embargo_zone": version.embargo.zone}
        return cls(
            renditions=[_rendition_row(each) for each in version.renditions],
            contacts=[{name: getattr(each, name) for name in CONTACT} for each in version.contacts],
            values={**values, "source_language": version.source_language},
            sectors=list(version.sectors),
            sponsored=version.sponsored,
            regulated=version.regulated,
            was=version,
        )

    @property
    def embargo(self) -> Embargo:
        """T as it was typed, right or wrong."""
        return Embargo(self.values.get("embargo_at", ""), self.values.get("embargo_zone", ""))

    @property
    def source_language(self) -> str:
        first = self.renditions[0]["lang"] if self.renditions else ""
        return self.values.get("source_language") or first

    def version(self) -> Version:
        """The version that it describes; BadInput with every fault, its place as in our own JSON."""
        data = json.dumps(self.document()).encode()
        return read(data, name="form.json", media_type="application/json").version

    def document(self) -> dict[str, Any]:
        values, source = self.values, {name: self.values.get(name, "") for name in _SOURCE}
        return {
            "renditions": [self._rendition(at, row) for at, row in enumerate(self.renditions)],
            "source_language": self.source_language,
            "source": {
                **source,
                "state_controlled": source["state_controlled"] or None,
                "issued": self.was.source.issued,
            },
            "contacts": self.contacts,
            "sectors": self.sectors,
            **{name: values.get(name, "").replace(",", " ").split() for name in _LISTS},
            "countries": values.get("countries", "").upper().replace(",", " ").split(),
            "audience": values.get("audience", "").split() or list(self.was.audience),
            "embargo": {"at": self.embargo.at, "zone": self.embargo.zone},
            "urgency": int(values["urgency"]) if values.get("urgency", "").isdecimal() else self.was.urgency,
            "slugline": values.get("slugline", ""),
            "ednote": values.get("ednote", ""),
            "signal": values.get("signal") or str(self.was.signal),
            "sponsored": self.sponsored,
            "regulated": self.regulated,
            "ai_use": values.get("ai_use") or "none",
            "unread": list(self.was.unread),
        }

    def _rendition(self, at: int, row: dict[str, str]) -> dict[str, Any]:
        was = self.was.rendition(row["lang"])
        source = self.source_language
        # What is added to a story that is written already is a translation of it.
        based_on = row["based_on"] or (source if was is None else "")
        where = f"/renditions/{at}"
        return {
            **{name: row[name] for name in _STRAIGHT},
            "body_html": _html(row["body"], was.body_html if was else "", f"{where}/body"),
            "boilerplate": _html(row["boilerplate"], was.boilerplate if was else "", f"{where}/boilerplate"),
            "based_on": based_on if based_on not in {"", row["lang"]} else None,
            "machine_translated": bool(row["machine"]),
            "track": row["track"] or "ready",
        }


def _html(text: str, was: str, where: str) -> str:
    """The HTML of a field; the very HTML that it had, where nobody has changed what the field showed."""
    return was if was and text == markdown.typed(was) else markdown.to_html(text, where)


def zone_form(embargo: Embargo) -> str:
    """The type of the input that can hold this minute: a browser's clock drops what names its own offset."""
    plain = len(embargo.at) in {0, 16, 19} and embargo.at[10:11] in {"", "T"}
    return "datetime-local" if plain else "text"


def _source_language(data: QueryDict, was: Version) -> str:
    row = data.get("source_row", "")
    chosen = data.get(f"r-{row}-lang", "").strip() if row.isdecimal() else ""
    return chosen or data.get("source_language", "").strip() or was.source_language


def _rows(
    data: QueryDict, prefix: str, names: tuple[str, ...], without: frozenset[str] = frozenset()
) -> list[dict[str, str]]:
    """The rows `r-0-lang`, `r-0-headline`, …; a row that was emptied, or is marked to go, is left out."""
    found = []
    for number in range(_MOST):
        row = {name: _lines(data.get(f"{prefix}-{number}-{name}", "")) for name in names}
        blank = not any(value for name, value in row.items() if name not in without)
        if not blank and f"{prefix}-{number}-gone" not in data:
            found.append(row)
    return found


def _lines(text: str) -> str:
    """Browsers send line breaks as CR LF."""
    return text.replace("\r\n", "\n").strip()


def _rendition_row(rendition: Rendition) -> dict[str, str]:
    return {
        **{name: getattr(rendition, name) for name in _STRAIGHT},
        "body": markdown.typed(rendition.body_html),
        "boilerplate": markdown.typed(rendition.boilerplate),
        "based_on": rendition.based_on or "",
        "track": str(rendition.track),
        "machine": "on" if rendition.machine_translated else "",
    }
