"""Plain wire text: headline, dateline, paragraphs wrapped by hand, and what AsiaNet prints around them."""

import re
from collections.abc import Sequence
from html import escape
from itertools import pairwise

from dateline.intake.readers import datelines
from dateline.intake.readers.checks import WRITTEN_LIMIT, check_length
from dateline.intake.readers.countries import of_place
from dateline.intake.readers.datelines import Dateline
from dateline.intake.readers.reading import Draft
from dateline.intake.readers.story import told
from dateline.intake.readers.tongue import guessed
from dateline.words.errors import BadInput, Fault
from dateline.words.release import Rendition, Source, Version

_SOURCE = re.compile(r"source:?\s+(.{1,200})", re.IGNORECASE)
_NUMBER = re.compile(r"media release\s+(\w{1,20})", re.IGNORECASE)
_SUBHEAD = re.compile(r"-{1,2}\s+(?=\S)")
_LINK = re.compile(r"https?://[^\s<>\"']{3,400}[^\s<>\"'.,;:!?)]")
_ENDS = (".", ",", ";", ":", "!", "?", "”", '"', "-", "。", "！", "？")
_HEADING_LENGTH = 60
# Wires wrap at 79 columns or fewer. A shorter line that had room for the next word was ended on purpose.
_NARROWEST = 40
_WIDEST = 80


def sniff(text: str) -> bool:
    """Any text may be wire text, unless it is markup of some kind."""
    return not text.lstrip().startswith(("<", "{", "["))


def read(text: str) -> Draft:
    """The release. BadInput if there is no text but a headline's."""
    check_length(text, "line 1", WRITTEN_LIMIT)
    issuer, number, paragraphs = _without_slug(_paragraphs(text))
    if len(paragraphs) < 2:
        what = "There is a headline at most, and no text."
        raise BadInput([Fault("no-body", what, "line 1", "Put a blank line after the headline, and the text below.")])
    headline = " ".join(paragraphs[0])
    rest = paragraphs[1:]
    dateline = datelines.found(" ".join(rest[0]))
    subhead, rest = _take_subhead(rest, alone=bool(dateline))
    width = _width(rest)
    story = told("".join(_html(part, width) for part in rest), headline=headline, issuer=issuer)
    lang, guess = guessed(text)
    rendition = Rendition(
        lang=lang,
        headline=headline,
        subhead=subhead,
        place=dateline.place if dateline else "",
        dateline=dateline.text if dateline else "",
        body_html=story.body_html,
        boilerplate=story.boilerplate,
    )
    version = Version(
        renditions=(rendition,),
        source_language=lang,
        source=_source(issuer or _signed(paragraphs), number, dateline),
        contacts=story.contacts,
        countries=of_place(dateline.place) if dateline else (),
    )
    return Draft(version, (guess,))


def _paragraphs(text: str) -> list[list[str]]:
    """The paragraphs, each as its lines."""
    parts: list[list[str]] = [[]]
    for line in text.replace("\r\n", "\n").replace("\r", "\n").expandtabs(4).split("\n"):
        if line.strip():
            parts[-1].append(line.strip())
        elif parts[-1]:
            parts.append([])
    return [part for part in parts if part]


def _without_slug(paragraphs: list[list[str]]) -> tuple[str, str, list[list[str]]]:
    """Issuer and number from the lines over the headline, and the paragraphs without those lines."""
    if not paragraphs:
        return "", "", []
    issuer = number = ""
    first = list(paragraphs[0])
    while first:
        named, numbered = _SOURCE.fullmatch(first[0]), _NUMBER.fullmatch(first[0])
        if not named and not numbered:
            break
        issuer = named[1].strip() if named else issuer
        number = numbered[1] if numbered else number
        del first[0]
    return issuer, number, [first, *paragraphs[1:]] if first else paragraphs[1:]


def _signed(paragraphs: list[list[str]]) -> str:
    """The issuer from `SOURCE Acme` at the end."""
    found = _SOURCE.fullmatch(paragraphs[-1][-1])
    return found[1].strip() if found else ""


def _take_subhead(rest: list[list[str]], *, alone: bool) -> tuple[str, list[list[str]]]:
    """The paragraph under the dateline's line that dashes mark as a subhead, without its dashes."""
    if not alone or len(rest) < 3 or not _SUBHEAD.match(rest[1][0]):
        return "", rest
    said = " ".join(f"\n{_SUBHEAD.sub('', line)}" if _SUBHEAD.match(line) else line for line in rest[1])
    return "; ".join(part.strip() for part in said.split("\n") if part.strip()), [rest[0], *rest[2:]]


def _source(issuer: str, number: str, dateline: Dateline | None) -> Source:
    if dateline is None:
        return Source(issuer=issuer, guid=number)
    return Source(issuer=issuer, provider=dateline.provider, guid=number, issued=dateline.day)


def _width(paragraphs: list[list[str]]) -> int:
    """Where the text was wrapped. A line of one word (a long address) stands out and says nothing."""
    lengths = [len(line) for part in paragraphs for line in part if " " in line]
    return max(_NARROWEST, min(_WIDEST, max(lengths, default=0)))


def _html(lines: Sequence[str], width: int) -> str:
    if len(lines) == 1 and _is_heading(lines[0]):
        return f"<h3>{escape(lines[0], quote=False)}</h3>"
    said = _linked(lines[0])
    for above, line in pairwise(lines):
        wrapped = len(above) + 1 + len(line.split()[0]) > width
        said += (" " if wrapped else "<br>") + _linked(line)
    return f"<p>{said}</p>"


def _is_heading(line: str) -> bool:
    """One short line that ends in no punctuation and gives no address."""
    plain_words = len(line) <= _HEADING_LENGTH and not line.endswith(_ENDS) and line[0].isalpha()
    return plain_words and "@" not in line and "://" not in line and sum(map(str.isdigit, line)) < 7


def _linked(line: str) -> str:
    """The line as HTML, its web addresses as links."""
    said, at = "", 0
    for link in _LINK.finditer(line):
        address = escape(link[0])
        said += escape(line[at : link.start()], quote=False) + f'<a href="{address}">{address}</a>'
        at = link.end()
    return said + escape(line[at:], quote=False)
