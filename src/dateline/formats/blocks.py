"""The text of a rendition as blocks of HTML, in the order in which a wire prints them. Every format prints these.

A provider's release: dateline and subhead, body, what it brings along, disclaimer, sectors, the
wire's boilerplate. An issuer's own: subhead, dateline and body, boilerplate, contacts, end mark,
sectors. Body and boilerplate are clean already (`formats.body`); all else is escaped here.
"""

import re
from html import escape

from dateline.formats.said import Said

_FIRST_PARAGRAPH = re.compile(r"<p(?: [^<>]*)?>")


def blocks(what: Said) -> list[tuple[str, str]]:
    """(name, HTML) of each block that is not empty; the headline is none of them. Without text, what is left to say."""
    written = (
        ("labels", _labels(what)),
        ("ednote", _paragraph(what.ednote)),
        ("subhead", "" if _leads(what) else _paragraph(what.subhead)),
        ("lead", _lead(what) if _leads(what) else ""),
        ("body", what.body_html if _leads(what) else run_in(what.dateline, what.body_html)),
        ("boilerplate", what.boilerplate_html),
        ("contacts", _contacts(what)),
        ("end", _paragraph(what.end_mark)),
        ("disclaimer", _paragraph(what.disclaimer)),
        ("sectors", _paragraph(what.sector_line)),
        ("wire", _paragraph(what.about_wire)),
    )
    return [(name, html) for name, html in written if html]


def run_in(dateline: str, body_html: str) -> str:
    """The body with the dateline at the head of its first paragraph, or in one of its own before a heading or table."""
    if not dateline.strip():
        return body_html
    printed = f'<span class="dateline">{escape(dateline)}</span>'
    first = _FIRST_PARAGRAPH.match(body_html)
    if first is None:
        return f"<p>{printed}</p>{body_html}"
    return body_html[: first.end()] + printed + body_html[first.end() :]


def _leads(what: Said) -> bool:
    """Whether the subhead stands after the dateline, as it does in what a provider filed."""
    return what.provided and bool(what.subhead)


def _lead(what: Said) -> str:
    return f'<p><span class="dateline">{escape(what.dateline)}</span>{escape(what.subhead)}</p>'


def _labels(what: Said) -> str:
    items = "".join(f'<li class="label-{kind}">{escape(text)}</li>' for kind, text in what.labels)
    return f"<ul>{items}</ul>" if items else ""


def _contacts(what: Said) -> str:
    if not what.contacts:
        return ""
    items = "".join(f"<li>{_contact(contact)}</li>" for contact in what.contacts)
    return f"<h2>{escape(what.rules.heading('contacts'))}</h2><ul>{items}</ul>"


def _contact(contact: dict[str, str]) -> str:
    lines = [escape(contact[key]) for key in ("name", "role", "organisation", "phone") if contact.get(key)]
    if contact.get("email"):
        lines.append(f'<a href="mailto:{escape(contact["email"])}">{escape(contact["email"])}</a>')
    if contact.get("url", "").startswith(("http://", "https://")):
        lines.append(f'<a href="{escape(contact["url"])}">{escape(contact["url"])}</a>')
    elif contact.get("url"):
        lines.append(escape(contact["url"]))
    if contact.get("text"):
        lines.append(escape(contact["text"]).replace("\n", "<br>"))
    return "<br>".join(lines)


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>" if text else ""
