"""`dateline plan`: more desktops never take less, and what cannot be done is said."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from dateline.cli import plan
from dateline.words.errors import BadInput

FIGURES = plan.Figures("today", 100_000, 2.0, 4.0, 75, 5000, 100, 38.5, 1000)


def value(lines: list[plan.Line], name: str) -> float:
    found = next(line for line in lines if line.name == name)
    return float(re.sub(r"[^0-9.]", "", found.value.split(" ")[0]))


def test_three_and_a_half_million_by_hand() -> None:
    lines = plan.plan(3_500_000, 15, 1.0, FIGURES)
    # 38.5 ms and fifteen frames of 0.1 ms are gone; 70,000 frames a second in the 0.96 s that are left, and one in a
    # hundred may be later.
    assert value(lines, "before the first write") == 40
    assert value(lines, "streams an edge can hold") == 67_878
    assert value(lines, "edges, a core each") == 52
    assert value(lines, "memory") == pytest.approx(3.5e6 * 6e3 / 1e9 + 52 * 0.075, abs=0.1)
    assert value(lines, "bandwidth while it is sent") == pytest.approx(3.5e6 * 1092 * 8 / 0.96 / 1e9, abs=0.1)
    assert all(line.formula for line in lines)


@given(st.integers(1, 10**8), st.integers(1, 10**8), st.floats(0.05, 10))
def test_more_desktops_never_take_less(some: int, more: int, p99: float) -> None:
    some, more = sorted((some, more))
    for name in ("edges, a core each", "memory", "sent for one entry"):
        assert value(plan.plan(some, 15, p99, FIGURES), name) <= value(plan.plan(more, 15, p99, FIGURES), name)


@given(st.integers(1, 10**8), st.floats(0.05, 10))
def test_the_edges_hold_everybody_in_time(desktops: int, p99: float) -> None:
    lines = plan.plan(desktops, 15, p99, FIGURES)
    assert value(lines, "edges, a core each") * value(lines, "streams an edge can hold") >= desktops
    assert value(lines, "expected first → last") <= p99 * 1000


def test_what_is_over_before_it_begins_is_refused() -> None:
    with pytest.raises(BadInput, match="40 ms are gone"):
        plan.plan(1000, 15, 0.03, FIGURES)


def test_the_command_reads_times_and_files(tmp_path: Path) -> None:
    run = CliRunner().invoke
    told = json.loads(run(plan.command, ["--desktops", "1000", "--p99", "800ms", "--json"]).output)
    assert told["edges, a core each"]["value"] == "1"
    assert isinstance(run(plan.command, ["--p99", "soon"]).exception, BadInput)
    (tmp_path / "figures.json").write_text("{}")
    assert isinstance(run(plan.command, ["--figures", str(tmp_path / "figures.json")]).exception, BadInput)
