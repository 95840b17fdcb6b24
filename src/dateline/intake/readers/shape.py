"""The shape that a JSON document must have, declared; what departs from it is named by its JSON pointer (RFC 6901)."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Protocol

from dateline.words.errors import Fault

_KINDS = {dict: "an object", list: "a list", str: "text", bool: "true or false", int: "a number", float: "a number"}


class Shape(Protocol):
    """What a value must be. `take` returns the value in that shape, or adds faults and returns something harmless."""

    def take(self, value: Any, where: str, faults: list[Fault]) -> Any: ...


@dataclass(frozen=True, slots=True)
class Line:
    """Text on one line; white space within it is collapsed."""

    limit: int = 2_000

    def take(self, value: Any, where: str, faults: list[Fault]) -> str:
        text = " ".join(_text(value, where, faults).split())
        return _within(text, self.limit, where, faults)


@dataclass(frozen=True, slots=True)
class Block:
    """Text of any form."""

    limit: int = 1_000_000

    def take(self, value: Any, where: str, faults: list[Fault]) -> str:
        return _within(_text(value, where, faults), self.limit, where, faults)


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    def take(self, value: Any, where: str, faults: list[Fault]) -> bool:
        if not isinstance(value, bool):
            faults.append(_wrong("true or false", value, where))
        return value is True


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number between two others, both included."""

    low: int
    high: int

    def take(self, value: Any, where: str, faults: list[Fault]) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            faults.append(_wrong("a whole number", value, where))
            return self.low
        if not self.low <= value <= self.high:
            mend = f"Write one from {self.low} to {self.high}."
            faults.append(Fault("bad-value", "The number is out of range.", where, mend))
        return value


@dataclass(frozen=True, slots=True)
class Choice:
    """One of these texts."""

    options: tuple[str, ...]

    def take(self, value: Any, where: str, faults: list[Fault]) -> str:
        text = _text(value, where, faults)
        if isinstance(value, str) and text not in self.options:
            mend = f"Write one of: {', '.join(self.options)}."
            faults.append(Fault("bad-value", f"{text[:60]!r} is none of the choices.", where, mend))
        return text if text in self.options else self.options[0]


@dataclass(frozen=True, slots=True)
class Maybe:
    """Null, or the shape within."""

    inner: Shape

    def take(self, value: Any, where: str, faults: list[Fault]) -> Any:
        return None if value is None else self.inner.take(value, where, faults)


@dataclass(frozen=True, slots=True)
class Many:
    """A list of the shape within."""

    inner: Shape
    limit: int = 1_000

    def take(self, value: Any, where: str, faults: list[Fault]) -> list[Any]:
        if not isinstance(value, list | tuple):
            faults.append(_wrong("a list", value, where))
            return []
        if len(value) > self.limit:
            what = f"The list has {len(value):,} items; it may have {self.limit:,}."
            faults.append(Fault("too-long", what, where, "Leave some out."))
            return []
        return [self.inner.take(each, f"{where}/{number}", faults) for number, each in enumerate(value)]


@dataclass(frozen=True, slots=True)
class Thing:
    """An object with these members and no others. Members may be missing, unless they are needed."""

    members: Mapping[str, Shape]
    needed: tuple[str, ...] = ()

    def take(self, value: Any, where: str, faults: list[Fault]) -> dict[str, Any]:
        if not isinstance(value, dict):
            faults.append(_wrong("an object", value, where))
            return {}
        taken = {}
        for name, each in value.items():
            if name in self.members:
                taken[name] = self.members[name].take(each, f"{where}/{name}", faults)
            else:
                faults.append(unknown(name, self.members, where))
        missing = [name for name in self.needed if name not in value]
        faults += [Fault("missing", f"There is no {name}.", f"{where}/{name}", f"Add {name}.") for name in missing]
        return taken


def unknown(name: str, members: Mapping[str, Any], where: str) -> Fault:
    """The fault of a member that is none, with the one that it may have meant."""
    near = get_close_matches(name[:60], members, n=1)
    mend = f"Did you mean {near[0]}?" if near else f"Known are: {', '.join(members)}."
    pointer = f"{where}/{name[:60].replace('~', '~0').replace('/', '~1')}"
    return Fault("unknown-member", f"{name[:60]!r} is not known here.", pointer, mend)


def _text(value: Any, where: str, faults: list[Fault]) -> str:
    if isinstance(value, str):
        return value
    faults.append(_wrong("text", value, where))
    return ""


def _within(text: str, limit: int, where: str, faults: list[Fault]) -> str:
    if len(text) > limit:
        what = f"The text has {len(text):,} characters; it may have {limit:,}."
        faults.append(Fault("too-long", what, where, "Shorten it."))
    return text


def _wrong(wanted: str, value: Any, where: str) -> Fault:
    got = "null" if value is None else _KINDS.get(type(value), "something else")
    return Fault("wrong-type", f"It must be {wanted}, not {got}.", where, f"Write {wanted}.")
