"""An entry as plain text, UTF-8, a line a paragraph: what a wire prints, in its order."""

from dateline.formats.blocks import blocks
from dateline.formats.body import plain
from dateline.formats.said import Said, said
from dateline.words.entry import Entry
from dateline.words.wire import Wire

_BEFORE_HEADLINE = "labels"


def render(entry: Entry, lang: str, wire: Wire) -> bytes:
    """One rendition as text."""
    return (text(said(entry, lang, wire)) + "\n").encode()


def text(what: Said) -> str:
    """Labels, headline, the text in print order, its address, and whose edition it is."""
    lines = [
        " · ".join(label for _, label in what.labels),
        " ".join(what.headline.split()),
        *(plain(html) for name, html in blocks(what) if name != _BEFORE_HEADLINE),
        what.url,
        f"{what.id} {what.edition} {what.released_at}",
    ]
    return "\n\n".join(line for line in lines if line)
