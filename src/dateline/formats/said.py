"""What every format says of an entry, gathered once: so that none can leave out a label or the disclaimer.

Its texts have no character that XML 1.0 cannot hold (section 2.2: most control characters, U+FFFE
and U+FFFF). They print nothing, and intake refuses them; one that came into the log all the same
is dropped from every format alike.
"""

import re
from dataclasses import dataclass
from typing import Any

from dateline.words import clock, sectors
from dateline.words.entry import Entry
from dateline.words.languages import language
from dateline.words.languages.language import Language
from dateline.words.release import Signal
from dateline.words.wire import Wire

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Said:
    """One rendition of an entry, as it is to be printed, in print order.

    `state` is `usable`, `canceled` or `erased`; in the last two there is no text, and the headline
    is a label. `dateline` brings the space that the text after it needs. `boilerplate_html` and
    `contacts` are the issuer's; `about_wire` the wire's own. `provided`: a third party filed it.
    """

    id: str
    lang: str
    rules: Language
    state: str
    provided: bool
    edition: int
    headline: str
    subhead: str
    dateline: str
    body_html: str
    boilerplate_html: str
    disclaimer: str
    labels: tuple[tuple[str, str], ...]
    sector_line: str
    contacts: tuple[dict[str, str], ...]
    about_wire: str
    end_mark: str
    ednote: str
    released_at: str
    url: str

    @property
    def usable(self) -> bool:
        return self.state == "usable"


def said(entry: Entry, lang: str, wire: Wire) -> Said:
    """What there is to print of an entry in one language."""
    rules = language(lang)
    part = entry.rendition(lang) or {}
    provided = entry.source["kind"] == "provider"
    usable = bool(part)
    return Said(
        id=f"{entry.guid}/{lang}",
        lang=lang,
        rules=rules,
        state=_state(entry, usable=usable),
        provided=provided,
        edition=entry.editions.get(lang, 1),
        headline=xml_safe(part["headline"]) if usable else rules.label("withdrawn"),
        subhead=xml_safe(part.get("subhead", "")),
        dateline=_spaced(xml_safe(part.get("dateline", "")), rules),
        body_html=xml_safe(part.get("body_html", "")),
        boilerplate_html=xml_safe(part.get("boilerplate", "")),
        disclaimer=xml_safe(part.get("disclaimer") or (rules.third_party(entry.source["name"]) if provided else "")),
        labels=_labels(entry, lang, part, rules),
        sector_line=_sector_line(entry, lang, rules),
        contacts=tuple(_contact(each) for each in entry.contacts) if usable else (),
        about_wire=xml_safe(wire.boilerplate) if provided and usable else "",
        end_mark=rules.end_mark if usable and not provided else "",
        # A note on what was taken back may tell of its text; the withdrawal has a note of its own.
        ednote="" if entry.canceled_by is not None else xml_safe(str(entry.header["ednote"])),
        released_at=clock.printed(entry.released_at),
        url=wire.page(entry.key, lang),
    )


def xml_safe(text: str) -> str:
    """The text without the characters that XML 1.0 cannot hold."""
    return _NOT_XML.sub("", text)


def _spaced(dateline: str, rules: Language) -> str:
    """A dateline that an editor has cut the last space of gets it back, where the language has one there.

    One that ends in `)--` has its text run on without a space, as one of the wires sets it.
    """
    if not dateline.strip() or dateline[-1].isspace() or dateline.endswith(")--"):
        return dateline
    return dateline + (" " if rules.prefix("").endswith(" ") else "")


def _contact(contact: dict[str, str]) -> dict[str, str]:
    return {key: xml_safe(text) for key, text in contact.items()}


def _sector_line(entry: Entry, lang: str, rules: Language) -> str:
    names = sectors.names(entry.sectors, lang)
    return rules.heading("sectors") + rules.heading_colon + rules.list_separator.join(names) if names else ""


def _state(entry: Entry, *, usable: bool) -> str:
    if entry.canceled:
        return "canceled"
    return "usable" if usable else "erased"


def _labels(entry: Entry, lang: str, part: dict[str, Any], rules: Language) -> tuple[tuple[str, str], ...]:
    """The part's own labels; of what has no text any more, those that its header still tells."""
    if part:
        return tuple((each["kind"], each["text"]) for each in part["labels"])
    disclosure = entry.header["disclosure"]
    wanted = {
        "withdrawn": True,
        "test": entry.signal is Signal.TEST,
        "third_party": bool(disclosure["third_party"]),
        "sponsored": bool(disclosure["sponsored"]),
        "state_controlled": bool(entry.source["state_controlled"]),
        "machine_translated": lang in disclosure["machine_translated"],
        "ai_use": disclosure["ai_use"] != "none",
    }
    return tuple((kind, rules.label(kind)) for kind, wears in wanted.items() if wears)
