"""What a subscriber asks for, checked and kept."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from dateline.routing.index import ATTRIBUTES, LOWEST_URGENCY, Wants, up_to_urgency
from dateline.routing.models import Profile, Rule, Subscriber, next_revision
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
_MOST = 1000


@dataclass(frozen=True, slots=True)
class _Trouble:
    """Where faults are gathered, so that one answer names them all."""

    faults: list[Fault]

    def add(self, code: str, what: str, where: str, mend: str) -> None:
        self.faults.append(Fault(code, what, where, mend))


@transaction.atomic
def set_rules(subscriber: Subscriber, rules: Sequence[Mapping[str, Any]]) -> Profile:
    """Put these rules in the place of the old ones. BadInput names each value that is wrong, by JSON pointer.

    A rule is an object of the lists `languages`, `countries`, `sectors`, `issuers`, `tickers`, `circuits` and
    `signals`, of `urgency` (1 to 9), `refused` (attribute → values) and `everything`.
    """
    trouble = _Trouble([])
    values = [_checked(rule, f"/rules/{number}", trouble) for number, rule in enumerate(rules)]
    if trouble.faults:
        raise BadInput(trouble.faults)
    profile, _ = Profile.objects.update_or_create(subscriber=subscriber, defaults={"revision": next_revision()})
    profile.rules.all().delete()
    Rule.objects.bulk_create([Rule(profile=profile, **each) for each in values])
    return profile


def document(rule: Rule) -> dict[str, Any]:
    """The rule as `set_rules` takes it."""
    names = (*LISTS, "urgency", "refused", "everything")
    return {name: getattr(rule, name) for name in names if getattr(rule, name)}


def wants(rule: Rule) -> Wants:
    """The rule as the index takes it."""
    asks = {attribute: frozenset(_folded(attribute, getattr(rule, name))) for name, attribute in LISTS.items()}
    if rule.urgency is not None:
        asks["urgency"] = up_to_urgency(rule.urgency)
    refuses = {attribute: frozenset(_folded(attribute, values)) for attribute, values in rule.refused.items()}
    return Wants(asks, refuses, rule.everything)


def _folded(attribute: str, values: Sequence[str]) -> list[str]:
    return [value.casefold() for value in values] if attribute == "issuer" else list(values)


def _checked(rule: Mapping[str, Any], where: str, trouble: _Trouble) -> dict[str, Any]:
    for name in rule.keys() - {*LISTS, "urgency", "refused", "everything"}:
        trouble.add("unknown-member", f"A rule has no {name[:60]!r}.", f"{where}/{name}", "Leave it out.")
    found: dict[str, Any] = {
        name: _values(attribute, rule.get(name) or [], f"{where}/{name}", trouble) for name, attribute in LISTS.items()
    }
    found["urgency"] = _urgency(rule.get("urgency"), f"{where}/urgency", trouble)
    found["refused"] = _refused(rule.get("refused") or {}, f"{where}/refused", trouble)
    found["everything"] = rule.get("everything") is True
    constrained = any(found[name] for name in (*LISTS, "urgency", "refused"))
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
