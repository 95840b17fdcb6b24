"""Simplified Chinese. The dateline runs on without spaces, but for one after a place in Latin letters.

No native speaker has reviewed this wording.
"""

from datetime import date

from babel.dates import format_date

from dateline.words.languages.language import Language, before_date


def long_date(day: date) -> str:
    return format_date(day, "long", "zh_Hans")


def dateline(place: str, day: date, wire: str) -> str:
    return f"{before_date(place)}{long_date(day)}电 /{wire}/ -- "


def prefix(wire: str) -> str:
    return f"/{wire}/ -- "


LANGUAGE = Language(
    tag="zh-Hans",
    name="简体中文",
    direction="ltr",
    quotes=("“", "”", "‘", "’"),
    sentence_end="。！？",
    end_mark="（完）",
    date_rule=long_date,
    dateline_rule=dateline,
    prefix_rule=prefix,
    disclaimer="本文由第三方内容提供者{provider}提供。本社按原样刊载，未对内容进行核实，亦不对其作出任何保证或陈述。",
    labels={
        "third_party": "第三方内容",
        "sponsored": "赞助内容",
        "state_controlled": "国家控制的来源",
        "machine_translated": "机器翻译",
        "ai_use": "借助人工智能制作",
        "corrected": "更正",
        "updated": "更新",
        "withdrawn": "撤回",
        "test": "测试：不得发布",
        "embargoed": "禁发期内",
    },
    headings={
        "sectors": "行业",
        "contacts": "联系方式",
        "about": "简介",
        "source": "来源",
        "tickers": "股票代码",
        "released": "发布时间",
        "correction": "更正",
        "withdrawal": "撤回",
        "languages": "其他语言",
    },
    list_separator="、",
    heading_colon="：",
)
