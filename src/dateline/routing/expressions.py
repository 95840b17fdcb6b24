"""What a rule asks of the words of an entry: terms, and how they are put together. Pure.

A term is there if any rendition that the rule allows has it; AND, OR and NOT are decided over that, so that `acme NOT
layoffs` does not match a release of which only the translation says layoffs differently. NEAR holds within a rendition.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Term:
    """A word, looked for by its stem, or an exact phrase."""

    text: str
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Near:
    """Two terms with at most `within` units between them, in either order."""

    left: Term
    right: Term
    within: int


@dataclass(frozen=True, slots=True)
class Not:
    """What must not hold."""

    item: "Words"


@dataclass(frozen=True, slots=True)
class And:
    """All must hold."""

    items: tuple["Words", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """One must hold."""

    items: tuple["Words", ...]


Words = Term | Near | Not | And | Or


@dataclass(frozen=True, slots=True)
class Anchor:
    """Terms of which a text that satisfies an expression has one. `enough` if each of them alone satisfies it."""

    terms: tuple[Term, ...]
    enough: bool


def holds(words: Words, has: Callable[[Term | Near], bool]) -> bool:
    """Whether the expression holds, given which terms do."""
    match words:
        case Not(item):
            return not holds(item, has)
        case And(items):
            return all(holds(item, has) for item in items)
        case Or(items):
            return any(holds(item, has) for item in items)
        case _:
            return has(words)


def anchor(words: Words, cost: Callable[[Term], int]) -> Anchor | None:
    """The required terms that are cheapest by `cost`, or None if a text without any of its terms may satisfy it."""
    match words:
        case Term():
            return Anchor((words,), enough=True)
        case Near(left, right):
            return Anchor((min(left, right, key=cost),), enough=False)
        case Not():
            return None
        case Or(items):
            return _of_all([anchor(item, cost) for item in items])
        case And(items):
            choices = [each for item in items if (each := anchor(item, cost)) is not None]
            chosen = min(choices, key=lambda each: sum(map(cost, each.terms)), default=None)
            return chosen and Anchor(chosen.terms, enough=False)


def _of_all(found: list[Anchor | None]) -> Anchor | None:
    """One anchor for alternatives; None if one of them has none."""
    known = [each for each in found if each is not None]
    if len(known) < len(found):
        return None
    return Anchor(tuple(dict.fromkeys(term for each in known for term in each.terms)), all(e.enough for e in known))


def terms(words: Words) -> Iterator[Term]:
    """All terms of an expression, from left to right."""
    match words:
        case Term():
            yield words
        case Near(left, right):
            yield from (left, right)
        case Not(item):
            yield from terms(item)
        case And(items) | Or(items):
            for item in items:
                yield from terms(item)


def written(words: Words) -> str:
    """The expression as query text, which reads back as the same."""
    match words:
        case Term(text, exact):
            return f'"{text}"' if exact else text
        case Near(left, right, within):
            return f"{written(left)} NEAR/{within} {written(right)}"
        case Not(item):
            return f"NOT {_within(item)}"
        case And(items):
            return " AND ".join(map(_within, items))
        case Or(items):
            return " OR ".join(map(_within, items))


def _within(words: Words) -> str:
    return written(words) if isinstance(words, Term) else f"({written(words)})"


def packed(words: Words) -> str:
    """The expression as a line that is read back quickly: JSON, a list for each node."""
    return json.dumps(_listed(words), ensure_ascii=False, separators=(",", ":"))


def unpacked(text: str) -> Words:
    """What `packed` wrote."""
    return _made(json.loads(text))


def _listed(words: Words) -> list[Any]:
    match words:
        case Term(text, exact):
            return ["t", text, int(exact)]
        case Near(left, right, within):
            return ["n", left.text, int(left.exact), right.text, int(right.exact), within]
        case Not(item):
            return ["!", _listed(item)]
        case And(items):
            return ["&", *map(_listed, items)]
        case Or(items):
            return ["|", *map(_listed, items)]


def _made(node: list[Any]) -> Words:
    kind = node[0]
    if kind == "t":
        return Term(node[1], bool(node[2]))
    if kind == "n":
        return Near(Term(node[1], bool(node[2])), Term(node[3], bool(node[4])), node[5])
    if kind == "!":
        return Not(_made(node[1]))
    items = tuple(map(_made, node[1:]))
    return And(items) if kind == "&" else Or(items)
