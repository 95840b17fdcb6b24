"""Why somebody gets an entry, or does not: which rule matched, or which condition of each failed. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from dateline.routing import query
from dateline.routing.index import ATTRIBUTES, Values, Wants, best_language, facts, satisfies, says
from dateline.routing.rules import wants
from dateline.routing.texts import Text, text
from dateline.words.entry import Entry
from dateline.words.told import Told

_NAMES = {
    "language": Told("language"),
    "country": Told("country"),
    "sector": Told("sector"),
    "issuer": Told("issuer"),
    "ticker": Told("ticker"),
    "urgency": Told("urgency"),
    "circuit": Told("circuit"),
    "signal": Told("signal"),
}


@dataclass(frozen=True, slots=True)
class Failed:
    """A condition that did not hold: of which attribute (or `words`), what the rule says, and what the entry has."""

    attribute: str
    said: Told


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom it is about: languages in order of preference, audience groups, rules as documents."""

    languages: tuple[str, ...]
    groups: frozenset[str]
    rules: Sequence[Mapping[str, Any]]
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Ruled:
    """One rule, as a document and as a line of a query: whether it matches, and what failed."""

    rule: dict[str, Any]
    query: str
    matches: bool
    failed: list[Failed]


@dataclass(frozen=True, slots=True)
class Explained:
    """Whether he gets it, in which language, why in a sentence, and what each rule says."""

    seq: int
    gets: bool
    language: str | None
    why: Told
    rules: list[Ruled]

    def as_json(self) -> dict[str, Any]:
        """In English."""
        rules = [asdict(each) | {"failed": list(map(_as_json, each.failed))} for each in self.rules]
        return {"seq": self.seq, "gets": self.gets, "language": self.language, "why": str(self.why), "rules": rules}


def explained(reader: Reader, entry: Entry) -> Explained:
    """What the reader's rules say of an entry."""
    values, read = facts(entry), text(entry)
    rules = [(rule, wants(rule)) for rule in reader.rules]
    told = [
        Ruled(dict(rule), query.written([rule]), satisfies(each, values, read), failed(each, values, read))
        for rule, each in rules
    ]
    matched = [each for _, each in rules if satisfies(each, values, read)]
    lang = best_language(reader.languages, matched, entry.langs, str(entry.header["source_language"]))
    why = _why(reader, entry, matched, lang)
    if why is not None:
        return Explained(entry.seq, gets=False, language=None, why=why, rules=told)
    return Explained(entry.seq, gets=True, language=lang, why=Told("A rule fits."), rules=told)


def failed(rule: Wants, values: Values, read: Text) -> list[Failed]:
    """Each condition of a rule that does not hold for an entry with these facts and this text."""
    found = [
        _asked(attribute, asked, values[attribute])
        for attribute in ATTRIBUTES
        if (asked := rule.asks.get(attribute)) and asked.isdisjoint(values[attribute])
    ]
    found += [
        _refused(attribute, refused & values[attribute])
        for attribute in ATTRIBUTES
        if (refused := rule.refuses.get(attribute)) and not refused.isdisjoint(values[attribute])
    ]
    if rule.words is not None and not says(rule.words, rule.languages, read):
        said = Told("asks for words that the text does not have, or refuses some that it has")
        found.append(Failed("words", said))
    return found


def _asked(attribute: str, asked: Iterable[str], values: Iterable[str]) -> Failed:
    told = {"attribute": _NAMES[attribute], "asked": _list(asked), "values": _list(values)}
    return Failed(attribute, Told("asks for {attribute} {asked}; the entry has {values}", told))


def _refused(attribute: str, refused: Iterable[str]) -> Failed:
    told = {"attribute": _NAMES[attribute], "refused": _list(refused)}
    return Failed(attribute, Told("refuses {attribute} {refused}, which the entry has", told))


def _as_json(failed: Failed) -> dict[str, str]:
    return {"attribute": failed.attribute, "said": str(failed.said)}


def _why(reader: Reader, entry: Entry, matched: Sequence[Wants], lang: str | None) -> Told | None:
    """Why it does not go there; None if it does."""
    if reader.paused:
        return Told("The subscription is paused.")
    if not entry.may_be_read_by(reader.groups):
        values = {"audience": _list(entry.audience)}
        return Told("It is for {audience} only, and the subscriber is in no such group.", values)
    if not reader.rules:
        return Told("The subscription has no rules, so it asks for nothing.")
    if not matched:
        return Told("No rule fits.")
    return Told("A rule fits, but in none of the languages that it asks for.") if lang is None else None


def _list(values: Iterable[str]) -> str | Told:
    return ", ".join(sorted(values)) or Told("none")
