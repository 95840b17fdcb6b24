"""German. The dateline's month is cut, and the place stands in capitals.

No native speaker has reviewed this wording.
"""

from datetime import date

from babel.dates import format_date

from dateline.words.languages.language import Language


def long_date(day: date) -> str:
    return format_date(day, "long", "de")


def dateline(place: str, day: date, wire: str) -> str:
    months = ("Jan.", "Feb.", "März", "April", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez.")
    lead = f"{place.upper()}, " if place else ""
    return f"{lead}{day.day}. {months[day.month - 1]} {day.year} ({wire}) – "


def prefix(wire: str) -> str:
    return f"({wire}) – "


LANGUAGE = Language(
    tag="de",
    name="Deutsch",
    direction="ltr",
    quotes=("„", "“", "‚", "‘"),
    sentence_end=".?!",
    end_mark="###",
    date_rule=long_date,
    dateline_rule=dateline,
    prefix_rule=prefix,
    disclaimer=(
        "Der Artikel wird von einem Drittanbieter, {provider}, bereitgestellt. Die Agentur verbreitet "
        "ihn, wie er geliefert wurde, hat ihn nicht geprüft und übernimmt dafür weder Gewähr noch "
        "Haftung."
    ),
    labels={
        "third_party": "Inhalt eines Drittanbieters",
        "sponsored": "Gesponsert",
        "state_controlled": "Staatlich kontrollierte Quelle",
        "machine_translated": "Maschinell übersetzt",
        "ai_use": "Mit Hilfe von KI erstellt",
        "corrected": "Berichtigt",
        "updated": "Aktualisiert",
        "withdrawn": "Zurückgezogen",
        "test": "Test: nicht zur Veröffentlichung",
        "embargoed": "Mit Sperrfrist",
    },
    headings={
        "sectors": "Branchen",
        "contacts": "Kontakt",
        "about": "Über",
        "source": "Quelle",
        "tickers": "Börsenkürzel",
        "released": "Veröffentlicht",
        "correction": "Berichtigung",
        "withdrawal": "Widerruf",
        "languages": "Weitere Sprachen",
    },
)
