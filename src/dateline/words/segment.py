"""One tokeniser for alerts and for the archive: a text becomes units, each with its place in the original.

Words of all scripts are found by ICU (UAX 29). Han, Kana and Bopomofo stand character by character and Thai cluster by
cluster, so that a phrase of theirs is found inside a run that has no spaces. A unit has two forms: `exact`, folded, and
`stem`, what Snowball leaves of it in the language of the text, where that language has a stemmer and the word its script.
Folding is the same on both sides: NFKC, case folding, Traditional to Simplified (OpenCC), Arabic without tatweel and
diacritics and with one alef. Whoever keeps what came of it keeps `VERSION` beside it.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cache, lru_cache

import opencc
import Stemmer
from icu4py.breakers import WordBreaker

VERSION = "segment-1"
# A word stands between two of WORD, a Thai cluster between two of CLUSTER; BREAK divides what does not touch.
WORD, CLUSTER, BREAK = "\x1f", "\x1d", "\x1c"
# Malay has no Snowball stemmer; Vietnamese, Chinese, Japanese, Korean and Thai do not inflect words in this way.
_STEMMERS = {
    "ar": "arabic",
    "de": "german",
    "en": "english",
    "es": "spanish",
    "fr": "french",
    "id": "indonesian",
    "pt": "portuguese",
    "ru": "russian",
}
_SCRIPTS = {"ar": re.compile(r"[\u0600-\u06ff]+"), "ru": re.compile(r"[\u0400-\u052f]+")}
_LATIN = re.compile(r"[a-z\u00df-\u024f]+")
_HAN = "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_KANA = "\u3040-\u30ff\u3100-\u312f\u31a0-\u31bf\u31f0-\u31ff\uff66-\uff9f"
# One unit each: a character of the unspaced scripts with its marks; a Thai cluster (consonant, its vowels and tones).
_PIECE = re.compile(
    rf"(?P<char>[{_HAN}{_KANA}][\u3099\u309a\ufe00-\ufe0f\uff9e\uff9f\U000e0100-\U000e01ef]*)"
    r"|(?P<cluster>[\u0e40-\u0e44]?[\u0e00-\u0e30\u0e32\u0e33\u0e3f-\u0e46\u0e4f-\u0e5b]"
    r"[\u0e30-\u0e3a\u0e45\u0e47-\u0e4e]*|[\u0e00-\u0e7f])"
    rf"|(?P<word>[^{_HAN}{_KANA}\u0e00-\u0e7f]+)"
)
_HANGUL = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]$")
_ARABIC_MARKS = re.compile(r"[\u0640\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed]")
_ALEFS = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه"})
# Vowel signs and tone marks are no letters to Python, and are kept; so is the point within a number.
_NOT_WORD = re.compile(r"(?<!\d)[^\w\u0300-\u036f\u0900-\u109f]+|[^\w\u0300-\u036f\u0900-\u109f]+(?!\d)")
_SURROGATE = re.compile("[\ud800-\udfff]")


class Kind(IntEnum):
    """How a unit is bounded: a word; a word after which particles may follow (Korean); a character; a cluster."""

    WORD = 0
    STEM_OF_PARTICLES = 1
    CHARACTER = 2
    CLUSTER = 3


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit of a text: `text[start:end]` in code points, and its two forms."""

    start: int
    end: int
    kind: Kind
    exact: str
    stem: str


def fold(text: str) -> str:
    """The text as it is compared."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    folded = _ARABIC_MARKS.sub("", folded).translate(_ALEFS)
    return _simplified().convert(folded) if not folded.isascii() else folded


def units(text: str, lang: str) -> Iterator[Unit]:
    """The units of a text in a language (BCP 47), in order. Spaces, punctuation and symbols are in none."""
    base = lang.partition("-")[0].lower()
    for start, end in _segments(text):
        for piece in _PIECE.finditer(text, start, end):
            folded = _folded(piece[0])
            if folded:
                kind = _kind(piece.lastgroup, folded)
                stem = _stem(folded, base) if kind is Kind.WORD else folded
                yield Unit(piece.start(), piece.end(), kind, folded, stem)


def stream(text: str, lang: str) -> tuple[str, str]:
    """The text as one string to search in, stemmed and exact. A phrase is in it where its `form` is."""
    stems: list[str] = []
    exacts: list[str] = []
    last = 0
    for unit in units(text, lang):
        if unit.start != last:
            stems.append(BREAK)
            exacts.append(BREAK)
        last = unit.end
        stems.append(_bounded(unit.stem, unit.kind))
        exacts.append(_bounded(unit.exact, unit.kind))
    return _joined(stems), _joined(exacts)


def form(phrase: str, lang: str, *, exact: bool) -> str:
    """What to look for in a stream of that language; empty if the phrase has no letters or digits."""
    found = list(units(phrase, lang))
    text = "".join(_bounded(unit.exact if exact else unit.stem, unit.kind) for unit in found)
    if found and found[-1].kind is Kind.STEM_OF_PARTICLES:
        return text[:-1]
    return text


def places(streamed: str) -> list[int]:
    """Where in a stream its units begin: the n-th is unit n."""
    return [match.start() for match in _UNIT.finditer(streamed)]


_UNIT = re.compile(rf"{WORD}[^{WORD}]*{WORD}|{CLUSTER}[^{CLUSTER}]*{CLUSTER}|[^{BREAK}]")


def _joined(parts: list[str]) -> str:
    """Words carry their own bounds, so a break is only said between characters of unspaced scripts."""
    return _SAID_TWICE.sub(r"\1", "".join(parts))


_SAID_TWICE = re.compile(rf"(?:^|(?<={WORD})){BREAK}()|{BREAK}(?={WORD}|$)")


def _bounded(folded: str, kind: Kind) -> str:
    if kind is Kind.CHARACTER:
        return folded
    edge = CLUSTER if kind is Kind.CLUSTER else WORD
    return f"{edge}{folded}{edge}"


def _segments(text: str) -> Iterator[tuple[int, int]]:
    """ICU's words. It counts in UTF-16, where a character beyond the first plane takes two; Python counts it once."""
    text = _SURROGATE.sub("\ufffd", text)
    segments = WordBreaker(text, "en").segments()
    if text.isascii() or max(text, default="") <= "\uffff":
        yield from segments
        return
    place = [0]
    for number, letter in enumerate(text):
        place.extend([number + 1] * (2 if letter > "\uffff" else 1))
    for start, end in segments:
        yield place[start], place[end]


@lru_cache(maxsize=65536)
def _folded(text: str) -> str:
    return _NOT_WORD.sub("", fold(text)) if any(map(str.isalnum, text)) else ""


def _kind(group: str | None, folded: str) -> Kind:
    if group == "char":
        return Kind.CHARACTER
    if group == "cluster":
        return Kind.CLUSTER
    return Kind.STEM_OF_PARTICLES if _HANGUL.search(folded) else Kind.WORD


def _stem(folded: str, base: str) -> str:
    if base in _STEMMERS and _SCRIPTS.get(base, _LATIN).fullmatch(folded):
        return str(_stemmer(base).stemWord(folded))
    return folded


@cache
def _stemmer(base: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(_STEMMERS[base])


@cache
def _simplified() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")
