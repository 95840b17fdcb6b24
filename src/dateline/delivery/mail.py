"""A mail: rendered once for an entry and language, made somebody's own by a few lines at its head and foot.

Text and HTML are encoded as base64 in whole lines, so that a recipient's footer can follow without encoding the
rest again (RFC 2045 section 6.8).
"""

import base64
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape

from django.utils import translation
from django.utils.translation import gettext as _

from dateline.delivery import links
from dateline.delivery.recipient import Recipient
from dateline.formats import page_html, plain_text
from dateline.formats.said import Said, said
from dateline.words.entry import Entry
from dateline.words.wire import Wire

# Bytes in one line of base64: 57 make 76 characters.
_LINE = 57
_BOUNDARY = "=_dateline_alternative_="
_STYLE = "font:16px/1.6 Georgia,'Noto Serif',serif;color:#111;max-width:40em;margin:0 auto;padding:16px"


@dataclass(frozen=True, slots=True)
class Mail:
    """The parts that are the same for all: headers, text and HTML (encoded), and the footer with `{url}` in it."""

    headers: bytes
    text: bytes
    html: bytes
    footer: str
    lang: str
    direction: str
    wire: Wire

    @classmethod
    def of(cls, entry: Entry, lang: str, wire: Wire, sender: str) -> "Mail":
        """Render it. Of what is withdrawn or erased there is no text to render: `said` gives none."""
        what = said(entry, lang, wire)
        return cls(
            headers=_headers(entry, what, wire, sender),
            text=_lines(plain_text.text(what) + "\n\n"),
            html=_lines(_html(what)),
            footer=_footer(lang, wire),
            lang=lang,
            direction=what.rules.direction,
            wire=wire,
        )

    def to(self, recipient: Recipient, key: bytes, now: datetime) -> bytes:
        """The whole message for one recipient. `key` signs the address by which he may leave."""
        url = f"{self.wire.base_url}/unsubscribe/{links.signed(key, recipient.name)}"
        footer = self.footer.format(url=url)
        html = f'<p dir="{self.direction}" lang="{self.lang}">{_linked(self.footer, url)}</p></div></body></html>'
        return b"".join(
            (
                self._own_headers(recipient, url, now),
                self.headers,
                _part("text/plain"),
                self.text,
                base64.encodebytes(f"-- \n{footer}\n".encode()),
                _part("text/html"),
                self.html,
                base64.encodebytes(html.encode()),
                f"--{_BOUNDARY}--\r\n".encode(),
            )
        )

    def _own_headers(self, recipient: Recipient, url: str, now: datetime) -> bytes:
        lines = [
            f"To: {recipient.address}",
            f"Message-ID: <{recipient.message}@{self.wire.origin}>",
            f"Date: {format_datetime(now)}",
            f"List-Unsubscribe: <{url}>",
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        ]
        if recipient.before:
            before = f"<{recipient.before}@{self.wire.origin}>"
            lines += [f"In-Reply-To: {before}", f"References: {before}"]
        return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def _headers(entry: Entry, what: Said, wire: Wire, sender: str) -> bytes:
    """The shared headers, folded and encoded; the subject is the headline, or the label of what is taken back."""
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(wire.name, addr_spec=sender)
    message["Subject"] = " ".join(what.headline.split())
    message["List-Id"] = f"<{what.lang.lower()}.{wire.origin}>"
    message["Content-Language"] = what.lang
    message["Auto-Submitted"] = "auto-generated"
    message["Dateline-Signal"] = str(entry.signal)
    message["Dateline-Seq"] = str(entry.seq)
    message["Dateline-Id"] = what.id
    mime = f'MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary="{_BOUNDARY}"\r\n\r\n'
    return message.as_bytes().removesuffix(b"\r\n") + mime.encode()


def _html(what: Said) -> str:
    """Direction and language stand on an element of the body: mail readers drop those of `html` and `body`."""
    lang = f'lang="{escape(what.lang)}" dir="{what.rules.direction}"'
    side = "right" if what.rules.direction == "rtl" else "left"
    style = f"{_STYLE};direction:{what.rules.direction};text-align:{side}"
    head = f'<meta charset="utf-8"><title>{escape(what.headline)}</title>'
    link = f'<p><a href="{escape(what.url)}">{escape(what.url)}</a></p>'
    return (
        f"<!DOCTYPE html><html {lang}><head>{head}</head><body>"
        f'<div {lang} style="{style}">{page_html.article(what)}{link}<hr>'
    )


def _footer(lang: str, wire: Wire) -> str:
    with translation.override(lang):
        told = _("You receive this because you are subscribed to %(wire)s. To unsubscribe: %(url)s")
    return told % {"wire": wire.name.replace("{", "(").replace("}", ")"), "url": "{url}"}


def _linked(footer: str, url: str) -> str:
    return escape(footer).format(url=f'<a href="{escape(url)}">{escape(url)}</a>')


def _part(media_type: str) -> bytes:
    charset = 'charset="utf-8"'
    head = f"--{_BOUNDARY}\r\nContent-Type: {media_type}; {charset}\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return head.encode()


def _lines(text: str) -> bytes:
    """Base64 in whole lines, padded with spaces, so that more may follow."""
    data = text.encode()
    return base64.encodebytes(data + b" " * (-len(data) % _LINE))
