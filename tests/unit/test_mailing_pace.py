"""The pace that is learned from refusals, against servers as the big ones are, in a world without real time."""

import math
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dateline.delivery.mailing.pace import Pace


@dataclass
class Windows:
    """Takes so many in each window of seconds."""

    limit: int
    seconds: float
    _taken: dict[int, int] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        return self.limit / self.seconds

    def takes(self, now: float) -> bool:
        window = int(now / self.seconds)
        self._taken[window] = self._taken.get(window, 0) + 1
        return self._taken[window] <= self.limit


@dataclass
class Bucket:
    """Takes `rate` a second, and so many at once after a rest."""

    rate: float
    burst: float
    _level: float = 0.0
    _at: float = 0.0

    def takes(self, now: float) -> bool:
        self._level = min(self.burst, self._level + (now - self._at) * self.rate)
        self._at = now
        if self._level < 1:
            return False
        self._level -= 1
        return True


def sent(server: Windows | Bucket, count: int, out: int, trip: float = 0.01) -> tuple[float, int]:
    """Seconds until so many are taken with so many under way at once, and how many were refused."""
    pace, now, taken, refused = Pace(), 0.0, 0, 0
    under_way: list[float] = []
    while taken < count:
        wait = pace.wait(now)
        if wait == 0 and len(under_way) < out:
            pace.sent(now)
            under_way.append(now + trip)
            continue
        now = min([*under_way, now + max(wait, 0.001) if 0 < wait < math.inf else math.inf])
        while under_way and under_way[0] <= now:
            under_way.pop(0)
            if server.takes(now):
                pace.accepted(now)
                taken += 1
            else:
                pace.refused(now)
                refused += 1
    return now, refused


@pytest.mark.parametrize("out", [1, 8, 20])
@pytest.mark.parametrize(
    "server", [Windows(600, 60), Windows(100, 10), Windows(50, 1), Bucket(20, 40), Bucket(5, 1), Bucket(100, 500)]
)
def test_it_comes_within_a_fifth_of_what_the_server_takes_and_seldom_asks_too_much(
    server: Windows | Bucket, out: int
) -> None:
    count = 6000
    first = server.limit if isinstance(server, Windows) else server.burst
    seconds, refused = sent(type(server)(*list(vars(server).values())[:2]), count, out)
    assert seconds <= (count - first) / server.rate * 1.2 + 10
    assert refused < count * 0.1


def test_nobody_who_takes_everything_is_kept_waiting() -> None:
    pace = Pace()
    for at in range(1000):
        assert pace.wait(at / 1000) == 0
        pace.sent(at / 1000)
        pace.accepted(at / 1000)
    assert pace.rate == math.inf


def test_after_a_refusal_one_goes_first_and_the_rest_when_it_was_taken() -> None:
    pace = Pace()
    pace.sent(0.0)
    pace.refused(0.0)
    assert pace.wait(0.5) == 0.5
    assert pace.wait(1.0) == 0
    pace.sent(1.0)
    assert pace.wait(1.1) == math.inf
    pace.accepted(1.2)
    assert pace.wait(1.2) == 0


def test_what_the_server_asks_for_is_kept() -> None:
    pace = Pace()
    pace.sent(0.0)
    pace.refused(0.0, 90.0)
    assert pace.wait(1.0) == 89.0


@settings(max_examples=200)
@given(st.lists(st.tuples(st.sampled_from(["accepted", "refused", "lost"]), st.floats(0, 5)), max_size=60))
def test_it_never_stops_for_good(steps: list[tuple[str, float]]) -> None:
    pace, now = Pace(), 0.0
    for act, later in steps:
        now += later
        if pace.wait(now) == 0:
            pace.sent(now)
            if act == "lost":
                pace.lost()
            else:
                getattr(pace, act)(now)
    assert pace.wait(now + 200) == 0
