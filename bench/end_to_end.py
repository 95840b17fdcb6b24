"""`make bench-end-to-end`: from the append to the last desktop, webhook and mail; and from T to the append.

A whole install of its own, on this machine: every process, SQLite, 1,000 desktops, 1,000 webhook
outlets and 1,000 journalists on local sinks. Times are taken where things arrive.

- `desktop_last_ms`, `webhook_last_ms`, `mail_last_ms`: from `released_at` to the last; median of the rounds.
- `embargo_p50_ms`, `embargo_p99_ms`: from T to the tail's line, over 200 releases, each at a T of its own.
- `burst_p99_ms`: the same over 300 releases in fifteen languages at one T.
"""

import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from tests.house import House, free_port, house

from bench import figures as measured

DESKTOPS = OUTLETS = JOURNALISTS = int(os.environ.get("BENCH_RECIPIENTS", "1000"))
ROUNDS = 5
ALONE = int(os.environ.get("BENCH_EMBARGOED", "200"))
BURST = int(os.environ.get("BENCH_BURST", "300"))
ROOT = Path(__file__).parents[1]
_FIELDS = [re.compile(each) for each in (rb'"guid":"(tag:[^"]+)"', rb'"released_at":"([^"]+)"', rb'"seq":([0-9]+)')]


class Tail(threading.Thread):
    """Reads the tail as an edge does, and notes when each entry's line came."""

    def __init__(self, path: Path) -> None:
        super().__init__(daemon=True)
        self.path, self.seen, self.released = path, {}, {}

    def run(self) -> None:
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(self.path))
            client.sendall(b'{"after": 0}\n')
            with client.makefile("rb") as lines:
                for line in lines:
                    now = time.time()
                    # Only the header's few fields are read: parsing whole lines would delay the reading of the next.
                    if line.startswith(b'{"type": "entry"'):
                        guid, at, seq = (
                            found[1].decode() for found in (each.search(line) for each in _FIELDS) if found
                        )
                        self.seen[guid] = now
                        self.released[int(seq)] = datetime.fromisoformat(at).timestamp()


class Child:
    """One of the bench's own processes, which writes what it saw when it ends."""

    def __init__(self, file: Path, module: str, *words: str) -> None:
        self.file = file
        line = [sys.executable, "-m", module, *words, str(file)]
        self.process = subprocess.Popen(line, stdout=subprocess.PIPE, cwd=ROOT)
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == b"ready\n"

    def ended(self) -> Any:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=30)
        return json.loads(self.file.read_text())


def main() -> None:
    smtp, hooks = free_port(), free_port()
    with house(DATELINE_SMTP_URL=f"smtp://127.0.0.1:{smtp}") as wire:
        wire.init()
        seed(wire, "recipients", str(OUTLETS), str(JOURNALISTS), str(hooks))
        sinks = Child(wire.folder / "sinks.json", "bench.sinks", str(smtp), str(hooks))
        wire.start()
        tail = Tail(wire.home / "run" / "tail.sock")
        tail.start()
        figures = _rounds(wire, tail, sinks)
        seed(wire, "quiet")
        figures |= _embargoed(wire, tail)
        figures |= _burst(wire, tail)
    _print(figures)
    measured.keep(append_ms=figures["embargo_p99_ms"])


def _rounds(wire: House, tail: Tail, sinks: Child) -> dict[str, float]:
    """Releases to everybody, one after the other."""
    file = wire.folder / "desktops.json"
    desktops = Child(file, "bench.desktops", f"{wire.stream}/wire?lang=en", str(DESKTOPS))
    for number in range(1, ROUNDS + 1):
        seed(wire, "release", f"Round {number}", "")
        wait(lambda number=number: len(tail.released) >= number)
        wait(lambda: not _owed(wire), 120)
        time.sleep(0.5)
    screens, sunk = desktops.ended(), sinks.ended()
    complete = [
        *(count == DESKTOPS for count, _ in screens.values()),
        *(count == JOURNALISTS for count, _ in sunk["mail"].values()),
        *(count == OUTLETS for count, _ in sunk["webhook"].values()),
    ]
    assert all(complete), "somebody did not get it, or twice"
    assert len(complete) == 3 * ROUNDS, "a round is missing"
    by_round = sorted(tail.released.values())
    mails = [sunk["mail"][f"Round {number}"][1] for number in range(1, ROUNDS + 1)]
    posts = sorted(last for _, last in sunk["webhook"].values())
    shown = [screens[seq][1] for seq in sorted(screens, key=int)]
    return {
        "desktop_last_ms": _median(shown, by_round),
        "webhook_last_ms": _median(posts, by_round),
        "mail_last_ms": _median(mails, by_round),
    }


def _embargoed(wire: House, tail: Tail) -> dict[str, float]:
    start = datetime.now(UTC) + timedelta(seconds=ALONE * 0.12 + 5)
    due = seed(wire, "embargoed", str(ALONE), start.isoformat(), "0.1")
    late = _lateness(tail, due)
    return {"embargo_p50_ms": _percentile(late, 50), "embargo_p99_ms": _percentile(late, 99)}


def _burst(wire: House, tail: Tail) -> dict[str, float]:
    start = datetime.now(UTC) + timedelta(seconds=BURST * 0.2 + 10)
    due = seed(wire, "burst", str(BURST), start.isoformat(), "0")
    return {"burst_p99_ms": _percentile(_lateness(tail, due), 99)}


def _lateness(tail: Tail, due: dict[str, float]) -> list[float]:
    """Milliseconds from each T to the line of its entry."""
    last = max(due.values())
    assert time.time() < min(due.values()), "the releases were not all approved before T"
    wait(lambda: due.keys() <= tail.seen.keys(), last - time.time() + 60)
    late = [(tail.seen[guid] - at) * 1000 for guid, at in due.items()]
    assert min(late) >= 0, "something was out before its time"
    return late


def seed(wire: House, *words: str) -> dict[str, float]:
    """Run a step of `bench.seed` inside the install; what it prints last is JSON."""
    line = [sys.executable, "-m", "bench.seed", *words]
    done = subprocess.run(line, env=wire.environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answer: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return answer


def _owed(wire: House) -> bool:
    _, figures = wire.call("GET", "/metrics")
    wanted = ("dateline_delivery_owed ", "dateline_delivery_behind ")
    return any(float(line.split()[1]) for line in str(figures).splitlines() if line.startswith(wanted))


def wait(done: Any, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < until, "the bench waited too long"
        time.sleep(0.05)


def _median(last: list[float], began: list[float]) -> float:
    return round(statistics.median((end - start) * 1000 for start, end in zip(began, last, strict=True)), 1)


def _percentile(values: list[float], percent: int) -> float:
    return round(sorted(values)[min(len(values) - 1, len(values) * percent // 100)], 1)


def _print(figures: dict[str, float]) -> None:
    table = Table("figure", "ms", "aim")
    aims = {"embargo_p99_ms": "≤ 50", "burst_p99_ms": "≤ 1000"}
    for name, value in figures.items():
        table.add_row(name, str(value), aims.get(name, ""))
    Console().print(table)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
