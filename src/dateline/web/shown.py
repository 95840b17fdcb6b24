"""Log entries as pages show them."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from babel.core import UnknownLocaleError
from babel.dates import format_datetime
from django.conf import settings
from django.http import HttpRequest

from dateline.formats.body import plain
from dateline.formats.feed import SUMMARY
from dateline.formats.said import Said, said
from dateline.people import accounts
from dateline.words import sectors
from dateline.words.entry import Entry
from dateline.words.languages import language


@dataclass(frozen=True)
class Story:
    """One rendition's entry in a list or on its page."""

    entry: Entry
    lang: str

    @cached_property
    def said(self) -> Said:
        return said(self.entry, self.lang, settings.DATELINE_WIRE)

    @property
    def path(self) -> str:
        return f"/{self.lang}/{self.entry.key}"

    @property
    def when(self) -> str:
        return when(self.entry.released_at, self.lang)

    @property
    def summary(self) -> str:
        if not self.said.usable:
            return self.said.ednote
        words = self.said.subhead or plain(self.said.body_html)
        return words if len(words) <= SUMMARY else words[:SUMMARY].rsplit(" ", 1)[0] + "…"

    @property
    def sector_names(self) -> str:
        return language(self.lang).list_separator.join(sectors.names(self.entry.sectors, self.lang))


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language as a link: its tag, its own name, and where it leads."""

    tag: str
    name: str
    path: str = ""
    url: str = ""


def tongue(tag: str, path: str = "") -> Tongue:
    return Tongue(tag, language(tag).name, path, f"{settings.DATELINE_WIRE.base_url}{path}")


def when(moment: datetime, lang: str) -> str:
    """Date and time in the page's language; always UTC, and says so."""
    try:
        return format_datetime(moment, "d MMM y, HH:mm 'UTC'", tzinfo=ZoneInfo("UTC"), locale=lang.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return f"{moment:%Y-%m-%d %H:%M} UTC"


def groups(request: HttpRequest) -> frozenset[str]:
    """The audience groups that the reader of a page is in."""
    actor = accounts.actor(request)
    return actor.groups if actor else frozenset()
