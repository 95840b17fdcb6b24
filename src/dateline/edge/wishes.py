"""What a desktop asks for, in its query or in its ticket. Pure."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from babel import Locale

from dateline.edge.ring import Facts
from dateline.people.ticket import Ticket
from dateline.routing.index import Wants, parents
from dateline.routing.query import rules as parse
from dateline.routing.rules import checked, short, wants
from dateline.words import sectors
from dateline.words.errors import BadInput, Fault
from dateline.words.languages import canonical

_MOST = 100
# CLDR has codes for no country as well: outlying Oceania, the EU, the euro area, the UN, test regions, unknown.
_COUNTRIES = frozenset(code for code in map(str, Locale("en").territories) if len(code) == 2) - {
    "QO", "EU", "EZ", "UN", "XA", "XB", "ZZ",
}  # fmt: skip
_ALL = (Wants(everything=True),)
_TICKET = "ticket "


@dataclass(frozen=True, slots=True)
class Wishes:
    """A stream's profile: an OR of rules, languages in order of preference, and the audience groups it reads in.

    `only` says that no other language will do. Two are the same if `asked`, the rules as they were sent, is.
    """

    langs: tuple[str, ...] = ()
    groups: frozenset[str] = frozenset()
    only: bool = True
    asked: str = ""
    rules: tuple[Wants, ...] = field(default=_ALL, compare=False)

    @property
    def words(self) -> bool:
        """Whether a rule asks for words, so that what it reads must still be here."""
        return any(rule.words is not None for rule in self.rules)

    @property
    def follows(self) -> bool:
        """Whether the rules are those of a ticket, and change with it."""
        return not self.asked or self.asked.startswith(_TICKET)

    def language(self, rules: Sequence[Wants], facts: Facts) -> str | None:
        """The language in which the entry goes to this stream, of whose rules these matched; None for not at all.

        The first wish that there is, as far as a rule allows it; else, unless only those will do, the language it was
        written in.
        """
        named = [rule.languages for rule in rules]
        taken = (
            facts.langs if not named or not all(named) else tuple(lang for lang in facts.langs if _allowed(lang, named))
        )
        for wish in self.langs:
            near = _nearest(wish, taken)
            if near is not None:
                return near
        if not taken or (self.langs and self.only):
            return None
        return facts.main if facts.main in taken else taken[0]


def read(query: Mapping[str, Sequence[str]], ticket: Ticket | None = None) -> Wishes:
    """The wishes of a query and a ticket; BadInput says what is unknown.

    `lang` is repeated or has commas, and stands in the place of the ticket's languages; `sector` and `country`, or a
    query `q`, stand in the place of its rules. The audience groups are the ticket's alone.
    """
    groups = ticket.groups if ticket is not None else frozenset[str]()
    langs = tuple(dict.fromkeys(_lang(tag) for tag in _list(query, "lang")))
    only = bool(langs) or ticket is None
    if not langs and ticket is not None:
        langs = ticket.languages
    documents = [*_filter(query), *_asked(query)]
    if documents:
        return Wishes(langs, groups, only, _json(documents), tuple(map(wants, documents)))
    return Wishes(langs, groups, only, *_rules(ticket))


def _filter(query: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """`sector` and `country` as a rule, if there are any and no `q`."""
    found = {
        name: sorted(each) for name, each in (("sectors", _sectors(query)), ("countries", _countries(query))) if each
    }
    if found and query.get("q"):
        what = "Both q and sector or country say what is wanted."
        raise BadInput([Fault("two-filters", what, "q", "Write them into q: sector:… AND country:…")])
    return [found] if found else []


def _asked(query: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """The rules of `q`, a query of docs/rules.md."""
    return [short(rule) for text in query.get("q", ()) for rule in checked(parse(text))]


def changed(wishes: Wishes, ticket: Ticket) -> Wishes:
    """The wishes of a stream whose ticket has another profile now, as far as the stream follows its ticket."""
    langs = wishes.langs if wishes.only else ticket.languages
    asked, rules = _rules(ticket) if wishes.follows else (wishes.asked, wishes.rules)
    return Wishes(langs, ticket.groups, wishes.only, asked, rules)


def _rules(ticket: Ticket | None) -> tuple[str, tuple[Wants, ...]]:
    """The rules of a ticket, and what tells them from others. Only a subscriber's profile may want nothing."""
    if ticket is None or (not ticket.rules and ticket.subscriber is None):
        return "", _ALL
    return f"{_TICKET}{_json(ticket.rules)}", tuple(map(wants, ticket.rules))


def _json(values: Any) -> str:
    return json.dumps(values, sort_keys=True, ensure_ascii=False)


def _sectors(query: Mapping[str, Sequence[str]]) -> frozenset[str]:
    codes = frozenset(_list(query, "sector"))
    for code in codes:
        if not sectors.known(code):
            mend = "GET /api/v1/sectors lists them."
            raise BadInput([Fault("unknown-sector", f"There is no sector {code[:60]!r}.", "sector", mend)])
    return codes


def _countries(query: Mapping[str, Sequence[str]]) -> frozenset[str]:
    countries = frozenset(each.upper() for each in _list(query, "country"))
    for code in countries - _COUNTRIES:
        mend = "Write two letters of ISO 3166, such as DE or KR."
        raise BadInput([Fault("unknown-country", f"{code[:60]!r} is not a country.", "country", mend)])
    return countries


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


def _allowed(lang: str, named: Sequence[frozenset[str]]) -> bool:
    wide = (lang, *parents(lang))
    return any(not names.isdisjoint(wide) for names in named)


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
