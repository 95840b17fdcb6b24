"""A rule as a document: the one shape that the API, a ticket and the database share. Pure.

A rule is an object of the lists `languages`, `countries`, `sectors`, `issuers`, `tickers`, `circuits` and `signals`, of
`urgency` (1 to 9), `words` (a query of words, as in `routing.query`), `refused` (attribute → values) and `everything`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dateline.routing import expressions, query
from dateline.routing.index import ATTRIBUTES, LOWEST_URGENCY, Wants, up_to_urgency
from dateline.words import languages, sectors
from dateline.words.errors import BadInput, Fault, Refused
from dateline.words.release import Signal
from dateline.words.tickers import ticker

_COUNTRY = re.compile(r"^[A-Z]{2}$")
# A rule's list → the attribute that it asks about.
LISTS = {
    "languages": "language",
    "countries": "country",
    "sectors": "sector",
    "issuers": "issuer",
    "tickers": "ticker",
    "circuits": "circuit",
    "signals": "signal",
}
# What a rule may have.
MEMBERS = (*LISTS, "urgency", "words", "refused", "everything")
_MOST = 1000


@dataclass(frozen=True, slots=True)
class _Trouble:
    """Where faults are gathered, so that one answer names them all."""

    faults: list[Fault]

    def add(self, code: str, what: str, where: str, mend: str) -> None:
        self.faults.append(Fault(code, what, where, mend))


def checked(rules: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rules with every member, normalised. BadInput names each value that is wrong, by JSON pointer."""
    trouble = _Trouble([])
    found = [_checked(rule, f"/rules/{number}", trouble) for number, rule in enumerate(rules)]
    if trouble.faults:
        raise BadInput(trouble.faults)
    return found


def short(rule: Mapping[str, Any]) -> dict[str, Any]:
    """The rule without the members that say nothing."""
    return {name: value for name, value in rule.items() if value}


def wants(rule: Mapping[str, Any]) -> Wants:
    """A checked rule as the index takes it."""
    asks = {attribute: frozenset(_folded(attribute, rule.get(name, ()))) for name, attribute in LISTS.items()}
    if rule.get("urgency") is not None:
        asks["urgency"] = up_to_urgency(rule["urgency"])
    refused = rule.get("refused", {})
    refuses = {attribute: frozenset(_folded(attribute, values)) for attribute, values in refused.items()}
    words = query.words(rule["words"]) if rule.get("words") else None
    return Wants(asks, refuses, rule.get("everything", False), words)


def _folded(attribute: str, values: Sequence[str]) -> list[str]:
    return [value.casefold() for value in values] if attribute == "issuer" else list(values)


def _checked(rule: Mapping[str, Any], where: str, trouble: _Trouble) -> dict[str, Any]:
    for name in rule.keys() - set(MEMBERS):
        trouble.add("unknown-member", f"A rule has no {name[:60]!r}.", f"{where}/{name}", "Leave it out.")
    found: dict[str, Any] = {
        name: _values(attribute, rule.get(name) or [], f"{where}/{name}", trouble) for name, attribute in LISTS.items()
    }
    found["urgency"] = _urgency(rule.get("urgency"), f"{where}/urgency", trouble)
    found["words"] = _words(rule.get("words"), f"{where}/words", trouble)
    found["refused"] = _refused(rule.get("refused") or {}, f"{where}/refused", trouble)
    found["everything"] = rule.get("everything") is True
    constrained = any(found[name] for name in (*LISTS, "urgency", "words", "refused"))
    if constrained == found["everything"]:
        what = "The rule asks for everything and for something." if constrained else "The rule asks for nothing."
        trouble.add("empty-rule", what, where, 'Name what is wanted, or set "everything": true and nothing else.')
    return found


def _refused(refused: Any, where: str, trouble: _Trouble) -> dict[str, list[str]]:
    if not isinstance(refused, Mapping) or not refused.keys() <= set(ATTRIBUTES) - {"urgency"}:
        known = ", ".join(LISTS.values())
        trouble.add("bad-refusal", "What is refused is not an object of lists.", where, f"Its members: {known}.")
        return {}
    found = {name: _values(name, values, f"{where}/{name}", trouble) for name, values in refused.items()}
    return {name: values for name, values in found.items() if values}


def _urgency(value: Any, where: str, trouble: _Trouble) -> int | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= LOWEST_URGENCY):
        return value
    trouble.add("bad-urgency", "The urgency is not a number from 1 to 9.", where, "1 is the most urgent.")
    return None


def _words(value: Any, where: str, trouble: _Trouble) -> str:
    if value is None or value == "":
        return ""
    if not isinstance(value, str):
        trouble.add("bad-words", "The words are not a text.", where, 'Write a query of words: "green steel" OR plant.')
        return ""
    try:
        return expressions.written(query.words(value))
    except BadInput as refused:
        trouble.faults.extend(Fault(fault.code, fault.what, where, fault.mend) for fault in refused.faults)
    return ""


def _values(attribute: str, values: Any, where: str, trouble: _Trouble) -> list[str]:
    if not isinstance(values, list) or len(values) > _MOST or not all(isinstance(each, str) for each in values):
        trouble.add("bad-list", f"This is not a list of at most {_MOST} texts.", where, "Write [] for any.")
        return []
    found = []
    for number, value in enumerate(values):
        try:
            found.append(_READ[attribute](value.strip(), f"{where}/{number}"))
        except Refused as refused:
            trouble.faults.extend(
                Fault(fault.code, fault.what, f"{where}/{number}", fault.mend) for fault in refused.faults
            )
    return list(dict.fromkeys(found))


def _country(text: str, where: str) -> str:
    code = text.upper()
    if not _COUNTRY.match(code):
        raise BadInput([Fault("unknown-country", f"{text[:60]!r} is not a country.", where, "Write ISO 3166: DE, KR.")])
    return code


def _sector(text: str, where: str) -> str:
    if not sectors.known(text):
        raise BadInput([Fault("unknown-sector", f"There is no sector {text[:60]!r}.", where, "See the list of them.")])
    return text


def _signal(text: str, where: str) -> str:
    if text not in list(Signal):
        raise BadInput([Fault("unknown-signal", f"There is no signal {text[:60]!r}.", where, ", ".join(Signal))])
    return text


def _name(text: str, where: str) -> str:
    if not text or len(text) > 200:
        raise BadInput([Fault("bad-name", "The name is empty, or longer than 200 characters.", where, "Write it.")])
    return text


_READ: dict[str, Callable[[str, str], str]] = {
    "language": lambda text, _: languages.canonical(text),
    "country": _country,
    "sector": _sector,
    "issuer": _name,
    "ticker": ticker,
    "circuit": _name,
    "signal": _signal,
}
