"""Thai. The press counts years of the Buddhist era, 543 ahead.

No native speaker has reviewed this wording.
"""

from datetime import date

from dateline.words.languages.language import Language


def long_date(day: date) -> str:
    months = (
        "มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน",
        "กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม",
    )  # fmt: skip
    return f"{day.day} {months[day.month - 1]} {day.year + 543}"


def dateline(place: str, day: date, wire: str) -> str:
    lead = f"{place} " if place else ""
    return f"{lead}{long_date(day)} ({wire}) – "


def prefix(wire: str) -> str:
    return f"({wire}) – "


LANGUAGE = Language(
    tag="th",
    name="ไทย",
    direction="ltr",
    quotes=("“", "”", "‘", "’"),
    sentence_end="",
    end_mark="###",
    date_rule=long_date,
    dateline_rule=dateline,
    prefix_rule=prefix,
    disclaimer=(
        "บทความนี้จัดทำโดย {provider} ซึ่งเป็นผู้ให้บริการเนื้อหาภายนอก สำนักข่าวเผยแพร่ตามที่ได้รับ "
        "ไม่ได้ตรวจสอบความถูกต้อง และไม่รับประกันหรือรับรองใด ๆ เกี่ยวกับเนื้อหานี้"
    ),
    labels={
        "third_party": "เนื้อหาจากบุคคลที่สาม",
        "sponsored": "ได้รับการสนับสนุน",
        "state_controlled": "แหล่งข่าวที่รัฐควบคุม",
        "machine_translated": "แปลด้วยเครื่อง",
        "ai_use": "จัดทำโดยใช้ AI ช่วย",
        "corrected": "แก้ไขแล้ว",
        "updated": "ปรับปรุงแล้ว",
        "withdrawn": "ถอนแล้ว",
        "test": "ทดสอบ: ห้ามเผยแพร่",
        "embargoed": "ห้ามเผยแพร่ก่อนกำหนด",
    },
    headings={
        "sectors": "หมวดธุรกิจ",
        "contacts": "ติดต่อ",
        "about": "เกี่ยวกับ",
        "source": "ที่มา",
        "tickers": "ชื่อย่อหลักทรัพย์",
        "released": "เผยแพร่เมื่อ",
        "correction": "การแก้ไข",
        "withdrawal": "การถอน",
        "languages": "ภาษาอื่น",
    },
)
