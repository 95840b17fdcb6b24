"""How each language prints what a wire prints: dateline, date, quotation marks, end mark, disclaimer, labels.

One file a language; each says which of its wordings a native speaker has reviewed. A tag that has
no file falls back to its nearest parent, and at last to a neutral form.
"""

from importlib import import_module

import langcodes

from dateline.words.errors import BadInput, Fault
from dateline.words.languages.language import Language, neutral

FIFTEEN = ("en", "ko", "ja", "ar", "zh-Hans", "zh-Hant", "vi", "th", "id", "ms", "de", "ru", "fr", "es", "pt")

_OURS: dict[str, Language] = {
    tag: import_module(f"dateline.words.languages.{tag.lower().replace('-', '_')}").LANGUAGE for tag in FIFTEEN
}


def canonical(tag: str) -> str:
    """The canonical BCP 47 tag (RFC 5646): `zh-TW` becomes `zh-Hant`, `en_us` `en-US`; BadInput if it is none."""
    try:
        parsed = langcodes.Language.get(tag.strip().replace("_", "-"))
    except (ValueError, AttributeError):
        parsed = None
    if parsed is None or not parsed.language or not parsed.is_valid() or parsed.language == "und":
        raise BadInput(
            [
                Fault(
                    "bad-language",
                    f"{tag!r} is not a language tag.",
                    "/renditions/lang",
                    "Write a BCP 47 tag such as en, pt-BR or zh-Hant.",
                )
            ]
        )
    if parsed.language == "zh":
        script = parsed.script or ("Hant" if parsed.territory in {"TW", "HK", "MO"} else "Hans")
        return f"zh-{script}"
    return parsed.to_tag()


def language(tag: str) -> Language:
    """The rules for a tag: ours, those of its nearest parent (RFC 4647 lookup), or the neutral ones."""
    known = _OURS.get(tag)
    if known is not None:
        return known
    parent = tag
    while "-" in parent:
        parent = parent.rpartition("-")[0]
        if parent in _OURS:
            return _OURS[parent]
    return neutral(tag)
