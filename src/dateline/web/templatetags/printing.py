"""How a rendition's text is set: the dateline runs into the first paragraph, headings are in its language."""

from django import template

from dateline.formats import blocks
from dateline.formats.said import Said

register = template.Library()


@register.filter
def run_in(said: Said) -> str:
    """The body, clean as it was filed, with the dateline at the head of its first paragraph, as print sets it.

    A body that begins with a heading or a table has the dateline in a paragraph before it.
    """
    return blocks.run_in(said.dateline, said.body_html)


@register.filter
def heading(said: Said, kind: str) -> str:
    """A heading such as `contacts`, in the rendition's language."""
    return said.rules.heading(kind)
