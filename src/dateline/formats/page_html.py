"""An entry as a standalone HTML document, and as the fragment that mails and feeds are built around."""

from html import escape

from dateline.formats.blocks import blocks
from dateline.formats.said import Said, said
from dateline.words.entry import Entry
from dateline.words.wire import Wire

_BEFORE_HEADLINE = "labels"


def render(entry: Entry, lang: str, wire: Wire) -> bytes:
    """One rendition as a document of its own: no script, no style sheet to fetch."""
    what = said(entry, lang, wire)
    head = (
        f'<meta charset="utf-8"><title>{escape(what.headline)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="canonical" href="{escape(what.url)}">'
    )
    root = f'<html lang="{escape(what.lang)}" dir="{what.rules.direction}">'
    return f"<!DOCTYPE html>\n{root}<head>{head}</head><body>{article(what)}</body></html>\n".encode()


def article(what: Said) -> str:
    """The `<article>`, in print order: labels, headline, the text, and at last whose edition it is."""
    printed = [(name, f'<div class="{name}">{html}</div>') for name, html in blocks(what)]
    lang = f'lang="{escape(what.lang)}" dir="{what.rules.direction}"'
    return "".join(
        (
            f"<article {lang}>",
            *(html for name, html in printed if name == _BEFORE_HEADLINE),
            f"<h1>{escape(what.headline)}</h1>",
            *(html for name, html in printed if name != _BEFORE_HEADLINE),
            f'<p class="identity">{escape(what.id)} · {what.edition} · {what.released_at}</p></article>',
        )
    )
