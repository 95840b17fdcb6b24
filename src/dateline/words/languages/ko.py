"""Korean. The agencies' bracket holds place, date and wire.

No native speaker has reviewed this wording.
"""

from datetime import date

from babel.dates import format_date

from dateline.words.languages.language import Language


def long_date(day: date) -> str:
    return format_date(day, "long", "ko")


def dateline(place: str, day: date, wire: str) -> str:
    lead = f"{place}, " if place else ""
    return f"({lead}{long_date(day)}={wire}) "


def prefix(wire: str) -> str:
    return f"({wire}) "


LANGUAGE = Language(
    tag="ko",
    name="한국어",
    direction="ltr",
    quotes=("“", "”", "‘", "’"),
    sentence_end=".?!",
    end_mark="(끝)",
    date_rule=long_date,
    dateline_rule=dateline,
    prefix_rule=prefix,
    disclaimer=(
        "이 기사는 제3자 콘텐츠 제공자인 {provider}에서 제공한 것입니다. 본 통신은 제공받은 그대로 게재하며, 내용을 확인하지 않았고 이에 대해 어떠한 보증이나 진술도 "
        "하지 않습니다."
    ),
    labels={
        "third_party": "제3자 제공 콘텐츠",
        "sponsored": "협찬",
        "state_controlled": "국가 통제 출처",
        "machine_translated": "기계 번역",
        "ai_use": "AI 활용 작성",
        "corrected": "정정",
        "updated": "업데이트",
        "withdrawn": "철회",
        "test": "시험용: 보도 금지",
        "embargoed": "엠바고",
    },
    headings={
        "sectors": "분야",
        "contacts": "연락처",
        "about": "소개",
        "source": "출처",
        "tickers": "종목 코드",
        "released": "배포 시각",
        "correction": "정정",
        "withdrawal": "철회",
        "languages": "다른 언어",
    },
)
