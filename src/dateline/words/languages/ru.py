"""Russian. The year carries its *г.*

No native speaker has reviewed this wording.
"""

from datetime import date

from babel.dates import format_date

from dateline.words.languages.language import Language


def long_date(day: date) -> str:
    return format_date(day, "long", "ru")


def dateline(place: str, day: date, wire: str) -> str:
    months = (
        "января", "февраля", "марта", "апреля", "мая", "июня",
        "июля", "августа", "сентября", "октября", "ноября", "декабря",
    )  # fmt: skip
    lead = f"{place.upper()}, " if place else ""
    return f"{lead}{day.day} {months[day.month - 1]} {day.year} г. /{wire}/ – "


def prefix(wire: str) -> str:
    return f"/{wire}/ – "


LANGUAGE = Language(
    tag="ru",
    name="Русский",
    direction="ltr",
    quotes=("«", "»", "„", "“"),
    sentence_end=".?!",
    end_mark="###",
    date_rule=long_date,
    dateline_rule=dateline,
    prefix_rule=prefix,
    disclaimer=(
        "Материал предоставлен сторонним поставщиком контента {provider}. Агентство публикует его в том "
        "виде, в каком он получен, не проверяло его и не даёт в связи с ним никаких гарантий или "
        "заверений."
    ),
    labels={
        "third_party": "Материал сторонней организации",
        "sponsored": "Спонсорский материал",
        "state_controlled": "Источник под контролем государства",
        "machine_translated": "Машинный перевод",
        "ai_use": "Подготовлено с помощью ИИ",
        "corrected": "Исправлено",
        "updated": "Обновлено",
        "withdrawn": "Отозвано",
        "test": "Тест: не для публикации",
        "embargoed": "Эмбарго",
    },
    headings={
        "sectors": "Отрасли",
        "contacts": "Контакты",
        "about": "О компании",
        "source": "Источник",
        "tickers": "Тикеры",
        "released": "Опубликовано",
        "correction": "Исправление",
        "withdrawal": "Отзыв",
        "languages": "Другие языки",
    },
)
