"""Countries as ISO 3166 alpha-2, from the names that datelines and providers use (CLDR, by way of Babel)."""

import re
import unicodedata

from babel import Locale

from dateline.words.errors import BadInput, Fault

_CODE = re.compile(r"[A-Z]{2}")
# CLDR's own codes for no country: outlying Oceania, the EU, the euro area, the UN, test regions, and unknown.
_NO_COUNTRY = {"QO", "EU", "EZ", "UN", "XA", "XB", "ZZ"}
_SPOKEN = ("en", "fr", "de", "es", "pt")
_ALSO = {"usa": "US", "us": "US", "uk": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "korea": "KR",
         "south korea": "KR", "uae": "AE", "czech republic": "CZ", "turkey": "TR", "hong kong": "HK", "macau": "MO",
         "holland": "NL", "russia": "RU", "viet nam": "VN", "burma": "MM"}  # fmt: skip


def _folded(name: str) -> str:
    bare = "".join(each for each in unicodedata.normalize("NFKD", name) if not unicodedata.combining(each))
    return " ".join(bare.casefold().replace(".", "").split())


_NAMES = {
    _folded(name): code
    for tag in reversed(_SPOKEN)
    for code, name in Locale.parse(tag).territories.items()
    if _CODE.fullmatch(code) and code not in _NO_COUNTRY
} | _ALSO
CODES = frozenset(_NAMES.values())


def code_of(name: str) -> str | None:
    """The country of that name, in English or one of four other languages of Europe."""
    return _NAMES.get(_folded(name))


def of_place(place: str) -> tuple[str, ...]:
    """The country that a place ends in: `Calgary, AB, Canada` is in CA, and `SINGAPORE` is one itself."""
    last = place.rpartition(",")[2]
    code = code_of(last) if len(last.strip().replace(".", "")) > 2 else None
    return (code,) if code else ()


def country(text: str, where: str) -> str:
    """The alpha-2 code, or that of the country so named. BadInput if there is none."""
    code = text.strip().upper()
    found = code if code in CODES else code_of(text)
    if found is None:
        what = f"{text!r} is not a country."
        raise BadInput([Fault("unknown-country", what, where, "Write an ISO 3166 code of two letters, as DE.")])
    return found
