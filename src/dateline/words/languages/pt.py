"""Portuguese, as in Brazil, where the first of a month is its *1º*; and as in Portugal.

No native speaker has reviewed this wording.
"""

from dataclasses import replace
from datetime import date

from babel.dates import format_date

from dateline.words.languages.language import Language


def long_date(day: date) -> str:
    return format_date(day, "d 'de' MMMM 'de' y" if day.day > 1 else "d'º' 'de' MMMM 'de' y", "pt")


def dateline(place: str, day: date, wire: str) -> str:
    lead = f"{place.upper()}, " if place else ""
    return f"{lead}{long_date(day)} ({wire}) – "


def european_date(day: date) -> str:
    return format_date(day, "long", "pt_PT")


def european_dateline(place: str, day: date, wire: str) -> str:
    lead = f"{place.upper()}, " if place else ""
    return f"{lead}{european_date(day)} ({wire}) – "


def prefix(wire: str) -> str:
    return f"({wire}) – "


LANGUAGE = Language(
    tag="pt",
    name="Português",
    direction="ltr",
    quotes=("“", "”", "‘", "’"),
    sentence_end=".?!",
    end_mark="###",
    date_rule=long_date,
    dateline_rule=dateline,
    prefix_rule=prefix,
    disclaimer=(
        "Este artigo é fornecido por um provedor de conteúdo de terceiros, {provider}. A agência o "
        "divulga como o recebeu, não o verificou e não oferece nenhuma garantia nem faz nenhuma "
        "declaração a respeito."
    ),
    labels={
        "third_party": "Conteúdo de terceiros",
        "sponsored": "Patrocinado",
        "state_controlled": "Fonte controlada por um Estado",
        "machine_translated": "Tradução automática",
        "ai_use": "Produzido com ajuda de IA",
        "corrected": "Corrigido",
        "updated": "Atualizado",
        "withdrawn": "Retirado",
        "test": "Teste: não publicar",
        "embargoed": "Sob embargo",
    },
    headings={
        "sectors": "Setores",
        "contacts": "Contatos",
        "about": "Sobre",
        "source": "Fonte",
        "tickers": "Códigos de negociação",
        "released": "Divulgado",
        "correction": "Correção",
        "withdrawal": "Retirada",
        "languages": "Outros idiomas",
    },
)
EUROPEAN = replace(
    LANGUAGE,
    tag="pt-PT",
    name="Português (Portugal)",
    quotes=("«", "»", "“", "”"),
    date_rule=european_date,
    dateline_rule=european_dateline,
    disclaimer=(
        "Este artigo é disponibilizado por um fornecedor de conteúdos externo, {provider}. A agência "
        "difunde-o tal como o recebeu, não o verificou e não presta qualquer garantia nem declaração a "
        "seu respeito."
    ),
    labels={**LANGUAGE.labels, "ai_use": "Produzido com a ajuda de IA"},
    headings={**LANGUAGE.headings, "contacts": "Contactos"},
)
