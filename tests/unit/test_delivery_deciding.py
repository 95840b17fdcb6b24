"""What delivery decides."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.delivery.deciding import (
    LANE,
    Patience,
    by_lane,
    http_answer,
    message_id,
    replaced_langs,
    shards_of,
)
from dateline.words.release import Signal

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@given(st.dictionaries(st.integers(), st.sampled_from(["en", "de"])), st.integers(1, 7), st.integers())
def test_shards_hold_everybody_once_and_none_is_larger_than_it_may(
    recipients: dict[int, str], size: int, seed: int
) -> None:
    made = shards_of(recipients, random.Random(seed), size)
    together = [pair for part in made for pair in part]
    assert sorted(together) == sorted(recipients.items())
    assert all(0 < len(part) <= size for part in made)


def test_nobody_is_always_first() -> None:
    everybody = dict.fromkeys(range(50), "en")
    firsts = {shards_of(everybody, random.Random(seed))[0][0][0] for seed in range(20)}
    assert len(firsts) > 5


def test_channels_are_apart_and_so_are_lanes_with_many_in_them() -> None:
    few = [(1, "email", "small.example", "en"), (2, "webhook", "", "de"), (3, "email", "other.example", "de")]
    many = [(number, "email", "big.example", "en") for number in range(100, 100 + LANE)]
    assert by_lane([*few, *many]) == {
        ("email", ""): {1: "en", 3: "de"},
        ("webhook", ""): {2: "de"},
        ("email", "big.example"): dict.fromkeys(range(100, 100 + LANE), "en"),
    }


@given(st.integers(1, 30), st.floats(0, 3600) | st.none(), st.integers())
def test_retries_come_later_and_have_an_end(attempt: int, wait: float | None, seed: int) -> None:
    patience = Patience()
    due = patience.retry_at(attempt, NOW, wait, random.Random(seed))
    if attempt >= patience.attempts:
        assert due is None
        return
    assert due is not None
    assert due >= NOW + timedelta(seconds=max(wait or 0.0, 4.0))
    assert due <= NOW + timedelta(seconds=patience.longest * 1.2 + 1)


def test_retries_spread() -> None:
    times = {Patience().retry_at(3, NOW, None, random.Random(seed)) for seed in range(20)}
    assert len(times) == 20


@pytest.mark.parametrize(
    ("status", "meaning"),
    [(200, "delivered"), (204, "delivered"), (301, "never"), (307, "never"), (400, "never"), (404, "never"),
     (408, "again"), (410, "gone"), (429, "again"), (500, "again"), (503, "again")],
)  # fmt: skip
def test_what_an_http_status_means(status: int, meaning: str) -> None:
    answer = http_answer(status, "said", "", NOW)
    assert answer.meaning == meaning
    assert str(status) in answer.evidence


@pytest.mark.parametrize(
    ("said", "wait"),
    [("120", 120.0), ("Mon, 23 Nov 2026 09:01:00 GMT", 60.0), ("Mon, 23 Nov 2026 08:00:00 GMT", 0.0),
     ("99999999", 3600.0), ("soon", None), ("", None), ("-5", None), ("²", None)],
)  # fmt: skip
def test_how_long_a_server_asks_us_to_wait(said: str, wait: float | None) -> None:
    assert http_answer(503, "", said, NOW).wait == wait


def test_a_correction_replaces_what_it_corrects_and_a_withdrawal_everything() -> None:
    assert replaced_langs(Signal.CORRECTION, ["en"], ["en", "de"]) == {"en"}
    assert replaced_langs(Signal.WITHDRAWAL, ["en"], ["en", "de"]) == {"en", "de"}
    assert replaced_langs(Signal.ERASURE, [], ["en", "de"]) == {"en", "de"}
    assert replaced_langs(Signal.TRANSLATION, ["en"], ["en", "de"]) == set()


def test_a_message_has_one_id_in_every_attempt_and_no_other_has_it() -> None:
    one = message_id("wire.example", 7, "ab12", "email")
    assert one == message_id("wire.example", 7, "ab12", "email")
    others = {("other.example", 7, "ab12", "email"), ("wire.example", 8, "ab12", "email")}
    others |= {("wire.example", 7, "cd34", "email"), ("wire.example", 7, "ab12", "webhook")}
    assert one not in {message_id(*each) for each in others}
