"""Bodies that people write by hand, as clean HTML."""

import re
from html import escape

from markdown_it import MarkdownIt

from dateline.formats.body import clean
from dateline.intake.readers.checks import WRITTEN_LIMIT, check_length

# CommonMark with tables. HTML within it is printed as text: who wants HTML files HTML.
_MARKDOWN = MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).enable("table")


def from_markdown(text: str, where: str) -> str:
    """The HTML of a Markdown text. BadInput if it is too long."""
    check_length(text, where, WRITTEN_LIMIT)
    return clean(str(_MARKDOWN.render(text)))


def from_text(text: str, where: str) -> str:
    """The HTML of plain text: a blank line parts paragraphs, and a line break stays one. BadInput if too long."""
    check_length(text, where, WRITTEN_LIMIT)
    parts = re.split(r"\n[ \t\r]*\n", text.replace("\r\n", "\n").strip())
    return clean("".join(f"<p>{escape(part.strip()).replace(chr(10), '<br>')}</p>" for part in parts if part.strip()))
