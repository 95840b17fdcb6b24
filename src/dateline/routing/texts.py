"""What the words stage needs of an entry: the normalised text of its renditions, and nothing more. Pure.

The text of a rendition is its headline, subhead and body. The boilerplate and the disclaimer say the same in every
release of a house, and so nothing of this one.
"""

import json
import zlib
from collections.abc import Callable, Iterable
from functools import cached_property, lru_cache
from typing import Any

from dateline.formats import body
from dateline.words import segment
from dateline.words.entry import Entry
from dateline.words.languages import canonical

# Stemmed, and exact.
Streams = tuple[str, str]


class Text:
    """Language → the rendition as streams to search in (`words.segment`), made when first asked for."""

    def __init__(self, make: Callable[[], dict[str, Streams]]) -> None:
        self._make = make

    @cached_property
    def streams(self) -> dict[str, Streams]:
        return self._make()

    @property
    def langs(self) -> tuple[str, ...]:
        return tuple(self.streams)

    def pack(self) -> bytes:
        """The streams, compressed, with the normaliser's version."""
        return zlib.compress(json.dumps([segment.VERSION, self.streams], ensure_ascii=False).encode(), 6)

    @classmethod
    def unpack(cls, packed: bytes) -> "Text":
        """A packed text. ValueError if another version of the normaliser made it."""
        version, streams = json.loads(zlib.decompress(packed))
        if version != segment.VERSION:
            raise ValueError(f"the text was normalised by {version}, and rules are by {segment.VERSION}")
        made = {lang: (stems, exacts) for lang, (stems, exacts) in streams.items()}
        return cls(lambda: made)

    def has(self, phrase: str, langs: Iterable[str], *, exact: bool) -> bool:
        """Whether one of these renditions has the phrase."""
        return any(_form(phrase, lang, exact=exact) in self.streams[lang][exact] for lang in langs)

    def near(self, one: tuple[str, bool], other: tuple[str, bool], within: int, langs: Iterable[str]) -> bool:
        """Whether one of these renditions has two phrases with at most `within` units between them."""
        return any(_near(self._spans(one, lang), self._spans(other, lang), within) for lang in langs)

    def _spans(self, term: tuple[str, bool], lang: str) -> list[tuple[int, int]]:
        """Where a rendition has a phrase, in units: the first, and the one behind the last."""
        phrase, exact = term
        streamed, wanted = self.streams[lang][exact], _form(phrase, lang, exact=exact)
        length = len(segment.places(wanted)) or 1
        places = {place: number for number, place in enumerate(segment.places(streamed))}
        found, place = [], streamed.find(wanted)
        while place >= 0:
            if place in places:
                found.append((places[place], places[place] + length))
            place = streamed.find(wanted, place + 1)
        return found


def text(entry: Entry) -> Text:
    """The text of an entry; of one that came without its bodies, the headlines alone."""
    return Text(lambda: {lang: segment.stream(_plain(part), lang) for lang, part in _renditions(entry).items()})


def of(texts: dict[str, str]) -> Text:
    """The text of renditions that are plain text already, by language."""
    return Text(lambda: {lang: segment.stream(plain, lang) for lang, plain in texts.items()})


def _renditions(entry: Entry) -> dict[str, dict[str, Any]]:
    found = {canonical(lang): entry.rendition(lang) for lang in entry.langs}
    return {lang: part for lang, part in found.items() if part is not None}


def _plain(part: dict[str, Any]) -> str:
    parts = (part.get("headline"), part.get("subhead"), body.plain(part.get("body_html") or ""))
    return "\n\n".join(str(each) for each in parts if each)


@lru_cache(maxsize=65536)
def _form(phrase: str, lang: str, *, exact: bool) -> str:
    return segment.form(phrase, lang, exact=exact)


def _near(ones: list[tuple[int, int]], others: list[tuple[int, int]], within: int) -> bool:
    """Both lists are in order, so one walk over both finds a pair that is near enough, if there is one."""
    one = other = 0
    while one < len(ones) and other < len(others):
        left, right = sorted((ones[one], others[other]))
        if right[0] - left[1] <= within:
            return True
        if ones[one] <= others[other]:
            one += 1
        else:
            other += 1
    return False
