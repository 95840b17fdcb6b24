"""The body of a rendition: the clean HTML that the wire carries, and its plain text.

Paragraphs, tables, lists, links and pictures' captions stay; scripts, styles, forms, frames,
tracking pixels and everything else go. nh3 (ammonia) does the cleaning.
"""

import re

import nh3
from lxml import html

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
_BLOCKS = {
    "p",
    "h2",
    "h3",
    "h4",
    "li",
    "dt",
    "dd",
    "blockquote",
    "pre",
    "tr",
    "caption",
    "figcaption",
    "table",
    "ul",
    "ol",
    "dl",
    "figure",
    "hr",
}
_SPACE = re.compile(r"[ \t\r\n\f]+")


def clean(body: str) -> str:
    """The body as the wire carries it. Cleaning what is clean changes nothing."""
    kept = nh3.clean(
        body,
        tags=TAGS,
        clean_content_tags={"script", "style", "iframe", "object", "template", "noscript", "form", "title"},
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel="noopener nofollow",
    )
    return kept.strip()


def plain(body: str) -> str:
    """The body as plain text: a blank line between paragraphs, ` | ` between a table's cells."""
    if not body.strip():
        return ""
    root = html.fragment_fromstring(body, create_parent="div")
    lines: list[str] = [""]
    _read(root, lines)
    text = "\n".join(line.strip() for line in lines)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _read(node: html.HtmlElement, lines: list[str]) -> None:
    _say(node.text, lines)
    for child in node:
        if isinstance(child.tag, str):
            _read_child(child, lines)
        _say(child.tail, lines)


def _read_child(child: html.HtmlElement, lines: list[str]) -> None:
    if child.tag == "br":
        lines.append("")
        return
    block = child.tag in _BLOCKS
    if block:
        lines.extend([""] if child.tag in {"tr", "li"} else ["", ""])
    if child.tag == "li":
        lines[-1] += "• "
    if child.tag in {"td", "th"} and lines[-1]:
        lines[-1] += " | "
    _read(child, lines)
    if block:
        lines.extend([""] if child.tag in {"tr", "li"} else ["", ""])


def _say(text: str | None, lines: list[str]) -> None:
    if text:
        lines[-1] += _SPACE.sub(" ", text) if lines[-1] else _SPACE.sub(" ", text).lstrip()
