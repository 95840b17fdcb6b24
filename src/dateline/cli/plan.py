"""`dateline plan`: what so many desktops take, computed from what was measured last."""

import json
import math
import re
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from dateline.words.errors import BadInput, Fault

_FIGURES = Path(__file__).with_name("figures.json")
# The part of a core that may be planned for: accepting, heartbeats and replays need the rest.
_LOAD = 0.7
# Ethernet, IP, TCP with timestamps, and a record of TLS 1.3, for each frame (RFC 8446, 791, 9293).
_OVERHEAD_BYTES = 14 + 4 + 20 + 32 + 22
_SPREAD_S = 60
_BEAT_S = 15
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_TIME = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*(ms|s)")


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured: `make bench-edge`, `bench-connect` and `bench-end-to-end` write it down."""

    measured: str
    frames_per_s: float
    kb_per_connection: float
    kernel_kb_per_connection: float
    process_mb: float
    handshakes_per_s: float
    encode_us: float
    append_ms: float
    frame_bytes: float


@dataclass(frozen=True, slots=True)
class Line:
    """One result: its name, its value as it is printed, and where it comes from."""

    name: str
    value: str
    formula: str


def plan(desktops: int, languages: int, p99_s: float, figures: Figures) -> list[Line]:
    """What it takes that 99 of 100 desktops have one entry that all of them want within so many seconds of T.

    BadInput if no number of cores is enough: the append and the encoding alone take longer.
    """
    before = figures.append_ms / 1000 + languages * figures.encode_us / 1e6
    left = p99_s - before
    if left <= 0:
        what = f"{before * 1000:.0f} ms are gone before the first write."
        raise BadInput([Fault("too-soon", what, "--p99", "Allow more time.")])
    rate = figures.frames_per_s * _LOAD
    # 99 of 100 of an edge's streams are written within what is left.
    each = max(1, math.floor(rate * left / 0.99))
    edges = math.ceil(desktops / each)
    share = math.ceil(desktops / edges)
    memory = (desktops * (figures.kb_per_connection + figures.kernel_kb_per_connection)) / 1e6
    memory += edges * figures.process_mb / 1000
    wire_bytes = figures.frame_bytes + _OVERHEAD_BYTES
    skew = share / figures.frames_per_s
    back = max(_SPREAD_S, share / (figures.handshakes_per_s * _LOAD))
    sent = desktops * wire_bytes
    beats = share / _BEAT_S / figures.frames_per_s
    return [
        Line("before the first write", f"{before * 1000:.0f} ms", "append p99 + languages × encoding of a frame"),
        Line("streams an edge can hold", f"{each:,}", f"frames/s × {_LOAD} × (p99 - before) ÷ 0.99"),
        Line("edges, a core each", f"{edges:,}", "desktops ÷ streams an edge can hold, rounded up"),
        Line("memory", f"{memory:,.1f} GB", "desktops × (edge + kernel KB a connection) + edges × process"),
        Line("open files an edge", f"{share + 300:,}", "desktops ÷ edges + 300 (`ulimit -n`)"),
        Line("sent for one entry", f"{sent / 1e9:,.2f} GB", f"desktops × (frame + {_OVERHEAD_BYTES} bytes)"),
        Line("bandwidth while it is sent", f"{sent * 8 / left / 1e9:,.1f} Gbit/s", "sent ÷ (p99 - before)"),
        Line("expected first → last", f"{skew * 1000:,.0f} ms", "streams of an edge ÷ frames/s; edges side by side"),
        Line("all back after a restart", f"{back:,.0f} s", f"told to spread over {_SPREAD_S} s, if handshakes keep up"),
        Line("heartbeats", f"{beats:.1%} of a core", f"streams of an edge ÷ {_BEAT_S} s ÷ frames/s"),
    ]


@click.command("plan")
@click.option("--desktops", type=click.IntRange(1, 10**9), default=3_500_000, show_default=True)
@click.option("--languages", type=click.IntRange(1, 200), default=15, show_default=True)
@click.option("--p99", default="1s", show_default=True, help="Within which 99 of 100 have it after T: 800ms, 1s.")
@click.option("--figures", "file", type=_FILE, default=_FIGURES, help="Figures of your own machine, from the benches.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(desktops: int, languages: int, p99: str, file: Path, as_json: bool) -> None:
    """What so many desktops take: cores, edges, memory, bandwidth and skew, each with its formula."""
    figures = _read(file)
    lines = plan(desktops, languages, _seconds(p99), figures)
    if as_json:
        click.echo(json.dumps({line.name: {"value": line.value, "formula": line.formula} for line in lines}))
        return
    title = f"{desktops:,} desktops, {languages} languages, p99 {p99}"
    table = Table("", "", "how", title=title, caption=f"measured {figures.measured}")
    for line in lines:
        table.add_row(line.name, line.value, line.formula)
    Console().print(table)


def _read(file: Path) -> Figures:
    try:
        return Figures(**json.loads(file.read_text()))
    except (ValueError, TypeError) as wrong:
        mend = "It has the members of cli/figures.json and no others."
        raise BadInput(
            [Fault("bad-figures", f"{file.name} is no file of figures: {wrong}", "--figures", mend)]
        ) from None


def _seconds(text: str) -> float:
    found = _TIME.fullmatch(text.strip())
    if found is None:
        raise BadInput([Fault("bad-time", f"{text[:40]!r} is no time.", "--p99", "Write 800ms or 1s.")])
    return float(found[1]) / (1000 if found[2] == "ms" else 1)
