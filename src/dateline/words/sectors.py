"""The sectors that a press-release wire uses, keyed to IPTC Media Topic codes where one exists.

Our own list has a name in every language of the wire. An operator may load the whole IPTC
vocabulary beside it (`load`); its terms have the languages that IPTC publishes.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib import import_module
from typing import Any, Self

from dateline.words.languages import FIFTEEN
from dateline.words.sector_synonyms import SYNONYMS
from dateline.words.sector_tree import TREE


@dataclass(frozen=True, slots=True)
class Sector:
    """A sector of a loaded vocabulary: its names by BCP 47 tag, and what contains it, nearest first."""

    names: Mapping[str, str] = field(default_factory=dict)
    ancestors: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Self:
        return cls(document["names"], tuple(document["ancestors"]))


# IPTC's language codes are not all BCP 47.
_IPTC_TAGS = {"dk": "da", "se": "sv", "no-NB": "nb", "no-NN": "nn", "en-GB": "en", "pt-BR": "pt"}
_loaded: dict[str, Sector] = {}
_NAMES: dict[str, dict[str, str]] = {
    tag: import_module(f"dateline.words.sector_names.{tag.lower().replace('-', '_')}").NAMES for tag in FIFTEEN
}


def all_codes() -> list[str]:
    """Every code: our list in its order, then what was loaded."""
    return [*TREE, *(code for code in _loaded if code not in TREE)]


def own_codes() -> list[str]:
    """Our own list, in its order: what a form offers."""
    return list(TREE)


def known(code: str) -> bool:
    """Whether the code is one of ours, or of the vocabulary that was loaded."""
    return code in TREE or code in _loaded


def name(code: str, lang: str) -> str:
    """The sector's name in that language, in its nearest parent, in English, or the code itself."""
    for tag in (*_parents(lang), "en"):
        if code in _NAMES.get(tag, ()):
            return _NAMES[tag][code]
        if code in _loaded and tag in _loaded[code].names:
            return _loaded[code].names[tag]
    return code


def names(codes: Iterable[str], lang: str) -> list[str]:
    """The names in order."""
    return [name(code, lang) for code in codes]


def ancestors(code: str) -> tuple[str, ...]:
    """The sectors that contain this one, nearest first."""
    if code in TREE:
        return TREE[code]
    return _loaded[code].ancestors if code in _loaded else ()


def find(text: str) -> str | None:
    """The code of the sector that a provider calls by this name, in any of our languages, if there is one.

    Where two sectors share a name, one of ours goes before one that was loaded, and then the first in its list.
    """
    return _by_name().get(_folded(text))


def load(extra: Mapping[str, Sector]) -> None:
    """Add a vocabulary to what this process knows, in the place of one that was loaded before."""
    _loaded.clear()
    _loaded.update(extra)
    _by_name.cache_clear()


def parse_vocabulary(data: bytes) -> dict[str, Sector]:
    """The sectors of an IPTC Media Topics file (the JSON of cv.iptc.org); empty if it is none. Retired terms too."""
    try:
        concepts = json.loads(data)["conceptSet"]
        raw = {str(each["qcode"]): each for each in concepts}
        return {code: Sector(_iptc_names(each), _iptc_ancestors(code, raw)) for code, each in raw.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def _iptc_names(concept: dict[str, Any]) -> dict[str, str]:
    return {_IPTC_TAGS.get(tag, tag): str(label) for tag, label in concept.get("prefLabel", {}).items()}


def _iptc_ancestors(code: str, raw: Mapping[str, dict[str, Any]]) -> tuple[str, ...]:
    found: list[str] = []
    waiting = [code]
    while waiting:
        for wider in raw.get(waiting.pop(0), {}).get("broader", ()):
            # Some editions name the wider concept by its URI.
            wide = "medtop:" + str(wider).rpartition("/")[2].rpartition(":")[2]
            if wide not in found and wide != code:
                found.append(wide)
                waiting.append(wide)
    return tuple(found)


def _parents(lang: str) -> list[str]:
    parts = lang.split("-")
    return ["-".join(parts[:count]) for count in range(len(parts), 0, -1)]


@cache
def _by_name() -> dict[str, str]:
    """Folded name → code. What is written later goes before, so the lists are read from their ends."""
    found: dict[str, str] = {}
    for code, sector in reversed(_loaded.items()):
        found.update({_folded(text): code for text in sector.names.values()})
    for tag in reversed(FIFTEEN):
        found.update({_folded(text): code for code, text in reversed(_NAMES[tag].items())})
    found.update({_folded(text): code for text, code in SYNONYMS.items()})
    return found


def _folded(text: str) -> str:
    """Case, ampersands and spaces do not tell names apart."""
    return " ".join(text.casefold().replace("&", " and ").split())
