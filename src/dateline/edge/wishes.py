"""What a desktop asks for in its query, and whether an entry is it. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from babel import Locale

from dateline.edge.ring import Kept
from dateline.routing.index import parents
from dateline.words import sectors
from dateline.words.errors import BadInput, Fault
from dateline.words.languages import canonical

_MOST = 100
# CLDR has codes for no country as well: outlying Oceania, the EU, the euro area, the UN, test regions, unknown.
_COUNTRIES = frozenset(code for code in map(str, Locale("en").territories) if len(code) == 2) - {
    "QO", "EU", "EZ", "UN", "XA", "XB", "ZZ",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wishes:
    """A stream's filter. `langs` are in order of preference; what is empty asks for all."""

    langs: tuple[str, ...] = ()
    sectors: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()

    def best(self, kept: Kept) -> str | None:
        """The language in which this stream gets the entry, or None if it is not for it."""
        if not kept.public and kept.audience.isdisjoint(self.groups):
            return None
        if self.countries and self.countries.isdisjoint(kept.countries):
            return None
        if self.sectors and self.sectors.isdisjoint(kept.sectors):
            return None
        if self.langs:
            near = (_nearest(wish, kept.langs) for wish in self.langs)
            return next((lang for lang in near if lang is not None), None)
        return kept.main if kept.main in kept.langs else next(iter(kept.langs), None)


def read(query: Mapping[str, Sequence[str]], groups: frozenset[str]) -> Wishes:
    """The filter of `lang`, `sector` and `country`, each repeated or with commas; BadInput says what is unknown."""
    langs = tuple(dict.fromkeys(_lang(tag) for tag in _list(query, "lang")))
    codes = frozenset(_list(query, "sector"))
    for code in codes:
        if not sectors.known(code):
            mend = "GET /api/v1/sectors lists them."
            raise BadInput([Fault("unknown-sector", f"There is no sector {code[:60]!r}.", "sector", mend)])
    countries = frozenset(each.upper() for each in _list(query, "country"))
    for code in countries - _COUNTRIES:
        mend = "Write two letters of ISO 3166, such as DE or KR."
        raise BadInput([Fault("unknown-country", f"{code[:60]!r} is not a country.", "country", mend)])
    return Wishes(langs, codes, countries, groups)


def _list(query: Mapping[str, Sequence[str]], name: str) -> list[str]:
    found = [each.strip() for value in query.get(name, ()) for each in value.split(",") if each.strip()]
    if len(found) > _MOST:
        raise BadInput([Fault("too-many", f"{len(found)} values are too many.", name, f"Give {_MOST} at most.")])
    return found


def _lang(tag: str) -> str:
    try:
        return canonical(tag)
    except BadInput:
        mend = "Write a BCP 47 tag such as en, pt-BR or zh-Hant."
        raise BadInput([Fault("bad-language", f"{tag[:60]!r} is not a language tag.", "lang", mend)]) from None


def _nearest(wish: str, has: Sequence[str]) -> str | None:
    """The wish itself, a kind of it (`pt-BR` for `pt`), or what it is a kind of (`en` for `en-US`)."""
    if wish in has:
        return wish
    narrower = next((lang for lang in has if wish in parents(lang)), None)
    return narrower or next((wide for wide in _wider(wish) if wide in has), None)


def _wider(tag: str) -> Iterator[str]:
    """The wider tags, as far as they are written in the same script."""
    while "-" in tag:
        tag, _, last = tag.rpartition("-")
        if len(last) == 4 and last.isalpha():
            return
        yield tag
