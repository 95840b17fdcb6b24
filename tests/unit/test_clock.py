"""T is wall time in a zone; hours that do not exist or come twice are refused, and so is the past."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.words import clock
from dateline.words.errors import BadInput

NOW = datetime(2026, 1, 1, tzinfo=UTC)
FIRST, LAST = datetime.fromisoformat("1990-01-01"), datetime.fromisoformat("2200-01-01")


def fault_of(text: str, zone: str, now: datetime = NOW) -> str:
    with pytest.raises(BadInput) as refused:
        clock.embargo(text, zone, now)
    (fault,) = refused.value.faults
    assert fault.what
    assert fault.mend
    assert fault.where.startswith("/embargo")
    return fault.code


def test_nine_in_seoul_is_midnight_in_utc() -> None:
    assert clock.embargo("2026-12-01T09:00", "Asia/Seoul", NOW) == datetime(2026, 12, 1, tzinfo=UTC)


def test_an_offset_needs_no_zone() -> None:
    assert clock.embargo("2026-12-01T09:00+01:00", "", NOW) == datetime(2026, 12, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "zone", "code"),
    [
        ("2026-03-29T02:30", "Europe/Berlin", "no-such-hour"),
        ("2026-10-25T02:30", "Europe/Berlin", "hour-twice"),
        ("2025-12-01T09:00", "Asia/Seoul", "past"),
        ("2026-12-01T09:00", "", "no-zone"),
        ("2026-12-01T09:00", "Mars/Olympus", "unknown-zone"),
        ("2026-12-01T09:00", "../../etc/passwd", "unknown-zone"),
        ("tomorrow", "Asia/Seoul", "bad-time"),
        ("", "Asia/Seoul", "bad-time"),
    ],
)
def test_what_is_no_minute_is_refused(text: str, zone: str, code: str) -> None:
    assert fault_of(text, zone) == code


def test_an_hour_that_comes_twice_is_meant_by_its_offset() -> None:
    assert clock.embargo("2026-10-25T02:30+01:00", "Europe/Berlin", NOW) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


@given(st.datetimes(min_value=FIRST, max_value=LAST, timezones=st.just(UTC)))
def test_a_printed_instant_reads_back_to_the_millisecond(moment: datetime) -> None:
    assert timedelta(0) <= moment - clock.instant(clock.printed(moment)) < timedelta(milliseconds=1)


@given(st.datetimes(min_value=FIRST, max_value=LAST, timezones=st.just(UTC)))
def test_rounding_up_never_goes_back(moment: datetime) -> None:
    rounded = clock.rounded_up(moment)
    assert timedelta(0) <= rounded - moment < timedelta(milliseconds=1)
    assert rounded.microsecond % 1000 == 0


def test_a_time_without_a_zone_is_never_printed() -> None:
    with pytest.raises(ValueError, match="zone"):
        clock.printed(FIRST)
