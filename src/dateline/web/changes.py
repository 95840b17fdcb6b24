"""What changed between two editions of a rendition, word by word. Pure.

Paragraphs are compared first and words only within paragraphs that differ, so that the cost stays
near the size of the change and not the square of the text.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import takewhile
from typing import Any, Literal

from dateline.formats.body import plain

_FIELDS = ("headline", "subhead", "dateline", "body_html", "boilerplate")
_HTML = frozenset({"body_html", "boilerplate"})
# A number; a word with its marks and the space after it; a sign. Where a script has no spaces, a character,
# or a Thai letter with what stands on it.
_MARKS = r"[\u0300-\u036f\u064b-\u065f\u0670]"
_UNSPACED = r"\u3005-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_THAI = r"\u0e01-\u0e5b"
_WORDS = re.compile(
    r"\d+(?:[.,\u066b\u066c]\d+)*\s*"
    rf"|[{_UNSPACED}]"
    rf"|[{_THAI}][\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]*"
    rf"|(?:(?![{_UNSPACED}{_THAI}])(?:[^\W\d]|{_MARKS}))+\s*"
    r"|[^\w\s]\s*|\s+"
)
# Letters of unchanged text around a change, so that a reader finds the place.
_AROUND = 60
# Two runs with more words, or paragraphs, than these, multiplied, are shown as one taken out and one put in.
_MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words: the same in both, taken out, or put in."""

    kind: Literal["same", "del", "ins"]
    text: str


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a rendition that is not what it was: `headline`, `subhead`, `dateline`, `body`, `boilerplate`."""

    field: str
    pieces: tuple[Piece, ...]


def changes(old: dict[str, Any] | None, new: dict[str, Any] | None) -> list[FieldChange]:
    """The changed fields of a rendition; nothing where either has no text."""
    if not old or not new:
        return []
    texts = [(field, _text(old, field), _text(new, field)) for field in _FIELDS]
    return [
        FieldChange(field.removesuffix("_html"), shortened(pieces(was, now))) for field, was, now in texts if was != now
    ]


def pieces(old: str, new: str) -> tuple[Piece, ...]:
    """From the old text to the new: all `same` and `del` are the old text, all `same` and `ins` the new."""
    found: list[Piece] = []
    for kind, was, now in _runs(_lines(old), _lines(new)):
        if kind == "equal":
            found.append(Piece("same", was))
        else:
            found += _within(was, now)
    return tuple(_joined(_without_edges(_joined(found))))


def shortened(found: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """The same, with long unchanged runs cut to what stands next to a change; `…` marks a cut."""
    last = len(found) - 1
    return tuple(_cut(piece, head=index > 0, tail=index < last) for index, piece in enumerate(found))


def _within(was: str, now: str) -> list[Piece]:
    found: list[Piece] = []
    for kind, gone, come in _runs(_WORDS.findall(was), _WORDS.findall(now)):
        if kind == "equal":
            found.append(Piece("same", gone))
        else:
            found += [Piece("del", gone), Piece("ins", come)]
    return found


def _runs(old: list[str], new: list[str]) -> Iterator[tuple[str, str, str]]:
    """(`equal` or another kind, what was, what is), in order."""
    head = sum(1 for _ in takewhile(_alike, zip(old, new, strict=False)))
    rest = min(len(old), len(new)) - head
    tail = min(rest, sum(1 for _ in takewhile(_alike, zip(reversed(old), reversed(new), strict=False))))
    was, now = old[head : len(old) - tail], new[head : len(new) - tail]
    yield "equal", "".join(old[:head]), "".join(new[:head])
    if len(was) * len(now) > _MOST:
        yield "replace", "".join(was), "".join(now)
    else:
        # In a long run the commonest words are no anchors: they are everywhere.
        for kind, i, j, k, m in SequenceMatcher(None, was, now).get_opcodes():
            yield kind, "".join(was[i:j]), "".join(now[k:m])
    yield "equal", "".join(old[len(old) - tail :]), "".join(new[len(new) - tail :])


def _alike(pair: tuple[str, str]) -> bool:
    return pair[0] == pair[1]


def _joined(found: Iterable[Piece]) -> list[Piece]:
    """Neighbours of a kind as one piece, and none that is empty."""
    joined: list[Piece] = []
    for piece in found:
        if joined and joined[-1].kind == piece.kind:
            joined[-1] = replace(piece, text=joined[-1].text + piece.text)
        elif piece.text:
            joined.append(piece)
    return joined


def _without_edges(found: list[Piece]) -> Iterator[Piece]:
    """The space that ends both a word taken out and the one put in for it has not changed."""
    for index, piece in enumerate(found):
        pair = found[index : index + 2] if piece.kind == "del" else found[max(index - 1, 0) : index + 1]
        edge = _edge(pair) if {each.kind for each in pair} == {"del", "ins"} else ""
        yield replace(piece, text=piece.text.removesuffix(edge)) if edge else piece
        if edge and piece.kind == "ins":
            yield Piece("same", edge)


def _edge(pair: list[Piece]) -> str:
    ends = {each.text[len(each.text.rstrip()) :] for each in pair}
    return ends.pop() if len(ends) == 1 else ""


def _cut(piece: Piece, *, head: bool, tail: bool) -> Piece:
    text = piece.text
    if piece.kind != "same" or len(text) <= _AROUND * (head + tail) + 2:
        return piece
    first = text[:_AROUND].rsplit(" ", 1)[0] + " " if head else ""
    last = " " + text[-_AROUND:].split(" ", 1)[-1] if tail else ""
    return Piece("same", f"{first}…{last}")


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def _text(part: dict[str, Any], field: str) -> str:
    value = str(part.get(field) or "")
    return plain(value) if field in _HTML else value.strip()
