"""English."""

from datetime import date

from babel.dates import format_date

from dateline.words.languages.language import NEUTRAL_DISCLAIMER, NEUTRAL_HEADINGS, NEUTRAL_LABELS, Language


def _date(day: date) -> str:
    return format_date(day, "long", "en")


def _dateline(place: str, day: date, wire: str) -> str:
    lead = f"{place.upper()}, " if place else ""
    return f"{lead}{_date(day)} ({wire}) – "


LANGUAGE = Language(
    tag="en",
    name="English",
    direction="ltr",
    quotes=("“", "”", "‘", "’"),
    sentence_end=".?!",
    end_mark="###",
    date_rule=_date,
    dateline_rule=_dateline,
    prefix_rule=lambda wire: f"({wire}) – ",
    disclaimer=NEUTRAL_DISCLAIMER,
    labels=NEUTRAL_LABELS,
    headings=NEUTRAL_HEADINGS,
)
