"""What a desktop asks for in its query, and whether an entry is it. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dateline.words import sectors
from dateline.words.entry import Entry
from dateline.words.errors import BadInput, Fault
from dateline.words.languages import canonical

_COUNTRY = re.compile(r"^[A-Z]{2}$")
_MOST = 100


@dataclass(frozen=True, slots=True)
class Wishes:
    """A stream's filter. `langs` are in order of preference; what is empty asks for all."""

    langs: tuple[str, ...] = ()
    sectors: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()

    def best(self, entry: Entry) -> str | None:
        """The language in which this stream gets the entry, or None if it is not for it."""
        if not entry.may_be_read_by(self.groups):
            return None
        if self.countries and self.countries.isdisjoint(entry.countries):
            return None
        if self.sectors and self.sectors.isdisjoint(_wide(entry)):
            return None
        has = entry.langs
        if self.langs:
            return next((lang for lang in self.langs if lang in has), None)
        main = str(entry.header["source_language"])
        return main if main in has else next(iter(has), None)


def read(query: Mapping[str, Sequence[str]], groups: frozenset[str]) -> Wishes:
    """The filter of `lang`, `sector` and `country`, each repeated or with commas; BadInput says what is unknown."""
    langs = tuple(dict.fromkeys(canonical(tag) for tag in _list(query, "lang")))
    codes = frozenset(_list(query, "sector"))
    for code in codes:
        if not sectors.known(code):
            raise BadInput(
                [Fault("unknown-sector", f"There is no sector {code[:60]!r}.", "sector", "See /api/v1/sectors.")]
            )
    countries = frozenset(each.upper() for each in _list(query, "country"))
    for country in countries:
        if not _COUNTRY.match(country):
            fault = Fault(
                "unknown-country", f"{country[:60]!r} is not a country.", "country", "Write ISO 3166: DE, KR."
            )
            raise BadInput([fault])
    return Wishes(langs, codes, countries, groups)


def _list(query: Mapping[str, Sequence[str]], name: str) -> list[str]:
    found = [each.strip() for value in query.get(name, ()) for each in value.split(",") if each.strip()]
    if len(found) > _MOST:
        raise BadInput([Fault("too-many", f"{len(found)} values are too many.", name, f"Give {_MOST} at most.")])
    return found


def _wide(entry: Entry) -> set[str]:
    return {wide for code in entry.sectors for wide in (code, *sectors.ancestors(code))}
