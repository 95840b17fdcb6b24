"""French. No-break spaces stand inside the guillemets and before the colon; the first of a month is its *1er*.

No native speaker has reviewed this wording.
"""

from datetime import date

from babel.dates import format_date

from dateline.words.languages.language import Language


def long_date(day: date) -> str:
    return format_date(day, "d MMMM y" if day.day > 1 else "d'er' MMMM y", "fr")


def dateline(place: str, day: date, wire: str) -> str:
    months = ("janv.", "févr.", "mars", "avril", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
    first = "1er" if day.day == 1 else str(day.day)
    lead = f"{place.upper()}, " if place else ""
    return f"{lead}le {first} {months[day.month - 1]} {day.year} ({wire}) – "


def prefix(wire: str) -> str:
    return f"({wire}) – "


LANGUAGE = Language(
    tag="fr",
    name="Français",
    direction="ltr",
    quotes=("«\u00a0", "\u00a0»", "“", "”"),
    sentence_end=".?!",
    end_mark="###",
    date_rule=long_date,
    dateline_rule=dateline,
    prefix_rule=prefix,
    disclaimer=(
        "Cet article est fourni par un fournisseur de contenu tiers, {provider}. L’agence le diffuse tel "
        "qu’elle l’a reçu, ne l’a pas vérifié et n’offre aucune garantie ni ne fait aucune déclaration à "
        "son sujet."
    ),
    labels={
        "third_party": "Contenu de tiers",
        "sponsored": "Contenu sponsorisé",
        "state_controlled": "Source contrôlée par un État",
        "machine_translated": "Traduction automatique",
        "ai_use": "Réalisé avec l’aide de l’IA",
        "corrected": "Corrigé",
        "updated": "Mis à jour",
        "withdrawn": "Retiré",
        "test": "Test : ne pas publier",
        "embargoed": "Sous embargo",
    },
    headings={
        "sectors": "Secteurs",
        "contacts": "Contacts",
        "about": "À propos",
        "source": "Source",
        "tickers": "Symboles boursiers",
        "released": "Diffusé",
        "correction": "Correction",
        "withdrawal": "Retrait",
        "languages": "Autres langues",
    },
    heading_colon="\u00a0: ",
)
