"""The live frame: at most 1 KB, whole graphemes, one event, whatever its text holds."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.formats import frame as frames
from dateline.formats.frame import Frame, cut, frame
from dateline.words.entry import Entry
from dateline.words.languages import FIFTEEN, language
from dateline.words.release import Version
from tests.entries import KINDS, PROVIDED, STORY, WIRE, WITHOUT_TEXT, entry, kinds, texts, versions


def event(data: bytes) -> dict[str, str]:
    """One event as a browser reads it (WHATWG HTML section 9.2.6); the blank line that ends it must be the only one."""
    lines = re.split(r"\r\n|\n|\r", data.decode())
    assert lines[-2:] == ["", ""]
    assert "" not in lines[:-2]
    return dict(line.split(": ", 1) for line in lines[:-2])


def data_of(made: Frame, prev: int = 6) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(event(made.bytes(prev))["data"])
    return found


def with_headline(headline: str) -> Entry:
    shown = replace(STORY.renditions[0], headline=headline)
    return entry(replace(STORY, renditions=(shown,)))


def test_a_frame_has_id_event_and_data_headline_first() -> None:
    made = frame(entry(), "ko", WIRE)
    read = event(made.bytes(6))
    assert (read["id"], read["event"]) == ("7", "release")
    assert list(data_of(made).items()) == [
        ("headline", "밀물이 일찍 바뀌다"),
        ("seq", 7),
        ("guid", "tag:wire.example,2026:k3"),
        ("edition", 1),
        ("lang", "ko"),
        ("slugline", "Tidewell-tides"),
        ("sectors", ["medtop:04000000", "dateline:top-story"]),
        ("source", "Tidewell Energy"),
        ("urgency", 4),
        ("released_at", "2026-11-23T09:00:00.000Z"),
        ("url", "https://wire.example/ko/k3"),
        ("prev", 6),
    ]


def test_streams_share_the_bytes_and_differ_in_prev_alone() -> None:
    made = frame(entry(), "de", WIRE)
    assert made.bytes(0) == made.head + b"0}\n\n"
    assert data_of(made, 2**53)["prev"] == 2**53


@pytest.mark.parametrize("lang", FIFTEEN)
@pytest.mark.parametrize("kind", WITHOUT_TEXT)
def test_what_was_taken_back_has_a_label_and_no_text(kind: str, lang: str) -> None:
    read = event(frame(KINDS[kind](STORY), lang, WIRE).bytes(6))
    assert json.loads(read["data"])["headline"] == language(lang).label("withdrawn")
    if kind != "erased":
        assert read["event"] == "withdrawal"
        assert json.loads(read["data"])["slugline"] == ""


@pytest.mark.parametrize(("kind", "signal"), [("correction", "correction"), ("update", "update"), ("test", "test")])
def test_the_event_is_the_signal(kind: str, signal: str) -> None:
    read = event(frame(KINDS[kind](PROVIDED), "fr", WIRE).bytes(6))
    assert read["event"] == signal
    assert json.loads(read["data"])["source"] == "Harbour News Service"


@given(versions(), kinds())
def test_whatever_it_holds_it_is_one_event_of_at_most_1024_bytes(version: Version, make: Any) -> None:
    long = replace(version, renditions=tuple(replace(r, headline=r.headline * 40) for r in version.renditions))
    made = make(long)
    data = frame(made, made.langs[0], WIRE).bytes(2**53)
    assert len(data) <= frames.LIMIT
    assert list(event(data)) == ["id", "event", "data"]
    assert json.loads(event(data)["data"])["seq"] == made.seq


@given(texts(400))
def test_a_headline_is_whole_or_cut_with_an_ellipsis(headline: str) -> None:
    shown = data_of(frame(with_headline(headline), "en", WIRE))["headline"]
    if shown != headline:
        assert shown.endswith("…")
        assert headline.startswith(shown[:-1])


def test_a_long_headline_fills_the_frame() -> None:
    for letter in ("a", "é", "漢", "😀"):
        size = len(frame(with_headline(letter * 2000), "en", WIRE).bytes(2**53))
        assert frames.LIMIT - 8 <= size <= frames.LIMIT


@pytest.mark.parametrize(
    "grapheme",
    [
        "e\u0301",
        "กำ",
        "น้ำ",
        "ກຳ",
        "👩\u200d👩\u200d👧\u200d👦",
        "👍🏽",
        "❤\ufe0f",
        "1\ufe0f\u20e3",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "\u1112\u1161\u11ab",
        "كُ",
        "क\u094d\u200d",
        "Ệ",
    ],
)
def test_nothing_is_cut_within_a_grapheme(grapheme: str) -> None:
    for room in range(3, 120):
        kept = cut(grapheme * 40, room)
        assert len(kept.encode()) <= room
        assert kept.removesuffix("…") == grapheme * (kept.count(grapheme))


def test_a_flag_is_not_cut_in_two() -> None:
    for room in range(3, 60):
        kept = cut("ab🇫🇷cd🇩🇪ef", room)
        assert sum("\U0001f1e6" <= each <= "\U0001f1ff" for each in kept) % 2 == 0


@given(texts(), st.integers(0, 80))
def test_a_cut_text_fits_and_is_the_beginning(text: str, room: int) -> None:
    kept = cut(text, room)
    assert len(json.dumps(kept, ensure_ascii=False).encode()) - 2 <= room
    assert text.startswith(kept.removesuffix("…")) or kept == text


def test_heartbeat_gap_and_retry_are_what_a_browser_expects() -> None:
    assert frames.heartbeat(41) == b"id: 41\nevent: heartbeat\ndata: {}\n\n"
    assert frames.retry(2500) == b"retry: 2500\n\n"
    told = event(frames.event("gap", {"from": 5, "to": 41, "fetch": "https://wire.example/api/v1/wire?after=4\n"}, 41))
    assert (told["event"], told["id"]) == ("gap", "41")
    assert json.loads(told["data"]) == {"from": 5, "to": 41, "fetch": "https://wire.example/api/v1/wire?after=4\n"}
