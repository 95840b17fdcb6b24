"""Who wants this entry: Roaring bitmaps over rules, changed in place. Pure; an edge may use it too.

A rule is one conjunction, a profile an OR of rules, which is never flattened. For each attribute and
value, one bitmap holds the slots of the rules that ask for the value and one of those that refuse it; `ANY`
holds, for each attribute, the slots that do not care. Then

    match = ⋂ over attributes (ANY ∪ ⋃ INC[value of the entry]) − ⋃ EXC[value of the entry]

The entry's sectors are widened to their ancestors, so that the vocabulary may change beneath the rules. A rule with
words is posted under phrases of which the text must have one; one whose words are more than an OR of phrases is read
in full for the few entries that have one. One without such a phrase (NOT alone) is read for every entry.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pyroaring import BitMap

from dateline.routing import expressions, phrases
from dateline.routing.expressions import Term, Words
from dateline.routing.slots import Slots
from dateline.routing.texts import Text
from dateline.words import sectors
from dateline.words.entry import Entry

LANGUAGE = "language"
LOWEST_URGENCY = 9
# What a rule can ask about. `source` is an issuer's or a provider's name.
ATTRIBUTES = (LANGUAGE, "country", "sector", "issuer", "ticker", "urgency", "circuit", "signal")
# What a key says of a rule: it asks for a value, refuses it, has these words, is posted under this phrase.
_ASKS, _REFUSES, _WORDS, _PHRASE = "+", "-", "w", "p"
_NUMBERS = {attribute: str(number) for number, attribute in enumerate(ATTRIBUTES)}

_ASKS_LANGUAGE = f"{_ASKS}{_NUMBERS[LANGUAGE]}"

Values = dict[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Wants:
    """One rule: attribute → the values of which an entry must have one, and those of which it may have none.

    `words` is what its text must say. A rule without any of them matches everything, and must say so with `everything`.
    """

    asks: Values = field(default_factory=dict)
    refuses: Values = field(default_factory=dict)
    everything: bool = False
    words: Words | None = None

    def __post_init__(self) -> None:
        unknown = (self.asks.keys() | self.refuses.keys()) - set(ATTRIBUTES)
        if unknown:
            raise ValueError(f"no such attribute: {', '.join(sorted(unknown))}")
        if self.everything == any((*self.asks.values(), *self.refuses.values(), self.words)):
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


def allowed(languages: frozenset[str], langs: Iterable[str]) -> list[str]:
    """Those of an entry's languages in which a rule that asks for `languages` looks for words."""
    return [lang for lang in langs if not languages or not languages.isdisjoint((lang, *parents(lang)))]


def says(words: Words, languages: frozenset[str], text: Text) -> bool:
    """Whether the text satisfies the words of a rule that asks for these languages."""
    langs = allowed(languages, text.langs)

    def has(what: Term | expressions.Near) -> bool:
        if isinstance(what, Term):
            return text.has(what.text, langs, exact=what.exact)
        left, right = what.left, what.right
        return text.near((left.text, left.exact), (right.text, right.exact), what.within, langs)

    return expressions.holds(words, has)


def satisfies(wants: Wants, values: Values, text: Text | None) -> bool:
    """Whether one rule matches, by a plain reading of it: what the index must find. Without text, no words match."""
    none: frozenset[str] = frozenset()
    asked = all(not each or each & values.get(attribute, none) for attribute, each in wants.asks.items())
    refused = any(each & values.get(attribute, none) for attribute, each in wants.refuses.items())
    if not asked or refused:
        return False
    return wants.words is None or (text is not None and says(wants.words, wants.languages, text))


class Index:
    """Rules by slot. A slot that fell free is cleared before it is used again."""

    def __init__(self, slots: Slots | None = None) -> None:
        self.slots = slots or Slots(ATTRIBUTES)
        self._phrases = phrases.Phrases(self.slots.phrases)

    def __len__(self) -> int:
        return len(self.slots)

    def put(self, rule: int, owner: int, wants: Wants) -> int:
        """Add the rule, or put this one in its place; its slot, which `match` finds until it is dropped."""
        keys = list(_keys(wants))
        enough = True
        if wants.words is not None:
            keys.append(_WORDS + expressions.packed(wants.words))
            posted = expressions.anchor(wants.words, lambda term: self._rules_with(term, wants.languages))
            enough = posted is not None and posted.enough
            for term in posted.terms if posted else ():
                for name, form in phrases.names(term.text, wants.languages, exact=term.exact):
                    keys.append(_PHRASE + name)
                    self._phrases.add(form)
        careless = [attribute for attribute in ATTRIBUTES if not wants.asks.get(attribute)]
        return self.slots.put(rule, owner, keys, careless, worded=wants.words is not None, enough=enough)

    def drop(self, rule: int) -> None:
        """Remove the rule, if it is there."""
        self.slots.drop(rule)

    def match(self, values: Values, text: Text | None = None) -> BitMap:
        """The slots of all rules that the entry satisfies. Without its text, a rule with words matches nothing."""
        slots, found = self.slots, None
        for attribute in ATTRIBUTES:
            number = _NUMBERS[attribute]
            keys = [f"{_ASKS}{number}{value}" for value in values.get(attribute, ())]
            hit = BitMap.union(slots.careless[attribute], *slots.postings(keys))
            found = hit if found is None else found & hit
            if not found:
                return BitMap()
        matched = found if found is not None else BitMap()
        for attribute, each in values.items():
            for refusing in slots.postings(f"{_REFUSES}{_NUMBERS[attribute]}{value}" for value in each):
                matched -= refusing
        return self._said(matched, text) if slots.worded else matched

    def owners(self, values: Values, text: Text | None = None) -> dict[int, list[Wants]]:
        """Whose rules matched, and which."""
        found: dict[int, list[Wants]] = defaultdict(list)
        # Many ask for the same: what one code says is read once.
        read: dict[bytes, Wants] = {}
        owners, code_of = self.slots.owners, self.slots.code
        for slot in self.match(values, text):
            code = code_of(slot)
            rule = read.get(code)
            if rule is None:
                rule = read[code] = self.wants(slot)
            found[owners[slot]].append(rule)
        return found

    def wants(self, slot: int) -> Wants:
        """The rule of a slot."""
        asks: dict[str, set[str]] = defaultdict(set)
        refuses: dict[str, set[str]] = defaultdict(set)
        words = None
        for key in self.slots.keys(slot):
            if key[0] == _WORDS:
                words = expressions.unpacked(key[1:])
            elif key[0] != _PHRASE:
                side = asks if key[0] == _ASKS else refuses
                side[ATTRIBUTES[int(key[1])]].add(key[2:])
        return Wants(_frozen(asks), _frozen(refuses), not (asks or refuses or words), words)

    def _said(self, matched: BitMap, text: Text | None) -> BitMap:
        """Those of the matched slots of which the words, if they have any, are satisfied too."""
        slots = self.slots
        worded = matched & slots.worded
        if not worded:
            return matched
        silent = matched - slots.worded
        if text is None:
            return silent
        named = slots.postings(_PHRASE + name for name in self._phrases.named(text.streams))
        hit = (BitMap.union(*named) & worded) if named else BitMap()
        candidates = (hit | (worded & slots.unposted)) - slots.enough
        read = BitMap(slot for slot in candidates if self._satisfied(slot, text))
        return silent | (hit & slots.enough) | read

    def _satisfied(self, slot: int, text: Text) -> bool:
        """Whether the words of a slot's rule are said; of the rule no more is read than that takes."""
        words, languages = None, set[str]()
        for key in self.slots.keys(slot):
            if key[0] == _WORDS:
                words = expressions.unpacked(key[1:])
            elif key.startswith(_ASKS_LANGUAGE):
                languages.add(key[len(_ASKS_LANGUAGE) :])
        return words is not None and says(words, frozenset(languages), text)

    def _rules_with(self, term: Term, languages: frozenset[str]) -> int:
        """How many rules are posted under a term: what is in many rules is in many texts."""
        names = [_PHRASE + name for name, _ in phrases.names(term.text, languages, exact=term.exact)]
        return sum(map(len, self.slots.postings(names)))


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


def _keys(wants: Wants) -> Iterator[str]:
    for sign, values in ((_ASKS, wants.asks), (_REFUSES, wants.refuses)):
        for attribute, each in values.items():
            for value in each:
                yield f"{sign}{_NUMBERS[attribute]}{value}"


def _frozen(values: dict[str, set[str]]) -> Values:
    return {attribute: frozenset(each) for attribute, each in values.items()}
