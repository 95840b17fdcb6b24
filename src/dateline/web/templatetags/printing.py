"""How a rendition's text is set: the dateline runs into the first paragraph, headings are in its language."""

import re
from html import escape

from django import template

from dateline.formats.said import Said

register = template.Library()
_FIRST_PARAGRAPH = re.compile(r"<p(?: [^<>]*)?>")


@register.filter
def run_in(said: Said) -> str:
    """The body, clean as it was filed, with the dateline at the head of its first paragraph, as print sets it.

    A body that begins with a heading or a table has the dateline in a paragraph before it.
    """
    body = said.body_html
    if not said.dateline:
        return body
    dateline = f'<span class="dateline">{escape(said.dateline.strip())}</span> '
    first = _FIRST_PARAGRAPH.match(body)
    if first is None:
        return f"<p>{dateline}</p>{body}"
    return body[: first.end()] + dateline + body[first.end() :]


@register.filter
def heading(said: Said, kind: str) -> str:
    """A heading such as `contacts`, in the rendition's language."""
    return said.rules.heading(kind)
