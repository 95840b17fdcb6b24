"""An entry as plain text, UTF-8, a line a paragraph: what a wire prints, in its order."""

from dateline.formats.body import plain
from dateline.formats.said import Said, said
from dateline.words.entry import Entry
from dateline.words.wire import Wire


def render(entry: Entry, lang: str, wire: Wire) -> bytes:
    """One rendition as text."""
    return (text(said(entry, lang, wire)) + "\n").encode()


def text(what: Said) -> str:
    """Labels, headline, subhead, dateline and body, then what stands under a release of its kind."""
    blocks = [
        " · ".join(label for _, label in what.labels),
        what.headline,
        what.subhead,
        what.dateline.rstrip() + " " + plain(what.body_html) if what.usable else "",
        plain(what.boilerplate_html),
        what.disclaimer,
        what.sector_line,
        what.about_wire,
        *(_contact(contact) for contact in what.contacts),
        what.end_mark if what.usable else "",
        what.ednote,
        what.url,
        f"{what.id} {what.edition} {what.released_at}",
    ]
    return "\n\n".join(block.strip() for block in blocks if block.strip())


def _contact(contact: dict[str, str]) -> str:
    keys = ("name", "role", "organisation", "phone", "email", "url", "text")
    return "\n".join(contact[key] for key in keys if contact.get(key))
