"""What the wire prints around a rendition: by hand for the datelines, whole in one golden file a language.

After a change that is meant, `DATELINE_GOLDEN=write` writes the golden files anew; read the difference.
"""

import json
import os
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from dateline.formats.said import said
from dateline.words.languages import FIFTEEN, language
from dateline.words.printed import labels, printed
from dateline.words.release import Embargo, Rendition, Signal, Source, Version
from tests.entries import WIRE, entry

GOLDEN = Path(__file__).parent / "golden"
FALLBACKS = ("en-GB", "pt-PT", "de-AT", "sw", "he", "ms-Arab")
SEOUL = {
    "en": "Seoul", "ko": "서울", "ja": "ソウル", "ar": "سيول", "zh-Hans": "首尔", "zh-Hant": "首爾", "vi": "Seoul",
    "th": "โซล", "id": "Seoul", "ms": "Seoul", "de": "Seoul", "ru": "Сеул", "fr": "Séoul", "es": "Seúl", "pt": "Seul",
    "en-GB": "Seoul", "pt-PT": "Seul", "de-AT": "Seoul", "sw": "Seoul", "he": "סיאול", "ms-Arab": "سيول",
}  # fmt: skip
NAMED = Source(issuer="Kumo", provider="Harbour News Service")
# Half past midnight in Seoul is still the day before in UTC.
EMBARGO = Embargo("2024-11-29T00:30", "Asia/Seoul")
T = datetime(2024, 11, 28, 15, 30, tzinfo=UTC)


def version(tag: str, **said_of_it: Any) -> Version:
    rendition = Rendition(tag, headline="Kumo", place=SEOUL[tag], body_html="<p><q>a <q>b</q></q></p>")
    return Version(
        renditions=(replace(rendition, **said_of_it),),
        source_language=tag,
        source=NAMED,
        sectors=("dateline:top-story", "dateline:daily-news", "medtop:20000257"),
        embargo=EMBARGO,
    )


def dateline(tag: str, **said_of_it: Any) -> str:
    filed = version(tag, **said_of_it)
    return str(printed(filed, filed.main, WIRE, T)["dateline"])


@pytest.mark.parametrize(
    ("tag", "line"),
    [
        ("en", "SEOUL, Nov. 29, 2024 (Tidewire) – "),
        ("ko", "(서울, 2024년 11월 29일=Tidewire) "),
        ("ja", "【ソウル2024年11月29日】（Tidewire）"),
        ("ar", "سيول، 29 نوفمبر 2024 (Tidewire) – "),
        ("zh-Hans", "首尔2024年11月29日电 /Tidewire/ -- "),
        ("zh-Hant", "首爾2024年11月29日電 /Tidewire/ -- "),
        ("vi", "SEOUL, ngày 29 tháng 11 năm 2024 (Tidewire) – "),
        ("th", "โซล 29 พฤศจิกายน 2567 (Tidewire) – "),
        ("id", "Seoul, 29 November 2024 (Tidewire) - "),
        ("ms", "SEOUL, 29 November 2024 (Tidewire) -- "),
        ("de", "SEOUL, 29. Nov. 2024 (Tidewire) – "),
        ("ru", "СЕУЛ, 29 ноября 2024 г. /Tidewire/ – "),
        ("fr", "SÉOUL, le 29 nov. 2024 (Tidewire) – "),
        ("es", "SEÚL, 29 nov. 2024 (Tidewire) - "),
        ("pt", "SEUL, 29 de novembro de 2024 (Tidewire) – "),
        ("en-GB", "SEOUL, 29 November 2024 (Tidewire) – "),
        ("de-AT", "SEOUL, 29. Nov. 2024 (Tidewire) – "),
        ("sw", "Seoul, 2024-11-29 (Tidewire) – "),
        ("he", "סיאול, 2024-11-29 (Tidewire) – "),
    ],
)
def test_the_dateline_has_its_place_the_day_where_it_is_released_and_the_wire(tag: str, line: str) -> None:
    assert dateline(tag) == line


def test_a_version_without_embargo_is_dated_in_utc() -> None:
    filed = replace(version("en"), embargo=Embargo())
    assert printed(filed, filed.main, WIRE, T)["dateline"] == "SEOUL, Nov. 28, 2024 (Tidewire) – "


@pytest.mark.parametrize("tag", SEOUL)
def test_a_providers_own_dateline_is_not_printed_twice(tag: str) -> None:
    own = "SEOUL, Nov. 29 /HNS/ -- "
    line = dateline(tag, dateline=own)
    assert line == language(tag).prefix("Tidewire") + own
    assert "2024" not in line
    assert line.count("Tidewire") == 1


@pytest.mark.parametrize("tag", ["ja", "zh-Hans", "zh-Hant"])
def test_a_place_in_latin_letters_does_not_run_into_the_date(tag: str) -> None:
    assert "Seoul 2024年" in dateline(tag, place="Seoul")
    assert "Malmö 2024年" in dateline(tag, place="Malmö")


@pytest.mark.parametrize(
    ("tag", "line"),
    [
        ("fr", "1er mai 2026"),
        ("pt", "1º de maio de 2026"),
        ("pt-PT", "1 de maio de 2026"),
        ("de", "1. Mai 2026"),
        ("th", "1 พฤษภาคม 2569"),
        ("ar", "1 مايو 2026"),
        ("ms", "1 Mei 2026"),
    ],
)
def test_the_first_of_a_month(tag: str, line: str) -> None:
    assert language(tag).long_date(date(2026, 5, 1)) == line


def test_every_label_that_a_rendition_earns_is_printed_in_its_language() -> None:
    filed = replace(
        version("de", machine_translated=True),
        source=replace(NAMED, state_controlled="XX"),
        sponsored=True,
        ai_use="translation",
        signal=Signal.CORRECTION,
    )
    assert labels(filed, filed.main) == [
        {"kind": "third_party", "text": "Inhalt eines Drittanbieters"},
        {"kind": "sponsored", "text": "Gesponsert"},
        {"kind": "state_controlled", "text": "Staatlich kontrollierte Quelle"},
        {"kind": "machine_translated", "text": "Maschinell übersetzt"},
        {"kind": "ai_use", "text": "Mit Hilfe von KI erstellt"},
        {"kind": "corrected", "text": "Berichtigt"},
    ]
    assert labels(replace(version("de"), source=Source(issuer="Kumo")), Rendition("de")) == []


@pytest.mark.parametrize("signal", [Signal.TEST, Signal.UPDATE])
def test_a_test_and_an_update_are_marked_as_such(signal: Signal) -> None:
    filed = replace(version("ko"), source=Source(issuer="Kumo"), signal=signal)
    word = {"test": "시험용: 보도 금지", "update": "업데이트"}[signal]
    assert [each["text"] for each in labels(filed, filed.main)] == [word]


def test_only_what_a_provider_filed_carries_the_disclaimer() -> None:
    filed = version("fr")
    assert "Harbour News Service" in printed(filed, filed.main, WIRE, T)["disclaimer"]
    assert printed(replace(filed, source=Source(issuer="Kumo")), filed.main, WIRE, T)["disclaimer"] == ""


def as_printed(tag: str) -> dict[str, Any]:
    """Everything that the rules of one language print, by the code that prints it."""
    rules = language(tag)
    filed = version(tag)
    page = said(entry(filed), tag, WIRE)
    return {
        "name": rules.name,
        "direction": rules.direction,
        "date": [rules.long_date(date(2024, 11, 29)), rules.long_date(date(2026, 5, 1))],
        "dateline": page.dateline,
        "dateline of every month": [rules.dateline("", date(2026, month, 1), "Tidewire") for month in range(1, 13)],
        "dateline without place": dateline(tag, place=""),
        "dateline of a provider": dateline(tag, dateline="SEOUL, Nov. 29 /HNS/ -- "),
        "quotation marks": page.body_html,
        "disclaimer": page.disclaimer,
        "labels": dict(rules.labels),
        "headings": dict(rules.headings),
        "sectors": page.sector_line,
        "end mark": said(entry(replace(filed, source=Source(issuer="Kumo"))), tag, WIRE).end_mark,
        "ends of a sentence": rules.sentence_end,
        "reviewed by a native speaker": sorted(rules.reviewed),
    }


@pytest.mark.parametrize("tag", [*FIFTEEN, *FALLBACKS])
def test_the_whole_of_what_is_printed_is_as_in_the_golden_file(tag: str) -> None:
    golden = GOLDEN / f"{tag}.json"
    now = json.dumps(as_printed(tag), ensure_ascii=False, indent=2) + "\n"
    if os.environ.get("DATELINE_GOLDEN") == "write":
        golden.write_text(now, encoding="utf-8")
    assert now == golden.read_text(encoding="utf-8")


def test_every_golden_file_is_somebodys() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == {*FIFTEEN, *FALLBACKS}
