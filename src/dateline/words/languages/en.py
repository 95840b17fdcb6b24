"""English, as in the United States, and as in Britain. The dateline's month is cut as the agencies cut it.

No native speaker has reviewed this wording.
"""

from dataclasses import replace
from datetime import date

from babel.dates import format_date

from dateline.words.languages.language import Language


def long_date(day: date) -> str:
    return format_date(day, "long", "en")


def dateline(place: str, day: date, wire: str) -> str:
    months = ("Jan.", "Feb.", "March", "April", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec.")
    lead = f"{place.upper()}, " if place else ""
    return f"{lead}{months[day.month - 1]} {day.day}, {day.year} ({wire}) – "


def british_date(day: date) -> str:
    return format_date(day, "long", "en_GB")


def british_dateline(place: str, day: date, wire: str) -> str:
    lead = f"{place.upper()}, " if place else ""
    return f"{lead}{british_date(day)} ({wire}) – "


def prefix(wire: str) -> str:
    return f"({wire}) – "


LANGUAGE = Language(
    tag="en",
    name="English",
    direction="ltr",
    quotes=("“", "”", "‘", "’"),
    sentence_end=".?!",
    end_mark="###",
    date_rule=long_date,
    dateline_rule=dateline,
    prefix_rule=prefix,
    disclaimer=(
        "This article is provided by a third-party content provider, {provider}. The wire carries it as "
        "it was supplied, has not verified it, and makes no warranty or representation in connection "
        "with it."
    ),
    labels={
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
    },
    headings={
        "sectors": "Sectors",
        "contacts": "Contacts",
        "about": "About",
        "source": "Source",
        "tickers": "Tickers",
        "released": "Released",
        "correction": "Correction",
        "withdrawal": "Withdrawal",
        "languages": "Also available in",
    },
)
BRITISH = replace(
    LANGUAGE, tag="en-GB", name="English (United Kingdom)", date_rule=british_date, dateline_rule=british_dateline
)
