"""Japanese. Place and date stand in lenticular brackets.

No native speaker has reviewed this wording.
"""

from datetime import date

from babel.dates import format_date

from dateline.words.languages.language import Language, before_date


def long_date(day: date) -> str:
    return format_date(day, "long", "ja")


def dateline(place: str, day: date, wire: str) -> str:
    return f"【{before_date(place)}{long_date(day)}】（{wire}）"


def prefix(wire: str) -> str:
    return f"（{wire}）"


LANGUAGE = Language(
    tag="ja",
    name="日本語",
    direction="ltr",
    quotes=("「", "」", "『", "』"),
    sentence_end="。！？",
    end_mark="以上",
    date_rule=long_date,
    dateline_rule=dateline,
    prefix_rule=prefix,
    disclaimer="この記事は第三者のコンテンツ提供者である{provider}が提供したものです。当通信社は受け取ったまま配信しており、内容を検証しておらず、いかなる保証も表明も行いません。",
    labels={
        "third_party": "第三者提供コンテンツ",
        "sponsored": "スポンサー提供",
        "state_controlled": "国家管理下の情報源",
        "machine_translated": "機械翻訳",
        "ai_use": "AIを利用して作成",
        "corrected": "訂正",
        "updated": "更新",
        "withdrawn": "撤回",
        "test": "テスト：報道禁止",
        "embargoed": "解禁前",
    },
    headings={
        "sectors": "分野",
        "contacts": "お問い合わせ先",
        "about": "概要",
        "source": "出典",
        "tickers": "証券コード",
        "released": "配信日時",
        "correction": "訂正",
        "withdrawal": "撤回",
        "languages": "他の言語",
    },
    list_separator="、",
    heading_colon="：",
)
