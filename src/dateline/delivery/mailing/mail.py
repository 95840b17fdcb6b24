"""A mail: rendered once for an entry and language, made somebody's own by a few lines at its head and foot.

Text and HTML are encoded as base64 in whole lines, so that a recipient's footer can follow without encoding the
rest again (RFC 2045 section 6.8). No line of it begins with a dot, so none needs to be doubled for SMTP.
"""

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape

from django.utils import translation
from django.utils.translation import gettext as _

from dateline.delivery import links
from dateline.delivery.deciding import TAKES_BACK
from dateline.delivery.mailing import dkim
from dateline.delivery.mailing.dkim import Signer
from dateline.delivery.recipient import Recipient
from dateline.formats import page_html, plain_text
from dateline.formats.said import Said, said
from dateline.words.entry import Entry
from dateline.words.wire import Wire

# Bytes in one line of base64: 57 make 76 characters.
_LINE = 57
# Stands for the address by which one leaves.
_MARK = "\x00"
# And this for the one by which one acknowledges what is taken back.
_TAKEN_BACK = "\x01"
_BOUNDARY = "=_dateline_alternative_="
STYLE = "font:16px/1.6 Georgia,'Noto Serif',serif;color:#111;max-width:40em;margin:0 auto;padding:16px"
ONE_CLICK = "List-Unsubscribe=One-Click"
# Readers that know the dark take these over what stands on the element; the others keep that.
DARK = (
    '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">'
    "<style>@media (prefers-color-scheme:dark){"
    "body{background:#141311!important}.story{color:#ebe7de!important;background:#141311!important}"
    ".story a{color:#ee9283!important}}</style>"
)
_HTML_END = "</div></body></html>"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who the wire's mail is from, the keys of its links and of its return addresses, and who signs it."""

    wire: Wire
    address: str
    leave: bytes
    bounce: bytes
    signers: tuple[Signer, ...] = ()
    acknowledge: bytes = b""

    @property
    def host(self) -> str:
        """The domain that mail comes from."""
        return self.address.rpartition("@")[2]

    def envelope(self, to: Recipient, seq: int) -> str:
        """The return address, of which a bounce tells what it bounced from (variable envelope return path)."""
        local, _, host = self.address.rpartition("@")
        return f"{local}+{links.bounce(self.bounce, to.name, seq)}@{host}"

    def leaving(self, to: Recipient) -> str:
        return f"{self.wire.base_url}/unsubscribe/{links.signed(self.leave, to.name)}"

    def acknowledging(self, to: Recipient, seq: int) -> str:
        return links.acknowledging(self.wire.base_url, self.acknowledge, to.name, seq)


@dataclass(frozen=True, slots=True)
class Foot:
    """The end of a part, with marks where the addresses stand by which one leaves and acknowledges."""

    told: str

    def lines(self, url: str, acknowledge: str) -> bytes:
        told = self.told.replace(_MARK, url).replace(_TAKEN_BACK, acknowledge)
        return _crlf(base64.encodebytes(told.encode()))


@dataclass(slots=True)
class Mail:
    """What is the same for all: headers (as they are, and canonical for DKIM), and the parts with what follows them."""

    seq: int
    headers: bytes
    canonical: bytes
    names: str
    text: bytes
    text_foot: Foot
    html: bytes
    html_foot: Foot
    # Whether it takes something back, and so asks its reader to acknowledge that.
    asks: bool
    _date: tuple[int, str] = field(default=(0, ""))

    @classmethod
    def of(cls, entry: Entry, lang: str, sender: Sender) -> "Mail":
        """Render it. Of what is withdrawn or erased there is no text to render: `said` gives none."""
        what = said(entry, lang, sender.wire)
        shared = _headers(entry, what, sender)
        told = _footer(lang, sender.wire)
        asked = _asked(lang) if entry.signal in TAKES_BACK else ""
        side = f'dir="{what.rules.direction}" lang="{lang}"'
        return cls(
            seq=entry.seq,
            headers="".join(f"{name}: {value}\r\n" for name, value in shared).encode("ascii"),
            canonical=dkim.canonical(shared),
            names=dkim.names([*shared, *((name, "") for name in _OWN)]),
            text=_part("text/plain") + _lines(plain_text.text(what) + "\n\n"),
            text_foot=Foot(f"{asked}\n\n-- \n{told}\n" if asked else f"-- \n{told}\n"),
            html=_part("text/html") + _lines(_html(what)),
            html_foot=Foot("".join(f"<p {side}>{_linked(each)}</p>" for each in (asked, told) if each) + _HTML_END),
            asks=bool(asked),
        )

    def to(self, recipient: Recipient, sender: Sender, now: datetime) -> bytes:
        """The whole message for one recipient, ready for SMTP."""
        url = sender.leaving(recipient)
        acknowledge = sender.acknowledging(recipient, self.seq) if self.asks else ""
        own = self._own(recipient, sender.wire.origin, url, now)
        text_foot, html_foot = (foot.lines(url, acknowledge) for foot in (self.text_foot, self.html_foot))
        body = b"".join((self.text, text_foot, self.html, html_foot, _END))
        head = "".join(f"{name}: {value}\r\n" for name, value in own).encode("ascii")
        signed = self._signed(own, body, sender.signers, now) if sender.signers else b""
        return b"".join((signed, head, self.headers, b"\r\n", body))

    def _own(self, to: Recipient, origin: str, url: str, now: datetime) -> list[tuple[str, str]]:
        """In the order of `_OWN`."""
        before = f"<{to.before}@{origin}>" if to.before else ""
        return [
            ("To", to.address),
            ("Message-ID", f"<{to.message}@{origin}>"),
            ("Date", self._dated(now)),
            ("List-Unsubscribe", f"<{url}>"),
            ("List-Unsubscribe-Post", ONE_CLICK),
            *([("In-Reply-To", before), ("References", before)] if before else []),
        ]

    def _dated(self, now: datetime) -> str:
        """Formatted once a second."""
        second = int(now.timestamp())
        if self._date[0] != second:
            self._date = second, format_datetime(now)
        return self._date[1]

    def _signed(self, own: list[tuple[str, str]], body: bytes, signers: tuple[Signer, ...], now: datetime) -> bytes:
        digest = hashlib.sha256(body).digest()
        canonical = self.canonical + dkim.canonical(own[: len(_OWN)])
        at = int(now.timestamp())
        return b"".join(signer.header(self.names, canonical, digest, at) for signer in signers)


# The headers that are a recipient's own, and signed.
_OWN = ("To", "Message-ID", "Date", "List-Unsubscribe", "List-Unsubscribe-Post")
_END = f"--{_BOUNDARY}--\r\n".encode()


def _headers(entry: Entry, what: Said, sender: Sender) -> list[tuple[str, str]]:
    """The shared headers, folded and encoded; the subject is the headline, or the label of what is taken back."""
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(sender.wire.name, addr_spec=sender.address)
    message["Subject"] = " ".join(what.headline.split())
    message["List-Id"] = f"<{what.lang.lower()}.{sender.wire.origin}>"
    message["Content-Language"] = what.lang
    message["Auto-Submitted"] = "auto-generated"
    message["Dateline-Signal"] = str(entry.signal)
    message["Dateline-Seq"] = str(entry.seq)
    message["Dateline-Id"] = what.id
    folded = message.as_bytes().decode("ascii").removesuffix("\r\n\r\n").removesuffix("\r\n")
    return [
        *parted(folded),
        ("MIME-Version", "1.0"),
        ("Content-Type", f'multipart/alternative; boundary="{_BOUNDARY}"'),
    ]


def parted(folded: str) -> list[tuple[str, str]]:
    """Header lines as (name, value); a value keeps its folds."""
    found: list[tuple[str, str]] = []
    for line in folded.split("\r\n"):
        if line[:1] in {" ", "\t"}:
            name, value = found.pop()
            found.append((name, f"{value}\r\n{line}"))
        elif line:
            name, _, value = line.partition(":")
            found.append((name, value.removeprefix(" ")))
    return found


def _html(what: Said) -> str:
    """Direction and language stand on an element of the body: mail readers drop those of `html` and `body`."""
    lang = f'lang="{escape(what.lang)}" dir="{what.rules.direction}"'
    side = "right" if what.rules.direction == "rtl" else "left"
    style = f"{STYLE};direction:{what.rules.direction};text-align:{side}"
    head = f'<meta charset="utf-8">{DARK}<title>{escape(what.headline)}</title>'
    link = f'<p><a href="{escape(what.url)}">{escape(what.url)}</a></p>'
    return (
        f"<!DOCTYPE html><html {lang}><head>{head}</head><body>"
        f'<div class="story" {lang} style="{style}">{page_html.article(what)}{link}<hr>'
    )


def _footer(lang: str, wire: Wire) -> str:
    with translation.override(lang):
        told = _("You receive this because you are subscribed to %(wire)s. To unsubscribe: %(url)s")
    return told % {"wire": wire.name.replace(_MARK, "").replace(_TAKEN_BACK, ""), "url": _MARK}


def _asked(lang: str) -> str:
    """What a mail that takes something back asks of its reader."""
    with translation.override(lang):
        return _("Please acknowledge that you have taken it back: %(url)s") % {"url": _TAKEN_BACK}


def _linked(told: str) -> str:
    """As HTML, its addresses as links."""
    html = escape(told)
    for mark in (_MARK, _TAKEN_BACK):
        html = html.replace(mark, f'<a href="{mark}">{mark}</a>')
    return html


def _part(media_type: str) -> bytes:
    charset = 'charset="utf-8"'
    head = f"--{_BOUNDARY}\r\nContent-Type: {media_type}; {charset}\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return head.encode()


def _lines(text: str) -> bytes:
    """Base64 in whole lines, padded with spaces, so that more may follow."""
    data = text.encode()
    return _crlf(base64.encodebytes(data + b" " * (-len(data) % _LINE)))


def _crlf(lines: bytes) -> bytes:
    return lines.replace(b"\n", b"\r\n")
