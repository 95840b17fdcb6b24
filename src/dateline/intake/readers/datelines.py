"""The dateline that a provider has already written in front of its text.

`CALGARY, Alberta, Dec. 03, 2019 (GLOBE NEWSWIRE) -- `: place, date, the wire's name in brackets or
slashes, and dashes. It is kept as it is, and taken out of the body, so that it is not printed twice.
"""

import re
from dataclasses import dataclass
from datetime import date

PROVIDERS = {
    "GLOBENEWSWIRE": "GlobeNewswire",
    "BUSINESSWIRE": "Business Wire",
    "PRNEWSWIREASIANET": "AsiaNet / PR Newswire",
    "ASIANET": "AsiaNet / PR Newswire",
    "PRNEWSWIRE": "PR Newswire",
}
_LONGEST = 240
_DATELINE = re.compile(
    r"\s*(?P<lead>[^()/]{2,160}?)[\s,–—-]*"
    r"(?:\((?P<round>[A-Z][A-Za-z .\-]{2,40})\)|/(?P<slashed>[A-Z][A-Za-z .\-]{2,40})/)"
    r"\s*(?P<dash>-{1,3}|[–—])(?P<space>\s*)"
)
_WORD = r"[^\W\d_]{3,12}\.?"
_DATE = re.compile(
    rf"[,\s]+(?:(?P<month>{_WORD})\s+(?P<day>\d{{1,2}}),?\s+(?P<year>\d{{4}})"
    rf"|(?P<day2>\d{{1,2}})\.?\s+(?:de\s+)?(?P<month2>{_WORD})\s+(?:de\s+)?(?P<year2>\d{{4}}))\s*,?\s*$"
)
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


@dataclass(frozen=True, slots=True)
class Dateline:
    """`text` as it is to be printed, `length` in characters of the original, `day` as ISO date or empty."""

    text: str
    length: int
    place: str
    provider: str
    day: str


def found(text: str) -> Dateline | None:
    """The dateline that the text begins with, if a provider's name stands in it."""
    match = _DATELINE.match(text[:_LONGEST])
    if match is None:
        return None
    name = match["round"] or match["slashed"]
    provider = PROVIDERS.get("".join(letter for letter in name.upper() if letter.isalpha()))
    if provider is None:
        return None
    place, day = _place_and_day(match["lead"])
    printed = " ".join(match[0].split())
    # A dateline that ends its line has its text on the next.
    gap = " " if match["space"] or match.end() == len(text) else ""
    return Dateline(printed + gap, match.end(), place, provider, day)


def composed(place: str, provider: str) -> str:
    """Business Wire files the place alone, and prints `GREENWICH, Conn.--(BUSINESS WIRE)--` in front of the text."""
    return f"{place}--({provider.upper()})--" if place else ""


def _place_and_day(lead: str) -> tuple[str, str]:
    dated = _DATE.search(lead)
    place = " ".join((lead[: dated.start()] if dated else lead).split()).rstrip(",")
    if dated is None:
        return place, ""
    month = (dated["month"] or dated["month2"])[:3].lower()
    if month not in _MONTHS:
        return place, ""
    try:
        day = date(int(dated["year"] or dated["year2"]), _MONTHS.index(month) + 1, int(dated["day"] or dated["day2"]))
    except ValueError:
        return place, ""
    return place, day.isoformat()
