"""Vietnamese. The date is written with *ngày*, which CLDR leaves out.

No native speaker has reviewed this wording.
"""

from datetime import date

from dateline.words.languages.language import Language


def long_date(day: date) -> str:
    return f"ngày {day.day} tháng {day.month} năm {day.year}"


def dateline(place: str, day: date, wire: str) -> str:
    lead = f"{place.upper()}, " if place else ""
    return f"{lead}{long_date(day)} ({wire}) – "


def prefix(wire: str) -> str:
    return f"({wire}) – "


LANGUAGE = Language(
    tag="vi",
    name="Tiếng Việt",
    direction="ltr",
    quotes=("“", "”", "‘", "’"),
    sentence_end=".?!",
    end_mark="###",
    date_rule=long_date,
    dateline_rule=dateline,
    prefix_rule=prefix,
    disclaimer=(
        "Bài viết này do {provider}, một nhà cung cấp nội dung bên thứ ba, cung cấp. Hãng tin đăng "
        "nguyên văn như đã nhận, chưa kiểm chứng và không đưa ra bất kỳ bảo đảm hay cam kết nào liên "
        "quan."
    ),
    labels={
        "third_party": "Nội dung của bên thứ ba",
        "sponsored": "Được tài trợ",
        "state_controlled": "Nguồn do nhà nước kiểm soát",
        "machine_translated": "Dịch máy",
        "ai_use": "Thực hiện với sự hỗ trợ của AI",
        "corrected": "Đã đính chính",
        "updated": "Đã cập nhật",
        "withdrawn": "Đã rút lại",
        "test": "Thử nghiệm: không đăng",
        "embargoed": "Đang cấm đăng",
    },
    headings={
        "sectors": "Lĩnh vực",
        "contacts": "Liên hệ",
        "about": "Giới thiệu",
        "source": "Nguồn",
        "tickers": "Mã chứng khoán",
        "released": "Phát hành lúc",
        "correction": "Đính chính",
        "withdrawal": "Rút lại",
        "languages": "Ngôn ngữ khác",
    },
)
