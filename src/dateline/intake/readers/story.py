"""A provider's text taken apart: what is the body, and what the wire prints in places of its own.

Providers print headline, dateline, boilerplate and contacts into one text. Here each goes to its own
part, so that none is printed twice. What cannot be told apart stays in the body.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from lxml import etree, html

from dateline.formats.body import clean, plain
from dateline.intake.readers import datelines
from dateline.intake.readers.contacts import HEADING, contacts, has_address
from dateline.intake.readers.datelines import Dateline
from dateline.words.release import Contact

# In the languages of the wires. A name begins with a capital where its script has any.
_NAME = r"(?-i:(?=[^\W\d_a-zà-öø-ÿ]|[“\"‘«@]))"
_ABOUT = re.compile(
    rf"(?:about (?:the )?{_NAME}|about the company|à propos d|über {_NAME}|acerca de |sobre {_NAME}|sobre [ao] {_NAME}"
    rf"|informazioni su |chi è |over {_NAME}|tentang |mengenai |về |giới thiệu |о компании|об? {_NAME}"
    r"|关于|關於|เกี่ยวกับ|نبذة عن|حول |회사 소개|.{1,60}(?:について|소개)$)",
    re.IGNORECASE,
)
_ABBREVIATED = re.compile(r"\b(?:Inc|Ltd|Co|Corp|LLC|L\.P|S\.A|N\.V|B\.V|S\.p\.A|K\.K|Bhd|Tbk)\.$")
_END = re.compile(r"\s*(?:#\s*#\s*#|-\s*30\s*-|\*\s*\*\s*\*|[Ee]nds?|ENDS?|(?:SOURCE:?|Source:)\s{1,3}.{0,120})\s*")
_INLINE = {"a", "b", "strong", "em", "i", "u", "s", "sub", "sup", "small", "q", "cite", "code", "span", "bdi", "br"}
_SENTENCE = re.compile(r"\w{4,}[.!?]\s+\w")
_DATELINE_WITHIN = 12
_HEADING_LENGTH = 150
_SUBHEAD_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Story:
    """The parts. `dateline` is the provider's own, if it wrote one."""

    body_html: str
    subhead: str = ""
    boilerplate: str = ""
    dateline: Dateline | None = None
    contacts: tuple[Contact, ...] = ()


@dataclass(slots=True)
class _Parts:
    body: list[str] = field(default_factory=list)
    about: list[str] = field(default_factory=list)
    contacts: list[list[str]] = field(default_factory=list)
    now: str = "body"


def told(markup: str, *, headline: str = "", issuer: str = "", contact_markup: str = "") -> Story:
    """The story that the HTML tells. `contact_markup` is a contact block that the provider keeps apart."""
    blocks = _blocks(clean(markup))
    if blocks and blocks[0].tag == "h2" and _repeats(blocks[0], headline):
        del blocks[0]
    dateline, lead = _take_dateline(blocks)
    subhead = _take_subhead(blocks, headline, before=lead)
    parts = _Parts()
    for number, block in enumerate(blocks):
        _put(block, parts, issuer if number > 1 else "")
    if contact_markup:
        parts.contacts += [_lines(block) for block in _blocks(clean(contact_markup))]
    return Story(_joined(parts.body), subhead, _joined(parts.about), dateline, contacts(parts.contacts, issuer))


def _repeats(block: html.HtmlElement, headline: str) -> bool:
    """Whether it says the headline again, or what of it follows a word such as CORRECTION."""
    said, whole = _said(block).casefold(), " ".join(headline.split()).casefold()
    return said == whole or (len(said) > 20 and whole.endswith(said))


def _take_subhead(blocks: list[html.HtmlElement], headline: str, *, before: int) -> str:
    """The paragraphs in bold or italics between a headline said again and the text, taken out with it."""
    at = next((at for at, block in enumerate(blocks[: before + 1]) if _repeats(block, headline)), None)
    if at is None:
        return ""
    del blocks[at]
    lines: list[str] = []
    while at < len(blocks) - 1 and at < before - 1 and _is_heading(blocks[at], "b", "strong", "em", "i"):
        lines.append(_said(blocks.pop(at)))
        before -= 1
    return "; ".join(lines)


def _put(block: html.HtmlElement, parts: _Parts, issuer: str) -> None:
    lines = _lines(block)
    text = "\n".join(lines)
    if _END.fullmatch(text):
        return
    if _is_contact(block, lines, after=parts.now == "contact"):
        parts.now = "contact"
        parts.contacts += _cells(block) or [lines]
        return
    if _is_about(block, lines, issuer):
        parts.now = "about"
    elif parts.now == "contact" or block.tag == "hr" or _is_heading(block):
        parts.now = "body"
    into = parts.about if parts.now == "about" else parts.body
    into.append(html.tostring(block, encoding="unicode", with_tail=False))


def _is_contact(block: html.HtmlElement, lines: Sequence[str], *, after: bool) -> bool:
    if not lines or block.tag in {"ul", "ol", "blockquote", "pre"}:
        return False
    text = "\n".join(lines)
    short = len(text) <= 1_000 and max(map(len, lines)) <= (240 if block.tag != "table" else 1_000)
    if block.tag == "table":
        return short and has_address(text) and (after or bool(HEADING.match(lines[0].partition(" | ")[0])))
    return short and ((after and has_address(text) and len(lines[0]) <= 120) or bool(HEADING.match(lines[0])))


def _is_about(block: html.HtmlElement, lines: Sequence[str], issuer: str) -> bool:
    if not lines or len(lines[0]) > _HEADING_LENGTH or _SENTENCE.search(lines[0]):
        return False
    if _ABOUT.match(lines[0]):
        ends = lines[0].endswith((".", "!", "?")) and not _ABBREVIATED.search(lines[0])
        return len(lines) > 1 or _is_heading(block) or (len(lines[0]) <= 80 and not ends)
    # An issuer that heads its boilerplate with its own name alone.
    named = len(lines[0].split()) > 1 and issuer.casefold().startswith(lines[0].casefold())
    return named and len(lines) == 1 and _is_heading(block)


def _is_heading(block: html.HtmlElement, *tags: str) -> bool:
    """A heading, or a short paragraph that is bold (or stands in one of these) from end to end."""
    if block.tag in {"h2", "h3", "h4"}:
        return True
    said = _said(block)
    if block.tag != "p" or not said or len(said) > (_SUBHEAD_LENGTH if tags else _HEADING_LENGTH):
        return False
    strong = tags or ("b", "strong")
    # Only what stands in no other of them counts, or it would count twice.
    marked = [each for each in block.iter(*strong) if not any(above.tag in strong for above in each.iterancestors())]
    return "".join("".join(_said(each) for each in marked).split()) == "".join(said.split())


def _take_dateline(blocks: list[html.HtmlElement]) -> tuple[Dateline | None, int]:
    """The dateline in front of one of the first paragraphs, cut out of it, and which paragraph that was."""
    for number, block in enumerate(blocks[:_DATELINE_WITHIN]):
        found = datelines.found(block.text_content()) if block.tag == "p" else None
        if found is not None:
            _cut(block, found.length)
            if not _said(block):
                del blocks[number]
            return found, number
    return None, 0


def _cut(block: html.HtmlElement, length: int) -> None:
    """Take that many characters away from the front, through whatever elements they stand in."""
    for event, node in etree.iterwalk(block, events=("start", "end")):
        if node is block and event == "end":
            return
        slot = "text" if event == "start" else "tail"
        text = getattr(node, slot) or ""
        setattr(node, slot, text[length:])
        length -= min(length, len(text))
        if not length:
            return


def _blocks(markup: str) -> list[html.HtmlElement]:
    """The top-level elements of clean HTML; text that stands loose between them becomes paragraphs."""
    if not markup:
        return []
    root = html.fragment_fromstring(markup, create_parent="div")
    blocks: list[html.HtmlElement] = []
    loose = html.Element("p")
    loose.text = root.text
    for child in list(root):
        tail, child.tail = child.tail, None
        if child.tag in _INLINE:
            loose.append(child)
            child.tail = tail
            continue
        blocks += [loose, child] if _said(loose) else [child]
        loose = html.Element("p")
        loose.text = tail
    return [*blocks, loose] if _said(loose) else blocks


def _said(block: html.HtmlElement) -> str:
    return " ".join(block.text_content().split())


def _lines(block: html.HtmlElement) -> list[str]:
    text = plain(html.tostring(block, encoding="unicode", with_tail=False))
    return [line.strip(" \u00a0") for line in text.splitlines() if line.strip(" \u00a0")]


def _cells(block: html.HtmlElement) -> list[list[str]]:
    """The lines of each cell of a table; nothing for what is none."""
    cells = list(block.iter("td", "th")) if block.tag == "table" else []
    for cell in cells:
        # Outside its table a cell would print on one line, as in its row.
        cell.tag = "div"
    return [lines for cell in cells if (lines := _lines(cell))]


def _joined(blocks: Sequence[str]) -> str:
    """The blocks as clean HTML, without rules at either end."""
    return re.sub(r"^(?:<hr>\s*)+|(?:\s*<hr>)+$", "", clean("\n".join(blocks)))
