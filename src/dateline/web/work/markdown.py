"""Clean HTML as the Markdown that somebody would have typed for it, where that loses nothing.

Who wrote Markdown sees Markdown again. What Markdown cannot say stays HTML: each answer is read back
before it is given, and must print the same.
"""

import re
from collections.abc import Callable

from lxml import etree, html

from dateline.formats.body import clean
from dateline.intake.readers import bodies
from dateline.words.errors import BadInput

_BLOCKS = "p|h2|h3|h4|ul|ol|li|blockquote|hr|table|thead|tbody|tr|th|td|br"
_BETWEEN_BLOCKS = re.compile(rf"(</?(?:{_BLOCKS})(?: [^<>]*)?>)\s+|\s+(?=</?(?:{_BLOCKS})[ >])")
_BLOCK = re.compile(r"<(?:p|h2|h3|h4|ul|ol|dl|blockquote|hr|table|figure|pre)[ >]")
_ALWAYS = re.compile(r"([\\`*\[\]<|]|&(?=#?\w+;))")
_UNDERSCORE = re.compile(r"(?<!\w)_|_(?!\w)")
_LINE_START = re.compile(r"^([ \t]*)([#>+=~-]|\d+(?=[.)]))", re.MULTILINE)
_HEADINGS = {"h2": "## ", "h3": "### ", "h4": "#### "}
_AROUND = {"strong": "**", "em": "*", "code": "`"}


class _NoMarkdownError(Exception):
    """Markdown has no words for this element."""


def to_html(text: str, where: str) -> str:
    """What was typed, as clean HTML: HTML if it begins with a tag, else Markdown. BadInput if it is too long."""
    return clean(text) if text.startswith("<") else bodies.from_markdown(text, where)


def typed(body_html: str) -> str:
    """Markdown that prints as this clean HTML does; the HTML itself where there is none."""
    if not body_html:
        return ""
    text = ""
    try:
        text = _blocks(html.fragment_fromstring(body_html, create_parent="div"), "\n\n")
        same = _normal(to_html(text, "")) == _normal(body_html)
    except (_NoMarkdownError, BadInput, etree.ParserError):
        same = False
    return text if same else _as_html(body_html)


def _as_html(body_html: str) -> str:
    """The same, beginning with a tag, by which it is known for HTML."""
    if body_html.startswith("<"):
        return body_html
    first = _BLOCK.search(body_html)
    end = first.start() if first else len(body_html)
    return f"<p>{body_html[:end]}</p>{body_html[end:]}"


def _normal(body: str) -> str:
    return _BETWEEN_BLOCKS.sub(r"\1", body).strip()


def _blocks(parent: html.HtmlElement, between: str) -> str:
    if (parent.text or "").strip() or any((each.tail or "").strip() for each in parent):
        raise _NoMarkdownError
    return between.join(_WRITE.get(str(each.tag), _no_block)(each) for each in parent)


def _no_block(_element: html.HtmlElement) -> str:
    raise _NoMarkdownError


def _paragraph(element: html.HtmlElement) -> str:
    _plain(element)
    return _LINE_START.sub(r"\1\\\2", _inline(element))


def _heading(element: html.HtmlElement) -> str:
    _plain(element)
    return _HEADINGS[str(element.tag)] + _inline(element).replace("\n", " ")


def _list(element: html.HtmlElement) -> str:
    _plain(element)
    ordered = element.tag == "ol"
    items = []
    for number, item in enumerate(element, start=1):
        if item.tag != "li" or any(each.tag in _WRITE for each in item):
            raise _NoMarkdownError
        items.append((f"{number}. " if ordered else "- ") + _paragraph(item).replace("\n", " "))
    return "\n".join(items)


def _quotation(element: html.HtmlElement) -> str:
    _plain(element)
    return "\n".join(f"> {line}".rstrip() for line in _blocks(element, "\n\n").split("\n"))


def _table(element: html.HtmlElement) -> str:
    rows = [[_cell(cell) for cell in row] for row in element.iter("tr")]
    if not rows or not rows[0]:
        raise _NoMarkdownError
    lines = ["| " + " | ".join(cells) + " |" for cells in rows]
    return "\n".join([lines[0], "|" + " --- |" * len(rows[0]), *lines[1:]])


def _cell(cell: html.HtmlElement) -> str:
    _plain(cell)
    return " ".join(_inline(cell).split())


def _plain(element: html.HtmlElement) -> None:
    if element.attrib:
        raise _NoMarkdownError


def _inline(element: html.HtmlElement) -> str:
    runs = (_run(each) + _escaped(_after(each)) for each in element)
    return _escaped(element.text) + "".join(runs)


def _after(element: html.HtmlElement) -> str:
    tail = element.tail or ""
    return tail.lstrip("\n") if element.tag == "br" else tail


def _run(element: html.HtmlElement) -> str:
    tag = str(element.tag)
    if tag == "br":
        return "\\\n"
    if tag == "a" and element.get("href") and not element.get("title"):
        return f"[{_inline(element)}](<{element.get('href')}>)"
    if tag not in _AROUND or element.attrib:
        raise _NoMarkdownError
    inner = str(element.text_content()) if tag == "code" else _inline(element)
    return f"{_AROUND[tag]}{inner}{_AROUND[tag]}"


def _escaped(text: str | None) -> str:
    return _UNDERSCORE.sub(r"\\_", _ALWAYS.sub(r"\\\1", text or ""))


_WRITE: dict[str, Callable[[html.HtmlElement], str]] = {
    "p": _paragraph,
    **dict.fromkeys(_HEADINGS, _heading),
    "ul": _list,
    "ol": _list,
    "blockquote": _quotation,
    "table": _table,
    "hr": lambda _element: "---",
}
