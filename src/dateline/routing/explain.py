"""Why somebody gets an entry, or does not: which rule matched, or which condition of each failed. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dateline.routing import query
from dateline.routing.index import ATTRIBUTES, Values, Wants, best_language, facts, satisfies, says
from dateline.routing.rules import wants
from dateline.routing.texts import Text, text
from dateline.words.entry import Entry


@dataclass(frozen=True, slots=True)
class Failed:
    """A condition that did not hold: of which attribute (or `words`), what the rule says, and what the entry has."""

    attribute: str
    said: str


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom it is about: languages in order of preference, audience groups, rules as documents."""

    languages: tuple[str, ...]
    groups: frozenset[str]
    rules: Sequence[Mapping[str, Any]]
    paused: bool = False


def explained(reader: Reader, entry: Entry) -> dict[str, Any]:
    """`gets`, in which `language`, `why` in a sentence, and for each rule whether it `matches`, and what `failed`."""
    values, read = facts(entry), text(entry)
    rules = [(rule, wants(rule)) for rule in reader.rules]
    told = [
        {
            "rule": dict(rule),
            "query": query.written([rule]),
            "matches": satisfies(each, values, read),
            "failed": [{"attribute": one.attribute, "said": one.said} for one in failed(each, values, read)],
        }
        for rule, each in rules
    ]
    matched = [each for _, each in rules if satisfies(each, values, read)]
    lang = best_language(reader.languages, matched, entry.langs, str(entry.header["source_language"]))
    why = _why(reader, entry, matched, lang)
    return {
        "seq": entry.seq,
        "gets": not why,
        "language": None if why else lang,
        "why": why or "A rule fits.",
        "rules": told,
    }


def failed(rule: Wants, values: Values, read: Text) -> list[Failed]:
    """Each condition of a rule that does not hold for an entry with these facts and this text."""
    found = [
        Failed(attribute, f"asks for {attribute} {_list(asked)}; the entry has {_list(values[attribute])}")
        for attribute in ATTRIBUTES
        if (asked := rule.asks.get(attribute)) and asked.isdisjoint(values[attribute])
    ]
    found += [
        Failed(attribute, f"refuses {attribute} {_list(refused & values[attribute])}, which the entry has")
        for attribute in ATTRIBUTES
        if (refused := rule.refuses.get(attribute)) and not refused.isdisjoint(values[attribute])
    ]
    if rule.words is not None and not says(rule.words, rule.languages, read):
        found.append(Failed("words", "asks for words that the text does not have, or refuses some that it has"))
    return found


def _why(reader: Reader, entry: Entry, matched: Sequence[Wants], lang: str | None) -> str:
    """Why it does not go there; empty if it does."""
    if reader.paused:
        return "The subscription is paused."
    if not entry.may_be_read_by(reader.groups):
        return f"It is for {_list(entry.audience)} only, and the subscriber is in no such group."
    if not reader.rules:
        return "The subscription has no rules, so it asks for nothing."
    if not matched:
        return "No rule fits."
    return "" if lang is not None else "A rule fits, but in none of the languages that it asks for."


def _list(values: Iterable[str]) -> str:
    return ", ".join(sorted(values)) or "none"
