"""In which language something is written: what its tag says, or else what its words say."""

import re

import langcodes

from dateline.words.errors import Fault
from dateline.words.languages import canonical

_SCRIPTS = (
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("zh-Hans", re.compile("[\u4e00-\u9fff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
)
# Words that each language uses all the time and its neighbours in this list hardly ever.
_WORDS = {
    "en": "the and of to for with that is this has will from",
    "fr": "le les des du et est une pour dans sur au aux avec qui",
    "de": "der die das und ist von den mit für auf ein eine im wird",
    "es": "el los las del y una por con para que es su como",
    "pt": "o os da do dos das e uma com em para não ao na no",
    "id": "yang dan di dengan untuk ini dari pada akan telah bahwa karena bisa",
    "ms": "yang dan di dengan untuk ini daripada pada akan telah bahawa kerana boleh",
    "vi": "và của là các cho được với trong những này một người",
}
_COMMON = {tag: frozenset(words.split()) for tag, words in _WORDS.items()}
_SAMPLE = 20_000


def provider_tag(tag: str) -> str:
    """The canonical tag, without a region that says nothing: providers write `en-US` for whatever is English.

    A region goes where CLDR's likely subtags would add it again; `en-GB` and `pt-PT` keep theirs.
    """
    full = canonical(tag)
    bare = full.partition("-")[0]
    if bare == "zh":
        return full
    return bare if langcodes.Language.get(bare).maximize() == langcodes.Language.get(full).maximize() else full


def guessed(text: str) -> tuple[str, Fault]:
    """The likeliest of the fifteen languages, and the warning that it was a guess."""
    tag = _by_script(text[:_SAMPLE]) or _by_words(text[:_SAMPLE])
    what = f"The file does not say its language; it was taken for {tag}."
    return tag, Fault("language-guessed", what, "/source_language", "Say so if it is another.")


def _by_script(text: str) -> str:
    letters = sum(each.isalpha() for each in text)
    return next((tag for tag, script in _SCRIPTS if len(script.findall(text)) * 5 > letters), "")


def _by_words(text: str) -> str:
    words = re.findall(r"\w+", text.casefold())
    counts = {tag: sum(word in common for word in words) for tag, common in _COMMON.items()}
    return max(counts, key=lambda tag: counts[tag])
