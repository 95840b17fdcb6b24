"""How each language prints what a wire prints: dateline, date, quotation marks, end mark, disclaimer, labels.

One file a language; each says which of its wordings a native speaker has reviewed. A tag that has
no file falls back to its nearest parent, and at last to a neutral form.
"""

from functools import lru_cache
from importlib import import_module

import langcodes

from dateline.words.errors import BadInput, Fault
from dateline.words.languages.en import BRITISH
from dateline.words.languages.language import Language, neutral
from dateline.words.languages.pt import EUROPEAN

FIFTEEN = ("en", "ko", "ja", "ar", "zh-Hans", "zh-Hant", "vi", "th", "id", "ms", "de", "ru", "fr", "es", "pt")

_OURS: dict[str, Language] = {
    tag: import_module(f"dateline.words.languages.{tag.lower().replace('-', '_')}").LANGUAGE for tag in FIFTEEN
} | {each.tag: each for each in (BRITISH, EUROPEAN)}
# What CLDR (supplemental languageAlias) reads as the wider tag, by which everybody else asks for it.
_WIDER = {"cmn": "zh", "arb": "ar", "zsm": "ms"}
# Valid tags that name no one language a text could be written in.
_NO_LANGUAGE = frozenset({"und", "mul", "mis", "zxx"})
# RFC 5646 section 4.4.1 asks for room for 35 characters, and the wire keeps no more than 40.
_LONGEST = 35


def canonical(tag: str) -> str:
    """The canonical BCP 47 tag (RFC 5646): `zh-TW` becomes `zh-Hant`, `en_us` `en-US`; BadInput if it is none."""
    parsed = _parsed(tag.strip().replace("_", "-"))
    if parsed is None:
        raise BadInput(
            [
                Fault(
                    "bad-language",
                    f"{tag[:60]!r} is not a language tag.",
                    "/renditions/lang",
                    "Write a BCP 47 tag such as en, pt-BR or zh-Hant.",
                )
            ]
        )
    if parsed.language == "zh":
        script = parsed.script or ("Hant" if parsed.territory in {"TW", "HK", "MO"} else "Hans")
        return f"zh-{script}"
    return parsed.to_tag()


def _parsed(tag: str) -> langcodes.Language | None:
    """The tag taken apart, without a script that its language always has; None if it names no language."""
    if len(tag) > _LONGEST:
        return None
    try:
        parsed = langcodes.Language.get(tag)
    except (ValueError, AttributeError):
        return None
    if not parsed.language or not parsed.is_valid() or parsed.language in _NO_LANGUAGE:
        return None
    return parsed.update_dict({"language": _WIDER.get(parsed.language, parsed.language)}).simplify_script()


@lru_cache(maxsize=1024)
def language(tag: str) -> Language:
    """The rules for a canonical tag: ours, those of its nearest parent (RFC 4647 lookup), or the neutral ones.

    A parent that is written in another script has no rules for it: `ms-Arab` does not read as Malay in Latin letters.
    """
    parent = tag
    while parent:
        if parent in _OURS and _script(parent) == _script(tag):
            return _OURS[parent]
        parent = parent.rpartition("-")[0]
    return neutral(tag)


def _script(tag: str) -> str | None:
    return langcodes.Language.get(tag).maximize().script
