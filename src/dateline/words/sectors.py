"""The sectors that a press-release wire uses, keyed to IPTC Media Topic codes where one exists."""

from collections.abc import Iterable


def all_codes() -> list[str]:
    """Every code of our list, in its order."""
    return []


def known(code: str) -> bool:
    """Whether the code is one of ours, or of the vocabulary that was loaded."""
    return bool(code)


def name(code: str, lang: str) -> str:
    """The sector's name in that language, or its nearest fallback, or the code."""
    del lang
    return code


def names(codes: Iterable[str], lang: str) -> list[str]:
    """The names in order."""
    return [name(code, lang) for code in codes]


def ancestors(code: str) -> tuple[str, ...]:
    """The sectors that contain this one, nearest first."""
    del code
    return ()


def find(text: str) -> str | None:
    """The code of the sector that a provider calls by this name, in any of our languages, if there is one."""
    del text
    return None
