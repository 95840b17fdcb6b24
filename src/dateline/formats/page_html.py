"""An entry as a standalone HTML document, and as the fragment that pages and mails are built around."""

from html import escape

from dateline.formats.said import Said, said
from dateline.words.entry import Entry
from dateline.words.wire import Wire


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
    """The `<article>`, in print order. Body and boilerplate are clean already; all else is escaped."""
    blocks = [
        _labels(what),
        f"<h1>{escape(what.headline)}</h1>",
        _paragraph("subhead", what.subhead),
        *(_text(what) if what.usable else [_paragraph("ednote", what.ednote)]),
        _paragraph("disclaimer", what.disclaimer),
        _paragraph("sectors", what.sector_line),
        _paragraph("wire", what.about_wire),
        _paragraph("identity", f"{what.id} · {what.edition} · {what.released_at}"),
    ]
    lang = f'lang="{escape(what.lang)}" dir="{what.rules.direction}"'
    return f"<article {lang}>{''.join(blocks)}</article>"


def _text(what: Said) -> list[str]:
    return [
        _paragraph("ednote", what.ednote),
        f'<p class="dateline">{escape(what.dateline)}</p>' if what.dateline else "",
        f'<div class="body">{what.body_html}</div>',
        f'<div class="boilerplate">{what.boilerplate_html}</div>' if what.boilerplate_html else "",
        _contacts(what),
        _paragraph("end", what.end_mark),
    ]


def _labels(what: Said) -> str:
    items = "".join(f'<li class="label-{kind}">{escape(text)}</li>' for kind, text in what.labels)
    return f'<ul class="labels">{items}</ul>' if items else ""


def _contacts(what: Said) -> str:
    if not what.contacts:
        return ""
    items = "".join(f"<li>{_contact(contact)}</li>" for contact in what.contacts)
    return f'<section class="contacts"><h2>{escape(what.rules.heading("contacts"))}</h2><ul>{items}</ul></section>'


def _contact(contact: dict[str, str]) -> str:
    said = [escape(contact[key]) for key in ("name", "role", "organisation", "phone") if contact.get(key)]
    if contact.get("email"):
        said.append(f'<a href="mailto:{escape(contact["email"])}">{escape(contact["email"])}</a>')
    if contact.get("url", "").startswith(("http://", "https://")):
        said.append(f'<a href="{escape(contact["url"])}">{escape(contact["url"])}</a>')
    if contact.get("text"):
        said.append(escape(contact["text"]).replace("\n", "<br>"))
    return "<br>".join(said)


def _paragraph(name: str, text: str) -> str:
    return f'<p class="{name}">{escape(text)}</p>' if text else ""
