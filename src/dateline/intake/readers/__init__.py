"""Turn anything filed into a version of a release, or say why not. Pure: bytes in, a `Reading` out.

One file a format, and one line for it in `FORMATS`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from dateline.intake.readers import characters, charset, checks, markdown, newsml_1, newsml_g2, own_json, plain
from dateline.intake.readers.reading import Draft
from dateline.words.errors import BadInput, Fault
from dateline.words.release import FILING_LIMIT, Version

# What a filing may weigh, in bytes.
LIMIT = FILING_LIMIT
__all__ = ["FORMATS", "LIMIT", "Format", "Reading", "read"]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read: the version, what an editor should know of it, and the format that it was in."""

    version: Version
    warnings: tuple[Fault, ...]
    format: str


@dataclass(frozen=True, slots=True)
class Format:
    """One format: the media types and endings it goes by, how to know it by its text, and its reader."""

    name: str
    media_types: frozenset[str]
    endings: tuple[str, ...]
    sniff: Callable[[str], bool]
    read: Callable[[str], Draft]


_XML = frozenset({"application/xml", "text/xml"})
_G2 = frozenset({"application/vnd.iptc.g2.newsitem+xml", "application/vnd.iptc.g2.newsmessage+xml"})
FORMATS = (
    Format("json", frozenset({"application/json"}), (".json",), own_json.sniff, own_json.read),
    Format("newsml-g2", _XML | _G2, (".xml", ".newsml"), newsml_g2.sniff, newsml_g2.read),
    Format("newsml-1", _XML, (".xml", ".newsml"), newsml_1.sniff, newsml_1.read),
    Format("markdown", frozenset({"text/markdown"}), (".md", ".markdown"), markdown.sniff, markdown.read),
    Format("plain", frozenset(), (".txt", ".tst"), plain.sniff, plain.read),
)


def read(data: bytes, *, name: str = "", media_type: str = "") -> Reading:
    """The release that was filed. BadInput or TooLarge with every fault that was found, its place and its mend.

    The reader is chosen by media type, then by the file's name, then by what the text looks like.
    `text/plain` says little, as senders give it to whatever they do not know.
    """
    text, warnings = characters.reported(charset.text_of(data, media_type))
    characters.check(text)
    chosen = _chosen(text, name.lower(), media_type.partition(";")[0].strip().lower())
    draft = chosen.read(text)
    return Reading(checks.checked(draft.version), (*warnings, *draft.warnings), chosen.name)


def _chosen(text: str, name: str, media_type: str) -> Format:
    by_type = [each for each in FORMATS if media_type in each.media_types]
    by_name = [each for each in FORMATS if name.endswith(each.endings)]
    for found in (by_type, by_name):
        if found:
            # Of several that share an ending, the first says what is wrong with a text that none of them knows.
            return next((each for each in found if each.sniff(text)), found[0])
    known = next((each for each in FORMATS if each.sniff(text)), None)
    if known is None:
        what = "This is none of the formats that we read."
        mend = "File our own JSON, Markdown with a front matter, NewsML-G2, NewsML 1.2 or plain text."
        raise BadInput([Fault("unknown-format", what, "line 1", mend)])
    return known
