"""Who wants an entry: Roaring bitmaps over rules, changed in place. Pure; an edge may use it too.

A rule is one conjunction, a profile an OR of rules, which is never flattened. For each attribute and
value, `INC` holds the slots of the rules that ask for the value and `EXC` of those that refuse it; `ANY`
holds, for each attribute, the slots that do not care. Then

    match = ⋂ over attributes (ANY ∪ ⋃ INC[value of the entry]) − ⋃ EXC[value of the entry]

The entry's sectors are widened to their ancestors, so that the vocabulary may change beneath the rules.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from pyroaring import BitMap

from dateline.words import sectors
from dateline.words.entry import Entry

LANGUAGE = "language"
LOWEST_URGENCY = 9
# What a rule can ask about. `source` is an issuer's or a provider's name.
ATTRIBUTES = (LANGUAGE, "country", "sector", "issuer", "ticker", "urgency", "circuit", "signal")

Values = dict[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Wants:
    """One rule: attribute → the values of which an entry must have one, and those of which it may have none.

    A rule without either matches everything, and must say so with `everything`.
    """

    asks: Values = field(default_factory=dict)
    refuses: Values = field(default_factory=dict)
    everything: bool = False

    def __post_init__(self) -> None:
        unknown = (self.asks.keys() | self.refuses.keys()) - set(ATTRIBUTES)
        if unknown:
            raise ValueError(f"no such attribute: {', '.join(sorted(unknown))}")
        if self.everything == any((*self.asks.values(), *self.refuses.values())):
            raise ValueError("a rule matches everything if it says so and asks for nothing else, and only then")

    @property
    def languages(self) -> frozenset[str]:
        """The languages that it asks for; empty means any."""
        return self.asks.get(LANGUAGE, frozenset())


def up_to_urgency(least: int) -> frozenset[str]:
    """The urgencies that a rule asks for which wants nothing less urgent than `least` (1 is the most urgent)."""
    return frozenset(str(urgency) for urgency in range(1, least + 1))


def facts(entry: Entry) -> Values:
    """What an entry is, by attribute. Languages are widened too: `pt-BR` is also `pt`."""
    header, source = entry.header, entry.source
    return {
        LANGUAGE: frozenset(wide for lang in entry.langs for wide in (lang, *parents(lang))),
        "country": frozenset(entry.countries),
        "sector": frozenset(wide for code in entry.sectors for wide in (code, *sectors.ancestors(code))),
        "issuer": frozenset(name.casefold() for name in (source["issuer"], source["name"]) if name),
        "ticker": frozenset(header["tickers"]),
        "urgency": frozenset((str(header["urgency"]),)),
        "circuit": frozenset(header["circuits"]),
        "signal": frozenset((str(entry.signal),)),
    }


def parents(tag: str) -> tuple[str, ...]:
    """The wider tags of a language tag, nearest first: `zh-Hant-HK` has `zh-Hant` and `zh` (RFC 4647, lookup)."""
    found = []
    while "-" in tag:
        tag = tag.rpartition("-")[0]
        found.append(tag)
    return tuple(found)


class Index:
    """Rules by slot. A slot that fell free is cleared before it is used again."""

    def __init__(self) -> None:
        self._asking: dict[tuple[str, str], BitMap] = defaultdict(BitMap)
        self._refusing: dict[tuple[str, str], BitMap] = defaultdict(BitMap)
        self._any: dict[str, BitMap] = {attribute: BitMap() for attribute in ATTRIBUTES}
        self._slots: dict[int, int] = {}
        self._rules: list[tuple[int, Wants] | None] = []
        self._free: list[int] = []

    def __len__(self) -> int:
        return len(self._slots)

    def put(self, rule: int, owner: int, wants: Wants) -> int:
        """Add the rule, or put this one in its place; its slot, which `match` finds until it is dropped."""
        self.drop(rule)
        slot = self._free.pop() if self._free else len(self._rules)
        if slot == len(self._rules):
            self._rules.append(None)
        self._rules[slot] = owner, wants
        self._slots[rule] = slot
        for attribute in ATTRIBUTES:
            if not wants.asks.get(attribute):
                self._any[attribute].add(slot)
        for postings, values in ((self._asking, wants.asks), (self._refusing, wants.refuses)):
            for key in _keys(values):
                postings[key].add(slot)
        return slot

    def drop(self, rule: int) -> None:
        """Remove the rule, if it is there."""
        slot = self._slots.pop(rule, None)
        found = self._rules[slot] if slot is not None else None
        if slot is None or found is None:
            return
        for anything in self._any.values():
            anything.discard(slot)
        for postings, values in ((self._asking, found[1].asks), (self._refusing, found[1].refuses)):
            for key in _keys(values):
                postings[key].discard(slot)
                if not postings[key]:
                    del postings[key]
        self._rules[slot] = None
        self._free.append(slot)

    def match(self, values: Values) -> BitMap:
        """The slots of all rules that the entry with these facts satisfies."""
        found: BitMap | None = None
        for attribute in ATTRIBUTES:
            asking = [self._asking[key] for key in _keys(values, attribute) if key in self._asking]
            hit = BitMap.union(self._any[attribute], *asking)
            found = hit if found is None else found & hit
            if not found:
                break
        matched = found if found is not None else BitMap()
        for key in _keys(values):
            if key in self._refusing:
                matched -= self._refusing[key]
        return matched

    def owners(self, values: Values) -> dict[int, list[Wants]]:
        """Whose rules matched, and which."""
        found: dict[int, list[Wants]] = defaultdict(list)
        for slot in self.match(values):
            rule = self._rules[slot]
            if rule is not None:
                found[rule[0]].append(rule[1])
        return found


def best_language(preferred: Iterable[str], rules: Iterable[Wants], langs: tuple[str, ...], source: str) -> str | None:
    """In which of its languages an entry goes to somebody, or None if in none of them.

    First the subscriber's own order; then the language it was written in, if a rule takes any; then whatever a
    rule asks for by name.
    """
    asked = [rule.languages for rule in rules]
    takes_any = not all(asked)
    named = frozenset().union(*asked)
    taken = [lang for lang in langs if takes_any or not named.isdisjoint((lang, *parents(lang)))]
    for wish in preferred:
        for lang in taken:
            if wish == lang or wish in parents(lang):
                return lang
    if takes_any and source in taken:
        return source
    return next((lang for lang in taken if not named.isdisjoint((lang, *parents(lang)))), None)


def _keys(values: Values, only: str | None = None) -> list[tuple[str, str]]:
    attributes = values if only is None else (only,)
    return [(attribute, value) for attribute in attributes for value in values.get(attribute, ())]
