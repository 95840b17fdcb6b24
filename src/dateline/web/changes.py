"""What changed between two editions of a rendition, word by word. Pure."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from dateline.formats.body import plain

_FIELDS = ("headline", "subhead", "dateline", "body_html", "boilerplate")
_WORDS = re.compile(r"\w+|[^\w\s]|\s+")
# Unchanged words that stand around a change, so that a reader finds his place.
_AROUND = 6


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words: the same in both, taken out, or put in. A skipped run reads `…`."""

    kind: Literal["same", "del", "ins"]
    text: str


@dataclass(frozen=True, slots=True)
class FieldChange:
    field: str
    pieces: tuple[Piece, ...]


def changes(old: dict[str, Any] | None, new: dict[str, Any] | None) -> list[FieldChange]:
    """The changed fields of a rendition; nothing where either has no text."""
    if not old or not new:
        return []
    texts = [(field, _text(old, field), _text(new, field)) for field in _FIELDS]
    return [FieldChange(field.removesuffix("_html"), pieces(was, now)) for field, was, now in texts if was != now]


def pieces(old: str, new: str) -> tuple[Piece, ...]:
    """Word by word, from the old text to the new."""
    was, now = _WORDS.findall(old), _WORDS.findall(new)
    found: list[Piece] = []
    for kind, i, j, k, m in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(Piece("same", _shortened(was[i:j])))
            continue
        if j > i:
            found.append(Piece("del", "".join(was[i:j])))
        if m > k:
            found.append(Piece("ins", "".join(now[k:m])))
    return tuple(found)


def _shortened(words: list[str]) -> str:
    if len(words) <= 4 * _AROUND:
        return "".join(words)
    return "".join(words[: 2 * _AROUND]) + " … " + "".join(words[-2 * _AROUND :])


def _text(part: dict[str, Any], field: str) -> str:
    value = str(part.get(field) or "")
    return plain(value) if field in {"body_html", "boilerplate"} else value
