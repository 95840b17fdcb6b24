"""Traditional Chinese. The dateline runs on without spaces, but for one after a place in Latin letters.

No native speaker has reviewed this wording.
"""

from datetime import date

from babel.dates import format_date

from dateline.words.languages.language import Language, before_date


def long_date(day: date) -> str:
    return format_date(day, "long", "zh_Hant")


def dateline(place: str, day: date, wire: str) -> str:
    return f"{before_date(place)}{long_date(day)}電 /{wire}/ -- "


def prefix(wire: str) -> str:
    return f"/{wire}/ -- "


LANGUAGE = Language(
    tag="zh-Hant",
    name="繁體中文",
    direction="ltr",
    quotes=("「", "」", "『", "』"),
    sentence_end="。！？",
    end_mark="（完）",
    date_rule=long_date,
    dateline_rule=dateline,
    prefix_rule=prefix,
    disclaimer="本文由第三方內容提供者{provider}提供。本社按原樣刊載，未對內容進行查核，亦不就其作出任何保證或聲明。",
    labels={
        "third_party": "第三方內容",
        "sponsored": "贊助內容",
        "state_controlled": "國家控制的來源",
        "machine_translated": "機器翻譯",
        "ai_use": "借助人工智慧製作",
        "corrected": "更正",
        "updated": "更新",
        "withdrawn": "撤回",
        "test": "測試：不得發布",
        "embargoed": "禁發期內",
    },
    headings={
        "sectors": "產業",
        "contacts": "聯絡方式",
        "about": "簡介",
        "source": "來源",
        "tickers": "股票代號",
        "released": "發布時間",
        "correction": "更正",
        "withdrawal": "撤回",
        "languages": "其他語言",
    },
    list_separator="、",
    heading_colon="：",
)
