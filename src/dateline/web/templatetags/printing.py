"""How a rendition's text is set: the dateline runs into the first paragraph, headings are in its language."""

import re

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from dateline.formats.said import Said

register = template.Library()
_FIRST_PARAGRAPH = re.compile(r"<p(?: [^<>]*)?>")


@register.filter
def run_in(said: Said) -> SafeString:
    """The body with the dateline at the head of its first paragraph, as print sets it.

    A body that begins with a heading or a table has the dateline in a paragraph before it.
    """
    # The body was cleaned when it was filed; nothing else gets into the log.
    body = mark_safe(said.body_html)  # noqa: S308
    if not said.dateline:
        return body
    dateline = format_html('<span class="dateline">{}</span> ', said.dateline.strip())
    first = _FIRST_PARAGRAPH.match(body)
    if first is None:
        return format_html("<p>{}</p>{}", dateline, body)
    return mark_safe(body[: first.end()] + dateline + body[first.end() :])  # noqa: S308


@register.filter
def heading(said: Said, kind: str) -> str:
    """A heading such as `contacts`, in the rendition's language."""
    return said.rules.heading(kind)
