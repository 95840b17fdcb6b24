"""When a reader wants mail, in the zone that he lives in."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.delivery import quiet
from dateline.words.errors import BadInput

SEOUL = {"zone": "Asia/Seoul", "quiet": "22:00-07:00"}
BEGAN = datetime(2025, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 3 * 365 * 24 * 3600).map(lambda seconds: BEGAN + timedelta(seconds=seconds))
HOURS = st.tuples(st.times(), st.times()).filter(lambda two: two[0].strftime("%H:%M") != two[1].strftime("%H:%M"))
ZONES = st.sampled_from(["UTC", "Asia/Seoul", "America/St_Johns", "Europe/Berlin", "Australia/Lord_Howe"])


@pytest.mark.parametrize(
    ("now", "end"),
    [
        (datetime(2026, 11, 24, 12, 59, tzinfo=UTC), None),
        (datetime(2026, 11, 24, 13, 0, tzinfo=UTC), datetime(2026, 11, 24, 22, 0, tzinfo=UTC)),
        (datetime(2026, 11, 24, 21, 59, tzinfo=UTC), datetime(2026, 11, 24, 22, 0, tzinfo=UTC)),
        (datetime(2026, 11, 24, 22, 0, tzinfo=UTC), None),
    ],
)
def test_the_night_of_seoul_ends_at_seven_there(now: datetime, end: datetime | None) -> None:
    assert quiet.not_before(SEOUL, now) == end


def test_a_lunch_hour_lies_within_one_day() -> None:
    lunch = {"zone": "Europe/Berlin", "quiet": "12:00-13:30"}
    noon = datetime(2026, 7, 1, 10, 0, tzinfo=UTC)
    assert quiet.not_before(lunch, noon) == noon + timedelta(minutes=90)
    assert quiet.not_before(lunch, noon + timedelta(minutes=90)) is None


@given(MOMENTS, HOURS, ZONES)
def test_the_end_is_ahead_is_not_quiet_itself_and_comes_within_a_day(now: datetime, hours: tuple, zone: str) -> None:
    begin, end = (each.strftime("%H:%M") for each in hours)
    wishes = {"zone": zone, "quiet": f"{begin}-{end}"}
    until = quiet.not_before(wishes, now)
    if until is not None:
        # Never now: a worker would look again at once, for as long as it is night.
        assert now < until <= now + timedelta(hours=26)
        # Where the clock is put forward over that minute, it is a minute that nobody has.
        assert until.astimezone(ZoneInfo(zone)).utcoffset() != now.astimezone(ZoneInfo(zone)).utcoffset() or (
            quiet.not_before(wishes, until) is None
        )


@given(MOMENTS, ZONES)
def test_the_day_began_at_the_readers_midnight(now: datetime, zone: str) -> None:
    began = quiet.day_began({"zone": zone}, now)
    assert began <= now < began + timedelta(hours=26)
    assert began.astimezone(ZoneInfo(zone)).date() == now.astimezone(ZoneInfo(zone)).date()


def test_a_digest_comes_at_the_next_hour_or_at_the_readers_own() -> None:
    now = datetime(2026, 11, 24, 22, 30, tzinfo=UTC)
    assert quiet.digest_at({"digest": "hourly"}, now) == datetime(2026, 11, 24, 23, 0, tzinfo=UTC)
    assert quiet.digest_at({"digest": "08:00", "zone": "Asia/Seoul"}, now) == datetime(2026, 11, 24, 23, 0, tzinfo=UTC)
    assert quiet.digest_at({"digest": "07:30", "zone": "Asia/Seoul"}, now) == now + timedelta(days=1)
    assert quiet.digest_at({"cap": "3"}, now) is None


BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(
    ("now", "end"),
    [
        # 02:15 for the second time: the night that ends at 02:30 ends when that comes for the second time.
        (datetime(2026, 10, 25, 1, 15, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
        (datetime(2026, 10, 25, 0, 15, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
        # 01:45, and there is no 02:30: it ends when the clock has been put forward over it.
        (datetime(2026, 3, 29, 0, 45, tzinfo=UTC), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
    ],
)
def test_a_night_ends_once_where_the_clock_is_changed(now: datetime, end: datetime) -> None:
    assert quiet.not_before({"zone": BERLIN, "quiet": "22:00-02:30"}, now) == end


@given(MOMENTS, st.times(), ZONES)
def test_a_daily_digest_is_ahead_and_there_is_one_a_day(now: datetime, hour: time, zone: str) -> None:
    wishes = {"zone": zone, "digest": hour.strftime("%H:%M")}
    due = quiet.digest_at(wishes, now)
    assert due is not None
    assert now < due <= now + timedelta(hours=26)
    following = quiet.digest_at(wishes, due)
    assert following is not None
    assert timedelta(hours=22) < following - due < timedelta(hours=26)


def test_quiet_hours_hold_an_hourly_digest_and_never_what_a_digest_gathers() -> None:
    evening, night = datetime(2026, 11, 24, 12, 30, tzinfo=UTC), datetime(2026, 11, 24, 15, 10, tzinfo=UTC)
    seven = datetime(2026, 11, 24, 22, 0, tzinfo=UTC)
    for now in (evening, night):
        assert quiet.digest_at({**SEOUL, "digest": "hourly"}, now) == seven
        assert quiet.not_before({**SEOUL, "digest": "06:30"}, now) is None
        assert quiet.digest_at({**SEOUL, "digest": "06:30"}, now) == seven - timedelta(minutes=30)


def test_the_next_day_is_the_readers_own() -> None:
    assert quiet.next_day(SEOUL, datetime(2026, 11, 24, 14, 59, tzinfo=UTC)) == datetime(2026, 11, 24, 15, tzinfo=UTC)


def test_a_cap_is_said_only_when_it_is_reached() -> None:
    assert quiet.over({"cap": "5"}, 4) == ""
    assert "5 a day" in quiet.over({"cap": "5"}, 5)
    assert quiet.over({}, 10_000) == ""


def test_blank_wishes_are_none_and_what_is_wrong_is_named() -> None:
    assert quiet.checked({"zone": "Asia/Seoul", "quiet": " ", "cap": ""}) is None
    with pytest.raises(BadInput) as refused:
        quiet.checked({"zone": "Mars/Base", "quiet": "25:00-07:00", "cap": "0", "digest": "weekly"})
    assert [fault.code for fault in refused.value.faults] == ["bad-zone", "bad-hours", "bad-cap", "bad-digest"]
    with pytest.raises(BadInput):
        quiet.checked({"quiet": "07:00-07:00"})
