"""The query language: a text becomes rules as documents, and rules become text. Pure.

    query   = and *( "OR" and )
    and     = unary *( [ "AND" ] unary )
    unary   = ( "NOT" | "-" ) unary / "(" query ")" / field / term [ "NEAR/" n term ] / "everything"
    field   = name ":" value *( "," value )        value and term may be "quoted"

What asks of fields becomes an OR of rules (a disjunctive normal form), never flattened; what asks of words alone stays
whole within a rule. Reading takes time in proportion to the text: no expression of a user's becomes a pattern, and
length, depth, terms and rules are bounded. A fault says at which column, counted from 1, and how to mend it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from dateline.routing import expressions
from dateline.routing.expressions import And, Near, Not, Or, Term, Words
from dateline.words import segment
from dateline.words.errors import BadInput, Fault

LONGEST = 4000
MOST_TERMS = 200
MOST_RULES = 100
DEEPEST = 20
MOST_BETWEEN = 100
EVERYTHING = "everything"
FIELDS = {
    "language": "languages",
    "country": "countries",
    "sector": "sectors",
    "issuer": "issuers",
    "ticker": "tickers",
    "circuit": "circuits",
    "signal": "signals",
}
_TOKEN = re.compile(r'\s+|(?P<mark>[()])|(?P<minus>-(?=[^\s()]))|(?P<quoted>"[^"]*"?)|(?P<bare>[^\s()"]+"?)')
_NEAR = re.compile(r"NEAR(?:/(\d{1,9}))?")
_NAME = re.compile(r"([A-Za-z]+):")
_VALUE = re.compile(r'"([^"]*)"|([^\s(),"]+)')
_URGENCY = re.compile(r"(?:<=)?([1-9])")
_PLAIN = re.compile(r"[^\s(),\"]+")


@dataclass(frozen=True, slots=True)
class Field:
    """One attribute and the values of which one is asked for; `at` is its column."""

    name: str
    values: tuple[str, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Everything:
    """All that there is, asked for by name."""

    at: int


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a query, and its column."""

    kind: str
    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Inner:
    """AND or OR over parts of which some are fields."""

    kind: str
    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Negated:
    """NOT over a part with fields."""

    item: "Node"


Node = Field | Everything | Inner | Negated | Term | Near | Not | And | Or
# Words, or a field, and whether it is asked for.
Literal = tuple[Node, bool]


def rules(text: str) -> list[dict[str, Any]]:
    """The rules that a query means, each as a document for `routing.rules`. BadInput with the column of the fault."""
    return [_document(literals) for literals in _forms(_parsed(text), wanted=True)]


def words(text: str) -> Words:
    """A query of words alone, without fields. BadInput with the column of the fault.

    It may be longer and deeper than a query, since printing puts brackets around what had none.
    """
    found = _parsed(text, 4)
    if not isinstance(found, Words):
        _fault("field-in-words", 1, "This asks of more than words.", "Put fields into the other members of the rule.")
    return found


def written(documents: Sequence[Mapping[str, Any]]) -> str:
    """Rules as one query, which reads back as the same rules."""
    return " OR ".join(f"({_rule(each)})" if len(documents) > 1 else _rule(each) for each in documents)


def _rule(document: Mapping[str, Any]) -> str:
    if document.get(EVERYTHING):
        return EVERYTHING
    parts = [f"{name}:{_values(document[member])}" for name, member in FIELDS.items() if document.get(member)]
    if document.get("urgency"):
        parts.append(f"urgency:<={document['urgency']}")
    parts += [f"-{name}:{_values(values)}" for name, values in (document.get("refused") or {}).items() if values]
    if document.get("words"):
        parts.append(f"({document['words']})" if parts else str(document["words"]))
    return " ".join(parts)


def _values(values: Sequence[str]) -> str:
    return ",".join(value if _PLAIN.fullmatch(value) else f'"{value}"' for value in values)


def _fault(code: str, at: int, what: str, mend: str) -> NoReturn:
    raise BadInput([Fault(code, f"Column {at}: {what}", f"query:{at}", mend)])


def _parsed(text: str, room: int = 1) -> Node:
    longest = LONGEST * room
    if len(text) > longest:
        _fault("query-too-long", longest, f"A query has at most {longest} characters.", "Make several rules of it.")
    reader = _Reader(_tokens(text), len(text) + 1, DEEPEST * room)
    found = reader.either(0)
    reader.end()
    return found


def _tokens(text: str) -> list[Token]:
    """The pieces of a query. What stands in quotation marks behind a field's name or a comma belongs to the field."""
    found: list[Token] = []
    place = 0
    while place < len(text):
        token = _TOKEN.match(text, place)
        if token is None:
            _fault("bad-query", place + 1, "This cannot be read.", "Take it out.")
        kind, end = token.lastgroup, token.end()
        if kind == "bare" and (name := _NAME.match(text, place)):
            found.append(Token("field", name[1].lower(), place + 1))
            end = name.end()
            found.append(Token("values", text[end : (end := _values_end(text, end))], name.end() + 1))
        elif kind == "bare" and token[0].endswith('"'):
            end -= 1
            found.append(Token(kind, text[place:end], place + 1))
        elif kind == "quoted" and (len(token[0]) == 1 or not token[0].endswith('"')):
            _fault("open-quote", place + 1, "The quotation mark is never closed.", 'Put a " behind the phrase.')
        elif kind:
            found.append(Token(kind, token[0], place + 1))
        place = end
    return found


def _values_end(text: str, place: int) -> int:
    """Where the values of a field end that begin here."""
    while value := _VALUE.match(text, place):
        place = value.end()
        if text[place : place + 1] != ",":
            break
        place += 1
    return place


class _Reader:
    """Reads a query from its pieces, by recursive descent of bounded depth."""

    def __init__(self, tokens: list[Token], end: int, deepest: int) -> None:
        self._tokens = tokens
        self._deepest = deepest
        self._place = 0
        self._end = end
        self._terms = 0

    def either(self, depth: int) -> Node:
        items = [self._all(depth)]
        while self._takes("OR"):
            items.append(self._all(depth))
        return _joined("OR", items)

    def end(self) -> None:
        token = self._peek()
        if token is not None:
            _fault("open-bracket", token.at, f"{token.text[:20]!r} closes nothing.", "Take it out, or open a bracket.")

    def _all(self, depth: int) -> Node:
        items = [self._one(depth)]
        while (token := self._peek()) is not None and token.text not in {")", "OR"}:
            self._takes("AND")
            items.append(self._one(depth))
        return _joined("AND", items)

    def _one(self, depth: int) -> Node:
        token = self._next()
        if depth > self._deepest:
            what = f"Brackets and NOT nest at most {self._deepest} deep."
            _fault("too-deep", token.at, what, "Make several rules of it.")
        if token.kind == "minus" or (token.kind == "bare" and token.text == "NOT"):
            return _not(self._one(depth + 1))
        if token.text == "(" and token.kind == "mark":
            found = self.either(depth + 1)
            if not self._takes(")"):
                _fault("open-bracket", token.at, "The bracket is never closed.", "Put a ) behind what belongs to it.")
            return found
        if token.kind == "field":
            return _field(token, self._next())
        if token.kind == "bare" and token.text.casefold() == EVERYTHING:
            return Everything(token.at)
        return self._near(self._term(token))

    def _near(self, left: Term) -> Node:
        token = self._peek()
        near = _NEAR.fullmatch(token.text) if token is not None and token.kind == "bare" else None
        if token is None or near is None:
            return left
        self._next()
        within = int(near[1] or 10)
        if within > MOST_BETWEEN:
            _fault("bad-near", token.at, f"NEAR looks over at most {MOST_BETWEEN} words.", "Write NEAR/10, or AND.")
        return Near(left, self._term(self._next()), within)

    def _term(self, token: Token) -> Term:
        self._terms += 1
        if self._terms > MOST_TERMS:
            _fault("too-many-words", token.at, f"A query has at most {MOST_TERMS} words.", "Make several of it.")
        exact = token.kind == "quoted"
        text = " ".join(token.text.strip('"').split()) if exact else token.text
        if token.kind not in {"bare", "quoted"} or (not exact and (_reserved(text) or ":" in text)):
            what = f"{token.text[:20]!r} is no word here."
            _fault("no-word", token.at, what, "Write a word, or put it into quotation marks.")
        if "*" in text and not exact:
            _fault("wildcard", token.at, "There are no wildcards.", "Write the word: its other endings match too.")
        if not segment.form(text, "en", exact=True):
            _fault("no-word", token.at, "There is no letter or digit to look for.", "Write a word.")
        return Term(text, exact)

    def _peek(self) -> Token | None:
        return self._tokens[self._place] if self._place < len(self._tokens) else None

    def _next(self) -> Token:
        token = self._peek()
        if token is None:
            _fault("unfinished", self._end, "The query ends too early.", "Say what is wanted here.")
        self._place += 1
        return token

    def _takes(self, text: str) -> bool:
        token = self._peek()
        if token is None or token.text != text or token.kind not in {"bare", "mark"}:
            return False
        self._place += 1
        return True


def _reserved(text: str) -> bool:
    return text in {"AND", "OR", "NOT"} or _NEAR.fullmatch(text) is not None or text.casefold() == EVERYTHING


def _field(name: Token, values: Token) -> Field:
    found = tuple((each[1] if each[1] is not None else each[2]).strip() for each in _VALUE.finditer(values.text))
    if name.text not in FIELDS and name.text != "urgency":
        known = ", ".join((*FIELDS, "urgency"))
        _fault("no-such-field", name.at, f"There is no field {name.text[:20]!r}.", f"Fields are {known}.")
    if not all(found) or not found:
        _fault("no-value", values.at, f"{name.text!r} has no value.", f"Write it behind the colon: {name.text}:…")
    if name.text == "urgency" and (len(found) > 1 or not _URGENCY.fullmatch(found[0])):
        _fault("bad-urgency", values.at, "The urgency is not a number from 1 to 9.", "Write urgency:<=3.")
    return Field(name.text, tuple(dict.fromkeys(found)), name.at)


def _joined(kind: str, items: list[Node]) -> Node:
    if len(items) == 1:
        return items[0]
    worded = [each for each in items if isinstance(each, Words)]
    if len(worded) == len(items):
        return And(tuple(worded)) if kind == "AND" else Or(tuple(worded))
    return Inner(kind, tuple(items))


def _not(item: Node) -> Node:
    return Not(item) if isinstance(item, Words) else Negated(item)


def _forms(node: Node, *, wanted: bool) -> list[tuple[Literal, ...]]:
    """The disjunctive normal form: each form is a conjunction of literals."""
    if isinstance(node, Negated):
        return _forms(node.item, wanted=not wanted)
    if not isinstance(node, Inner):
        return [((node, wanted),)]
    parts = [_forms(each, wanted=wanted) for each in node.items]
    if (node.kind == "OR") == wanted:
        return _few([form for part in parts for form in part])
    found: list[tuple[Literal, ...]] = [()]
    for part in parts:
        found = _few([(*before, *form) for before in found for form in part])
    return found


def _few(forms: list[tuple[Literal, ...]]) -> list[tuple[Literal, ...]]:
    if len(forms) > MOST_RULES:
        _fault("too-many-rules", 1, f"This makes more than {MOST_RULES} rules.", "Write country:DE,FR for either.")
    return forms


def _document(literals: tuple[Literal, ...]) -> dict[str, Any]:
    """One conjunction as a rule."""
    found: dict[str, Any] = {}
    worded: list[Words] = []
    for node, wanted in literals:
        if isinstance(node, Everything):
            _everything(node, alone=wanted and len(literals) == 1)
            found[EVERYTHING] = True
        elif isinstance(node, Field):
            _take(found, node, wanted=wanted)
        elif isinstance(node, Words):
            worded.append(node if wanted else Not(node))
    if worded:
        found["words"] = expressions.written(worded[0] if len(worded) == 1 else And(tuple(worded)))
    return found


def _everything(node: Everything, *, alone: bool) -> None:
    if not alone:
        what = "'everything' stands alone or after OR; with a condition it is not everything."
        _fault("not-everything", node.at, what, 'Leave it out; the word itself is looked for as "everything".')


def _take(found: dict[str, Any], field: Field, *, wanted: bool) -> None:
    if field.name == "urgency":
        if not wanted:
            _fault("no-refusal", field.at, "An urgency cannot be refused.", "Write urgency:<=3 for what is wanted.")
        found["urgency"] = min(int(field.values[0][-1]), found.get("urgency", 9))
    elif not wanted:
        refused = found.setdefault("refused", {})
        refused[field.name] = list(dict.fromkeys((*refused.get(field.name, ()), *field.values)))
    elif found.setdefault(FIELDS[field.name], list(field.values)) != list(field.values):
        what = f"{field.name!r} is asked for twice, and a rule asks for one of several values, not for all of them."
        _fault("asked-twice", field.at, what, f"Write {field.name}:A,B for one of them.")
