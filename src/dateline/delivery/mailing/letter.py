"""The mails of the house itself: short, personal, signed as all its mail is, and without any release in them."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from dateline.delivery import links
from dateline.delivery.mailing import dkim
from dateline.delivery.mailing.mail import DARK, ONE_CLICK, STYLE, Sender, parted
from dateline.delivery.recipient import Recipient
from dateline.words.languages import language

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Listed:
    """A release in a digest. In HTML its headline leads to it; in plain text its address stands beneath."""

    dateline: str
    headline: str
    url: str
    lang: str


@dataclass(frozen=True, slots=True)
class Leading:
    """A sentence with an address of ours in it, which is a link in HTML."""

    text: str
    url: str


Paragraph = str | Listed | Leading


@dataclass(frozen=True, slots=True)
class Said:
    """The text of a letter: its subject and its paragraphs, of which some are addresses to go to."""

    subject: str
    paragraphs: tuple[Paragraph, ...]


def confirm(values: Values) -> Said:
    """Whether an address is theirs, before anything is sent there."""
    return Said(
        _("Is this your address?"),
        (
            _("Somebody, we hope you, asked %(wire)s to send press releases to this address.") % values,
            _("Nothing is sent until you say so. Open this page and say yes; there you can also say never:"),
            values["url"],
            _("If you do nothing, you will hear no more of it."),
        ),
    )


def digest(values: Values) -> Said:
    """The releases that were gathered, each with its address; one leaves as from any other mail."""
    items = values["items"]
    subject = _("Releases from %(wire)s: %(count)s") % {"count": len(items), "wire": values["wire"]}
    leaving = _("You receive this because you are subscribed to %(wire)s. To unsubscribe: %(url)s")
    listed = (Listed(each["dateline"], each["headline"], each["url"], each["lang"]) for each in items)
    told = leaving % {"wire": values["wire"], "url": values["leave"]}
    return Said(subject, (*listed, Leading(told, values["leave"])))


def left_alone(values: Values) -> Said:
    """To its owner: a webhook that does not answer is asked once in a while, and what it is owed waits."""
    apart = _apart(values)
    return Said(
        _("Your webhook does not answer: %(host)s") % values,
        (
            _("%(host)s has failed each time since %(since)s. What came of the last attempt:") % apart,
            apart["said"],
            _("We now try it ever less often, but every hour at least. What else it is owed waits until it answers."),
            _page(),
            values["url"],
        ),
    )


def well_again(values: Values) -> Said:
    """To its owner: it answers, and what waited is on its way."""
    told = _("%(host)s answers again. What waited for it is being sent now.") % _apart(values)
    return Said(_("Your webhook answers again: %(host)s") % values, (told, _page(), values["url"]))


def ended(values: Values) -> Said:
    """To its owner: the webhook itself said that it wants nothing more."""
    apart = _apart(values)
    return Said(
        _("Your webhook has ended: %(host)s") % values,
        (
            _("%(host)s answered that it wants nothing more. So we send nothing there any more. Its answer:") % apart,
            apart["said"],
            _("If that was a mistake, add it again on your subscription page:"),
            values["url"],
        ),
    )


KINDS: dict[str, Callable[[Values], Said]] = {
    "confirm": confirm,
    "digest": digest,
    "left_alone": left_alone,
    "well_again": well_again,
    "ended": ended,
}


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter, ready to be rendered in its language; `seq` is that of no entry."""

    kind: str
    lang: str
    values: Values
    seq: int = links.NO_ENTRY

    def to(self, recipient: Recipient, sender: Sender, now: datetime) -> bytes:
        """The whole message, ready for SMTP: base64 and headers have no line that begins with a dot."""
        head, body = self._message(recipient, sender, now).as_bytes().split(b"\r\n\r\n", 1)
        headers = parted(head.decode("ascii"))
        digest, at = hashlib.sha256(body).digest(), int(now.timestamp())
        names, signed = dkim.names(headers), dkim.canonical(headers)
        signatures = b"".join(each.header(names, signed, digest, at) for each in sender.signers)
        return b"".join((signatures, head, b"\r\n\r\n", body))

    def _message(self, to: Recipient, sender: Sender, now: datetime) -> EmailMessage:
        with translation.override(self.lang):
            told = KINDS[self.kind]({**self.values, "wire": sender.wire.name})
        message = EmailMessage(policy=SMTP)
        message["From"] = Address(sender.wire.name, addr_spec=sender.address)
        message["To"] = to.address
        message["Subject"] = told.subject
        message["Message-ID"] = f"<{to.message}@{sender.wire.origin}>"
        message["Date"] = format_datetime(now)
        message["Auto-Submitted"] = "auto-generated"
        if leave := self.values.get("leave"):
            message["List-Unsubscribe"] = f"<{leave}>"
            message["List-Unsubscribe-Post"] = ONE_CLICK
        message.set_content("\n\n".join(map(_plain, told.paragraphs)) + "\n", cte="base64")
        message.add_alternative(self._html(told), subtype="html", cte="base64")
        # What is said before is moved into the first part.
        message["Content-Language"] = self.lang
        return message

    def _html(self, told: Said) -> str:
        """Direction and language stand on an element of the body: mail readers drop those of `html` and `body`."""
        facing = language(self.lang).direction
        lines = "".join(map(_html, told.paragraphs))
        lang = f'lang="{escape(self.lang)}" dir="{facing}"'
        head = f'<head><meta charset="utf-8">{DARK}<title>{escape(told.subject)}</title></head>'
        style = f"{STYLE};direction:{facing};text-align:{'right' if facing == 'rtl' else 'left'}"
        body = f'<body><div class="story" {lang} style="{style}">{lines}</div></body>'
        return f"<!DOCTYPE html><html {lang}>{head}{body}</html>\n"


def _page() -> str:
    return _("Its page shows each attempt with its answer. There you can send a test, and send again what failed:")


def _apart(values: Values) -> dict[str, str]:
    """What others wrote, kept from turning the line around it, in text and HTML: U+2068 and U+2069 (UAX 9)."""
    return {name: f"\u2068{value}\u2069" for name, value in values.items()}


def _plain(paragraph: Paragraph) -> str:
    match paragraph:
        case Listed(dateline, headline, url):
            return f"{dateline} {headline}".strip() + f"\n{url}"
        case Leading(text):
            return text
    return paragraph


def _html(paragraph: Paragraph) -> str:
    match paragraph:
        case Listed(dateline, headline, url, lang):
            facing = f'lang="{escape(lang)}" dir="{language(lang).direction}"'
            title = f'<a href="{escape(url)}" style="font-weight:bold">{escape(headline)}</a>'
            return f"<p {facing}>{f'{escape(dateline)} {title}'.strip()}</p>"
        case Leading(text, url):
            return f"<p>{escape(text).replace(escape(url), _link(url))}</p>"
    is_url = paragraph.startswith(("https://", "http://")) and " " not in paragraph
    return f"<p>{_link(paragraph) if is_url else escape(paragraph)}</p>"


def _link(url: str) -> str:
    return f'<a href="{escape(url)}" dir="ltr" style="overflow-wrap:anywhere">{escape(url)}</a>'
