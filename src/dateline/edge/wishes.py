"""What a desktop asks for in its query, and whether an entry is it. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from babel import Locale

from dateline.edge.ring import Facts, Kept
from dateline.routing.index import parents
from dateline.words import sectors
from dateline.words.entry import PUBLIC
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
        """The language in which this stream gets the entry, or None if it is not for it.

        What replaces an entry that the stream may have had goes to it too: in the language that it had, or else in
        the one that it was written in. Text goes only to those who may read it now; that something was taken back,
        to all.
        """
        lang = self._wants(kept.facts)
        if lang is not None or not kept.replaces or not (kept.takes_back or self._may_read(kept.facts)):
            return lang
        had = next((lang for facts in kept.earlier if (lang := self._wants(facts)) is not None), None)
        return had if had is None or had in kept.facts.langs else kept.facts.first_lang

    def _may_read(self, facts: Facts) -> bool:
        return PUBLIC in facts.audience or not facts.audience.isdisjoint(self.groups)

    def _wants(self, facts: Facts) -> str | None:
        if not self._may_read(facts):
            return None
        if self.countries and self.countries.isdisjoint(facts.countries):
            return None
        if self.sectors and self.sectors.isdisjoint(facts.sectors):
            return None
        if not self.langs:
            return facts.first_lang
        near = (_nearest(wish, facts.langs) for wish in self.langs)
        return next((lang for lang in near if lang is not None), None)


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
