"""Arabic. Right to left; dates are Gregorian, in Western digits, as Babel prints them.

No native speaker has reviewed this wording.
"""

from datetime import date

from babel.dates import format_date

from dateline.words.languages.language import Language


def long_date(day: date) -> str:
    return format_date(day, "long", "ar")


def dateline(place: str, day: date, wire: str) -> str:
    lead = f"{place}، " if place else ""
    return f"{lead}{long_date(day)} ({wire}) – "


def prefix(wire: str) -> str:
    return f"({wire}) – "


LANGUAGE = Language(
    tag="ar",
    name="العربية",
    direction="rtl",
    quotes=("«", "»", "”", "“"),
    sentence_end=".؟!",
    end_mark="###",
    date_rule=long_date,
    dateline_rule=dateline,
    prefix_rule=prefix,
    disclaimer=(
        "هذا المقال مقدَّم من مزوّد محتوى خارجي هو {provider}. تنشره الوكالة كما ورد إليها، ولم تتحقق "
        "منه، ولا تقدّم أي ضمان أو تعهّد بشأنه."
    ),
    labels={
        "third_party": "محتوى من طرف ثالث",
        "sponsored": "محتوى مدعوم",
        "state_controlled": "مصدر خاضع لسيطرة الدولة",
        "machine_translated": "ترجمة آلية",
        "ai_use": "أُعدّ بمساعدة الذكاء الاصطناعي",
        "corrected": "مُصحَّح",
        "updated": "مُحدَّث",
        "withdrawn": "مسحوب",
        "test": "اختبار: ليس للنشر",
        "embargoed": "محظور النشر حتى موعده",
    },
    headings={
        "sectors": "القطاعات",
        "contacts": "جهات الاتصال",
        "about": "نبذة",
        "source": "المصدر",
        "tickers": "رموز التداول",
        "released": "وقت الإصدار",
        "correction": "تصحيح",
        "withdrawal": "سحب",
        "languages": "لغات أخرى",
    },
    list_separator="، ",
)
