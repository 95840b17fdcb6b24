"""The breaker: opened by many failures over a while and by nothing less, and asked less and less often."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dateline.delivery import breaking

BEGAN = datetime(2026, 11, 24, tzinfo=UTC)


def after(gaps: list[float]) -> breaking.Row | None:
    row, at = None, BEGAN
    for gap in gaps:
        at += timedelta(seconds=gap)
        row = breaking.failed(row, at)
    return row


def test_a_burst_of_failures_within_five_minutes_does_not_open_it_and_one_more_after_them_does() -> None:
    row = after([0.0, *[1.0] * 50])
    assert row == breaking.Row(51, BEGAN)
    late = BEGAN + breaking.OVER
    assert breaking.failed(row, late) == breaking.Row(52, BEGAN, probe_at=late + breaking.FIRST)


@given(st.lists(st.floats(0, 400), min_size=1, max_size=40))
def test_it_is_open_only_after_ten_failures_over_five_minutes_and_then_always(gaps: list[float]) -> None:
    at = [BEGAN + timedelta(seconds=sum(gaps[: count + 1])) for count in range(len(gaps))]
    opens = any(
        count + 1 >= breaking.FAILURES and moment - at[0] >= breaking.OVER + timedelta(milliseconds=1)
        for count, moment in enumerate(at)
    )
    row = after(gaps)
    assert row is not None
    if opens:
        assert row.probe_at is not None
    if row.probe_at is not None:
        assert len(gaps) >= breaking.FAILURES
        assert at[-1] - at[0] >= breaking.OVER - timedelta(milliseconds=1)


def test_probes_are_a_minute_apart_at_first_and_an_hour_at_last() -> None:
    row, spaced = breaking.Row(10, BEGAN, probe_at=BEGAN), []
    for _ in range(8):
        assert row.probe_at is not None
        now = row.probe_at
        row = breaking.probing(row, now)
        assert row.probe_at is not None
        spaced.append((row.probe_at - now).total_seconds() / 60)
    assert spaced == [2, 4, 8, 16, 32, 60, 60, 60]
