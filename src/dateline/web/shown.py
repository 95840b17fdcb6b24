"""Log entries as pages show them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property

from babel.core import UnknownLocaleError
from babel.dates import get_datetime_format
from django.conf import settings

from dateline.formats.body import plain
from dateline.formats.feed import SUMMARY
from dateline.formats.said import Said, said
from dateline.words import sectors
from dateline.words.entry import Entry
from dateline.words.languages import language
from dateline.words.release import Signal

_PLACE = "\ufffc"


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
    def time(self) -> str:
        return f"{self.entry.released_at:%H:%M}"

    @property
    def day(self) -> str:
        return day_of(self.entry.released_at, self.lang)

    @property
    def place(self) -> str:
        """The dateline's place, where our own rule printed the dateline."""
        return place(self.said.dateline, self.lang, self.entry.released_at.date(), settings.DATELINE_WIRE.name)

    @property
    def summary(self) -> str:
        """The subhead, or the beginning of the body; of what has no text, why."""
        if not self.said.usable:
            return self.said.ednote
        words = self.said.subhead or plain(self.said.body_html)
        return words if len(words) <= SUMMARY else words[:SUMMARY].rsplit(" ", 1)[0] + "…"

    @property
    def sectors(self) -> list[tuple[str, str]]:
        """(code, name) of each sector."""
        return [(code, sectors.name(code, self.lang)) for code in self.entry.sectors]

    @property
    def is_test(self) -> bool:
        return self.entry.signal is Signal.TEST


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language as a link: its tag, its own name, its direction, and where it leads."""

    tag: str
    name: str
    direction: str
    path: str
    url: str


def tongue(tag: str, path: str) -> Tongue:
    rules = language(tag)
    return Tongue(tag, rules.name, rules.direction, path, f"{settings.DATELINE_WIRE.base_url}{path}")


def when(moment: datetime, lang: str) -> str:
    """Date and time in the page's language; always UTC, and says so."""
    clock = f"{moment.astimezone(UTC):%H:%M}\u00a0UTC"
    try:
        order = str(get_datetime_format("medium", locale=lang.replace("-", "_")))
    except (UnknownLocaleError, ValueError):
        order = "{1} {0}"
    return order.replace("{1}", day_of(moment, lang)).replace("{0}", clock)


def day_of(moment: datetime, lang: str) -> str:
    """The day as a dateline of that language writes it."""
    return language(lang).long_date(moment.astimezone(UTC).date())


def place(dateline: str, lang: str, day: date, wire: str) -> str:
    """What our rule put first in a dateline; empty for a provider's own dateline, or one without a place.

    The rule is asked to print a mark in the place's stead. T's zone may have made it the day before or after.
    """
    rules = language(lang)
    for shift in (0, 1, -1):
        before, _, after = rules.dateline(_PLACE, day + timedelta(days=shift), wire).strip().partition(_PLACE)
        text = dateline.strip()
        if text.startswith(before) and text.endswith(after) and len(text) > len(before) + len(after):
            return text[len(before) : len(text) - len(after)]
    return ""
