"""Malay.

No native speaker has reviewed this wording.
"""

from datetime import date

from babel.dates import format_date

from dateline.words.languages.language import Language


def long_date(day: date) -> str:
    return format_date(day, "long", "ms")


def dateline(place: str, day: date, wire: str) -> str:
    lead = f"{place.upper()}, " if place else ""
    return f"{lead}{long_date(day)} ({wire}) -- "


def prefix(wire: str) -> str:
    return f"({wire}) -- "


LANGUAGE = Language(
    tag="ms",
    name="Bahasa Melayu",
    direction="ltr",
    quotes=("“", "”", "‘", "’"),
    sentence_end=".?!",
    end_mark="###",
    date_rule=long_date,
    dateline_rule=dateline,
    prefix_rule=prefix,
    disclaimer=(
        "Artikel ini dibekalkan oleh penyedia kandungan pihak ketiga, {provider}. Agensi menyiarkannya "
        "seperti yang diterima, tidak mengesahkannya, dan tidak memberi sebarang jaminan atau perakuan "
        "berkaitan dengannya."
    ),
    labels={
        "third_party": "Kandungan pihak ketiga",
        "sponsored": "Tajaan",
        "state_controlled": "Sumber dikawal negara",
        "machine_translated": "Terjemahan mesin",
        "ai_use": "Dihasilkan dengan bantuan AI",
        "corrected": "Dibetulkan",
        "updated": "Dikemas kini",
        "withdrawn": "Ditarik balik",
        "test": "Ujian: bukan untuk siaran",
        "embargoed": "Di bawah embargo",
    },
    headings={
        "sectors": "Sektor",
        "contacts": "Hubungi",
        "about": "Perihal",
        "source": "Sumber",
        "tickers": "Kod saham",
        "released": "Disiarkan",
        "correction": "Pembetulan",
        "withdrawal": "Penarikan balik",
        "languages": "Bahasa lain",
    },
)
