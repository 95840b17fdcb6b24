"""The body of a rendition: the clean HTML that the wire carries, and its plain text.

Paragraphs, tables, lists, links and pictures' captions stay; scripts, styles, forms, frames,
tracking pixels and everything else go. nh3 (ammonia) does the cleaning.
"""

import re

import nh3
from lxml import etree, html

from dateline.words.errors import BadInput, Fault

TAGS = {
    "p", "br", "h2", "h3", "h4", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "pre", "hr", "a",
    "strong", "em", "b", "i", "u", "s", "sub", "sup", "small", "q", "cite", "code", "figure", "figcaption",
    "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "colgroup", "col", "bdi", "span",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href", "hreflang", "title"},
    "td": {"colspan", "rowspan", "dir"},
    "th": {"colspan", "rowspan", "scope", "dir"},
    "ol": {"start"},
    "*": {"lang", "dir"},
}
SCHEMES = {"http", "https", "mailto", "tel"}
_DROPPED = {"script", "style", "iframe", "object", "template", "noscript", "form", "title", "svg", "math"}
# What only divides a page becomes a paragraph, so that its text does not run into its neighbour's.
_RENAMED = {"h1": "h2", "h5": "h4", "h6": "h4"} | dict.fromkeys(
    ("div", "section", "article", "header", "footer", "main", "aside", "nav", "address", "center", "details"), "p"
)
_FOREIGN = re.compile(rf"<(/?)({'|'.join(_RENAMED)})(?=[\s>])", re.IGNORECASE)
# A paragraph of nothing, and the break that often stands alone at a paragraph's end.
_EMPTY = re.compile(r"<(p|h2|h3|h4|span|b|strong|em|i|u)(?: [^<>]*)?>(?:\s|&nbsp;|<br>)*</\1>")
_CLOSING = re.compile(r"(</(?:p|h2|h3|h4|li|td|th)>)")
# HTML parsers drop the first line break of a `pre`, so one that is kept would vanish one by one.
_PRE = re.compile(r"(<pre(?: [^<>]*)?>)\s*\n")
_ROUNDS = 12
_SPACE = re.compile(r"[ \t\r\n\f]+")
# What may stand open while others open within it; a `p` or an `li` may lack its end and nest nothing.
_NESTING = re.compile(
    r"<(/?)(?:ul|ol|dl|blockquote|table|div|section|article|main|center|figure|font|span|a|b|i|u|s|em|strong|sub|sup"
    r"|small|q|cite|code|bdi|pre)\b",
    re.IGNORECASE,
)
DEEPEST = 100
_LINES = {"tr", "li"}
_BLOCKS = _LINES | {
    "p", "h2", "h3", "h4", "dt", "dd", "blockquote", "pre", "caption", "figcaption", "table", "ul", "ol", "dl",
    "figure", "hr",
}  # fmt: skip


def clean(body: str) -> str:
    """The body as the wire carries it. Cleaning what is clean changes nothing. BadInput if it nests too deep."""
    _check_depth(body)
    kept = _cleaned(body, TAGS | set(_RENAMED))
    for _ in range(_ROUNDS):
        # Bad nesting is put right a step at a time: what one pass moves, the next may find empty.
        again = _tidied(_cleaned(_FOREIGN.sub(_renamed, kept), TAGS))
        if again == kept:
            break
        kept = again
    return kept


def _check_depth(body: str) -> None:
    """Told from the tags alone: parsing costs the square of the depth, and lxml cuts off what lies below 255."""
    depth = 0
    for tag in _NESTING.finditer(body):
        depth = max(0, depth - 1) if tag[1] else depth + 1
        if depth > DEEPEST:
            what, where = f"The HTML nests more than {DEEPEST} elements.", f"character {tag.start() + 1}"
            raise BadInput([Fault("too-deep", what, where, "Close each element that it opens.")])


def _cleaned(body: str, tags: set[str]) -> str:
    return nh3.clean(
        body,
        tags=tags,
        clean_content_tags=_DROPPED,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel="noopener nofollow",
    )


def _renamed(tag: re.Match[str]) -> str:
    return f"<{tag[1]}{_RENAMED[tag[2].lower()]}"


def _tidied(body: str) -> str:
    body = _PRE.sub(r"\1", body)
    pieces = _CLOSING.split(body)
    # What stands before a closing tag is every second piece, up to the last, before which none closes.
    pieces[:-1:2] = [_without_last_breaks(piece) for piece in pieces[:-1:2]]
    return _EMPTY.sub(_space_of, "".join(pieces)).strip()


def _without_last_breaks(text: str) -> str:
    # By index: a run of breaks cut off one by one would be copied as often as it is long.
    end = len(text)
    while end:
        if text[end - 1] in " \t\r\n\f":
            end -= 1
        elif text.endswith("<br>", 0, end):
            end -= 4
        else:
            break
    return text[:end]


def _space_of(empty: re.Match[str]) -> str:
    """What an empty inline element had in it stays, so that words on both sides of it do not run together."""
    if empty[1] in _BLOCKS:
        return ""
    return "<br>" if "<br>" in empty[0] else " " if re.search(r"[\s;]<", empty[0]) else ""


def plain(body: str) -> str:
    """A clean body as plain text: a blank line between paragraphs, one line a table's row, ` | ` between cells."""
    if not body.strip():
        return ""
    parser = html.HTMLParser(huge_tree=True)
    root = html.fragment_fromstring(body, create_parent="div", parser=parser)
    page = _Page()
    for event, node in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            page.enter(str(node.tag), node.text)
        else:
            page.leave(str(node.tag), node.tail)
    return page.text()


class _Page:
    """What is printed so far. Within a table's cell everything stays on the row's line."""

    def __init__(self) -> None:
        self.lines: list[str] = [""]
        self.row: list[str] = []
        self.cells = 0
        self.pre = 0

    def enter(self, tag: str, text: str | None) -> None:
        if tag in {"td", "th"}:
            self.cells += 1
            if self.cells == 1:
                self.row.append("")
        self.pre += tag == "pre"
        self._break(tag)
        if tag == "li" and not self.cells:
            self.lines[-1] += "• "
        self._say(text)

    def leave(self, tag: str, tail: str | None) -> None:
        self.pre -= tag == "pre"
        if tag in {"td", "th"}:
            self.cells -= 1
        elif tag == "tr" and not self.cells:
            self._print_row()
        if tag != "br":
            self._break(tag)
        self._say(tail)

    def text(self) -> str:
        page = "\n".join(line.strip() for line in self.lines)
        return re.sub(r"\n{3,}", "\n\n", page).strip()

    def _print_row(self) -> None:
        cells = [cell.strip() for cell in self.row]
        self.row = []
        if any(cells):
            self.lines[-1] += " | ".join(cells)

    def _break(self, tag: str) -> None:
        if tag != "br" and tag not in _BLOCKS:
            return
        if self.cells:
            self.row[-1] = self.row[-1].rstrip(" ") + " "
        elif tag == "br":
            self.lines.append("")
        elif tag not in _LINES:
            self.lines.extend(["", ""])
        elif self.lines[-1]:
            self.lines.append("")

    def _say(self, text: str | None) -> None:
        if not text:
            return
        if self.pre and not self.cells:
            first, *rest = text.split("\n")
            self.lines[-1] += first
            self.lines.extend(rest)
            return
        said = _SPACE.sub(" ", text)
        into = self.row if self.cells else self.lines
        into[-1] += said.lstrip(" ") if not into[-1] or into[-1].endswith(" ") else said
