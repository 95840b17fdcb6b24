"""The shape of a language's rules, and the neutral rules for a language that has no file."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal
from unicodedata import east_asian_width

import langcodes

RTL_SCRIPTS = frozenset({"Arab", "Hebr", "Syrc", "Thaa", "Nkoo", "Adlm", "Rohg"})

# Every language file words each of these.
LABELS = (
    "third_party",
    "sponsored",
    "state_controlled",
    "machine_translated",
    "ai_use",
    "corrected",
    "updated",
    "withdrawn",
    "test",
    "embargoed",
)
HEADINGS = ("sectors", "contacts", "about", "source", "tickers", "released", "correction", "withdrawal", "languages")


_QUOTE = re.compile(r"<(/?)q((?: [^<>]*)?)>")


@dataclass(frozen=True, slots=True)
class Language:
    """One language's rules.

    `quotes` are the outer and the inner pair. `dateline_rule` gets place, date and the wire's name;
    `prefix_rule` the wire's name alone, for what a provider has already datelined. `disclaimer`
    has `{provider}` in it. `reviewed` names the wordings that a native speaker has checked.
    """

    tag: str
    name: str
    direction: Literal["ltr", "rtl"]
    quotes: tuple[str, str, str, str]
    sentence_end: str
    end_mark: str
    date_rule: Callable[[date], str]
    dateline_rule: Callable[[str, date, str], str]
    prefix_rule: Callable[[str], str]
    disclaimer: str
    labels: Mapping[str, str]
    headings: Mapping[str, str]
    list_separator: str = ", "
    heading_colon: str = ": "
    reviewed: frozenset[str] = frozenset()

    def long_date(self, day: date) -> str:
        return self.date_rule(day)

    def dateline(self, place: str, day: date, wire: str) -> str:
        """`SEOUL, Nov. 23, 2026 (Wire) – `; ends in the space that the body follows, where the language has one."""
        return self.dateline_rule(place, day, wire)

    def prefix(self, wire: str) -> str:
        """`(Wire) – `: what stands before text that brings a dateline of its own."""
        return self.prefix_rule(wire)

    def third_party(self, provider: str) -> str:
        """The disclaimer under what a third-party content provider filed."""
        return self.disclaimer.format(provider=provider)

    def quoted(self, text: str) -> str:
        return f"{self.quotes[0]}{text}{self.quotes[1]}"

    def quoting(self, body_html: str) -> str:
        """A clean body with each `q` element printed in this language's marks, the inner pair within the outer.

        A `q` that says its language or direction leaves a `span` that says so.
        """
        open_quotes: list[tuple[str, str]] = []

        def mark(tag: re.Match[str]) -> str:
            if tag[1]:
                return "".join(open_quotes.pop()) if open_quotes else ""
            at = 2 * (len(open_quotes) % 2)
            before, after = (each.replace("\u00a0", "&nbsp;") for each in self.quotes[at : at + 2])
            open_quotes.append((after, "</span>" if tag[2] else ""))
            return f"<span{tag[2]}>{before}" if tag[2] else before

        return _QUOTE.sub(mark, body_html)

    def label(self, kind: str) -> str:
        return self.labels[kind]

    def heading(self, kind: str) -> str:
        return self.headings[kind]


def before_date(place: str) -> str:
    """A place that a date follows without a comma, as in Chinese and Japanese: after narrow letters stands a space."""
    return f"{place} " if place and east_asian_width(place[-1]) not in {"W", "F"} else place


def neutral(tag: str) -> Language:
    """Rules for any other tag: ISO date, straight form, English wording marked as such by its tag."""
    from_tag = langcodes.Language.get(tag)
    script = from_tag.maximize().script or "Latn"
    return Language(
        tag=tag,
        name=from_tag.autonym(),
        direction="rtl" if script in RTL_SCRIPTS else "ltr",
        quotes=("“", "”", "‘", "’"),
        sentence_end=".?!",
        end_mark="###",
        date_rule=date.isoformat,
        dateline_rule=lambda place, day, wire: f"{place + ', ' if place else ''}{day.isoformat()} ({wire}) – ",
        prefix_rule=lambda wire: f"({wire}) – ",
        disclaimer=NEUTRAL_DISCLAIMER,
        labels=NEUTRAL_LABELS,
        headings=NEUTRAL_HEADINGS,
    )


NEUTRAL_DISCLAIMER = (
    "This article is provided by a third party, {provider}. The wire carries it as it was supplied, "
    "has not verified it, and makes no warranty or representation in connection with it."
)
NEUTRAL_LABELS = {
    "third_party": "Third-party content",
    "sponsored": "Sponsored",
    "state_controlled": "State-controlled source",
    "machine_translated": "Machine-translated",
    "ai_use": "Made with the help of AI",
    "corrected": "Corrected",
    "updated": "Updated",
    "withdrawn": "Withdrawn",
    "test": "Test: not for publication",
    "embargoed": "Under embargo",
}
NEUTRAL_HEADINGS = {
    "sectors": "Sectors",
    "contacts": "Contacts",
    "about": "About",
    "source": "Source",
    "tickers": "Tickers",
    "released": "Released",
    "correction": "Correction",
    "withdrawal": "Withdrawal",
    "languages": "Also available in",
}
