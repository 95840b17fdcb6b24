"""Spanish.

No native speaker has reviewed this wording.
"""

from datetime import date

from babel.dates import format_date

from dateline.words.languages.language import Language


def long_date(day: date) -> str:
    return format_date(day, "long", "es")


def dateline(place: str, day: date, wire: str) -> str:
    months = ("ene.", "feb.", "mar.", "abr.", "mayo", "jun.", "jul.", "ago.", "sept.", "oct.", "nov.", "dic.")
    lead = f"{place.upper()}, " if place else ""
    return f"{lead}{day.day} {months[day.month - 1]} {day.year} ({wire}) - "


def prefix(wire: str) -> str:
    return f"({wire}) - "


LANGUAGE = Language(
    tag="es",
    name="Español",
    direction="ltr",
    quotes=("«", "»", "“", "”"),
    sentence_end=".?!",
    end_mark="###",
    date_rule=long_date,
    dateline_rule=dateline,
    prefix_rule=prefix,
    disclaimer=(
        "Este artículo lo proporciona un proveedor de contenidos externo, {provider}. La agencia lo "
        "difunde tal como lo recibió, no lo ha verificado y no ofrece ninguna garantía ni declaración al "
        "respecto."
    ),
    labels={
        "third_party": "Contenido de terceros",
        "sponsored": "Patrocinado",
        "state_controlled": "Fuente controlada por un Estado",
        "machine_translated": "Traducción automática",
        "ai_use": "Elaborado con ayuda de IA",
        "corrected": "Corregido",
        "updated": "Actualizado",
        "withdrawn": "Retirado",
        "test": "Prueba: no publicar",
        "embargoed": "Con embargo",
    },
    headings={
        "sectors": "Sectores",
        "contacts": "Contactos",
        "about": "Acerca de",
        "source": "Fuente",
        "tickers": "Símbolos bursátiles",
        "released": "Publicado",
        "correction": "Corrección",
        "withdrawal": "Retirada",
        "languages": "Otros idiomas",
    },
)
