"""What every format says of an entry, gathered once: so that none can leave out a label or the disclaimer."""

from dataclasses import dataclass

from dateline.words import clock, sectors
from dateline.words.entry import Entry
from dateline.words.languages import language
from dateline.words.languages.language import Language
from dateline.words.release import Signal
from dateline.words.wire import Wire


@dataclass(frozen=True, slots=True)
class Said:
    """One rendition of an entry, as it is to be printed, in print order.

    `state` is `usable`, `canceled` or `erased`; in the last two there is no text, and the headline
    is a label. `boilerplate_html` and `contacts` are the issuer's; `about_wire` the wire's own.
    """

    id: str
    lang: str
    rules: Language
    state: str
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
    names = sectors.names(entry.sectors, lang)
    usable = bool(part)
    return Said(
        id=f"{entry.guid}/{lang}",
        lang=lang,
        rules=rules,
        state=_state(entry, usable=usable),
        edition=entry.editions.get(lang, 1),
        headline=part.get("headline") or rules.label("withdrawn"),
        subhead=part.get("subhead", ""),
        dateline=part.get("dateline", ""),
        body_html=part.get("body_html", ""),
        boilerplate_html=part.get("boilerplate", ""),
        disclaimer=part.get("disclaimer", "") or (rules.third_party(entry.source["name"]) if provided else ""),
        labels=_labels(entry, part, rules),
        sector_line=f"{rules.heading('sectors')}{rules.heading_colon}{rules.list_separator.join(names)}"
        if names
        else "",
        contacts=tuple(entry.contacts) if usable else (),
        about_wire=wire.boilerplate if provided and usable else "",
        end_mark="" if provided else rules.end_mark,
        # A note on what was taken back may tell of its text; the withdrawal has a note of its own.
        ednote="" if entry.canceled_by is not None else str(entry.header["ednote"]),
        released_at=clock.printed(entry.released_at),
        url=wire.page(entry.key, lang),
    )


def _state(entry: Entry, *, usable: bool) -> str:
    if entry.canceled:
        return "canceled"
    return "usable" if usable else "erased"


def _labels(entry: Entry, part: dict[str, object], rules: Language) -> tuple[tuple[str, str], ...]:
    """The part's own labels; of what has no text any more, those that its header still tells."""
    kept = part.get("labels")
    if isinstance(kept, list):
        return tuple((str(each["kind"]), str(each["text"])) for each in kept)
    disclosure = entry.header["disclosure"]
    wanted = {
        "test": entry.signal is Signal.TEST,
        "third_party": bool(disclosure["third_party"]),
        "sponsored": bool(disclosure["sponsored"]),
        "withdrawn": entry.canceled,
    }
    return tuple((kind, rules.label(kind)) for kind, wears in wanted.items() if wears)
