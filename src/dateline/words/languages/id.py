"""Indonesian. Place names keep their case.

No native speaker has reviewed this wording.
"""

from datetime import date

from babel.dates import format_date

from dateline.words.languages.language import Language


def long_date(day: date) -> str:
    return format_date(day, "long", "id")


def dateline(place: str, day: date, wire: str) -> str:
    lead = f"{place}, " if place else ""
    return f"{lead}{long_date(day)} ({wire}) - "


def prefix(wire: str) -> str:
    return f"({wire}) - "


LANGUAGE = Language(
    tag="id",
    name="Bahasa Indonesia",
    direction="ltr",
    quotes=("“", "”", "‘", "’"),
    sentence_end=".?!",
    end_mark="###",
    date_rule=long_date,
    dateline_rule=dateline,
    prefix_rule=prefix,
    disclaimer=(
        "Artikel ini disediakan oleh penyedia konten pihak ketiga, {provider}. Kantor berita memuatnya "
        "sebagaimana diterima, tidak memverifikasinya, dan tidak memberikan jaminan atau pernyataan apa "
        "pun sehubungan dengannya."
    ),
    labels={
        "third_party": "Konten pihak ketiga",
        "sponsored": "Bersponsor",
        "state_controlled": "Sumber yang dikendalikan negara",
        "machine_translated": "Terjemahan mesin",
        "ai_use": "Dibuat dengan bantuan AI",
        "corrected": "Dikoreksi",
        "updated": "Diperbarui",
        "withdrawn": "Ditarik",
        "test": "Uji coba: bukan untuk publikasi",
        "embargoed": "Dalam embargo",
    },
    headings={
        "sectors": "Sektor",
        "contacts": "Kontak",
        "about": "Tentang",
        "source": "Sumber",
        "tickers": "Kode saham",
        "released": "Dirilis",
        "correction": "Koreksi",
        "withdrawal": "Penarikan",
        "languages": "Bahasa lain",
    },
)
