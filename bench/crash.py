"""`make bench-crash`: a hundred times, kill a random process at a random moment with SIGKILL, and count.

The log's process and two delivery processes run; each round appends an entry to 120 journalists and 80 outlets
(every fifth round corrects or withdraws the one before), kills one of the three somewhere in the next 0.8 s, and
starts it again. The mail server takes 20 ms for each answer, so that much is under way. When all is settled, what
the sinks took is compared with the ledger: everybody whom the ledger says has an entry has it (`missing`), and who
got one twice (`duplicates`) got it under the same id. `duplicates_bound` adds up, over the kills, what the sinks
had taken just after and the ledger had not written down just before: the attempts that were under way. On SQLite
and PostgreSQL.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from typing import Any

from rich.console import Console
from rich.table import Table
from tests.house import House, free_port, house

from bench.delivery import database, step
from bench.throttle import Hosts, hosts

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "100"))
SEED = int(os.environ.get("BENCH_SEED", "4"))
JOURNALISTS, OUTLETS = 120, 80
NAMES = ("wire", "delivery 1", "delivery 2")


class Processes:
    """The three, each started again when it was killed."""

    def __init__(self, wire: House) -> None:
        self.wire = wire
        self.running = {name: self._started(name) for name in NAMES}

    def kill(self, name: str) -> None:
        self.running[name].kill()
        self.running[name].wait()
        self.running[name] = self._started(name)

    def stop(self) -> None:
        for one in self.running.values():
            one.send_signal(signal.SIGTERM)
        for one in self.running.values():
            one.wait(30)

    def _started(self, name: str) -> "subprocess.Popen[bytes]":
        line = [sys.executable, "-m", "dateline", "serve", name.split(maxsplit=1)[0]]
        with (self.wire.folder / "output").open("ab") as output:
            return subprocess.Popen(line, env=self.wire.environment, stdout=output, stderr=output)


def main() -> None:
    found = {store: _measured(store) for store in ("sqlite", "postgresql")}
    table = Table("", *found)
    for name in next(iter(found.values())):
        table.add_row(name, *(str(row[name]) for row in found.values()))
    Console().print(table)
    together = {name: sum(row[name] for row in found.values()) for name in next(iter(found.values()))}
    print(json.dumps({**together, "rounds": ROUNDS}))


def _measured(store: str) -> dict[str, int]:
    draw = random.Random(SEED)
    smtp, hooks = free_port(), free_port()
    with (
        database(store),
        house(DATELINE_SMTP_URL=f"smtp://127.0.0.1:{smtp}") as wire,
        hosts([{"port": smtp, "tarpit": 0.02}, {"port": hooks, "hooks": True}]) as sinks,
    ):
        wire.init()
        step(wire, "everybody", str(JOURNALISTS), str(OUTLETS), str(hooks), "all")
        processes = Processes(wire)
        try:
            rows, bound = _rounds(wire, processes, sinks, draw)
            told = step(wire, "has")
        finally:
            processes.stop()
        return {**_compared(told, rows), "duplicates_bound": bound}


def _rounds(wire: House, processes: Processes, sinks: Hosts, draw: random.Random) -> tuple[list[list[Any]], int]:
    """A hundred rounds; in each a kill. All that the sinks took, and how much was under way at the kills."""
    steps = Steps(wire)
    rows: list[list[Any]] = []
    bound = 0
    for number in range(ROUNDS):
        steps.ask("file", draw.choice(["correct", "withdraw"]) if number % 5 == 4 else "release")
        time.sleep(draw.uniform(0.0, 0.8))
        written = steps.ask("written")
        processes.kill(draw.choice(NAMES))
        rows += sinks.seen()
        bound += max(0, len({(to, seq) for _, to, _, seq, _ in rows}) - written)
        steps.ask("wait")
        rows += sinks.seen()
    steps.end()
    return rows, bound


class Steps:
    """`bench.ledger rounds`: one process inside the install that files and waits for all rounds."""

    def __init__(self, wire: House) -> None:
        line = [sys.executable, "-m", "bench.ledger", "rounds"]
        self.process = subprocess.Popen(line, env=wire.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, *words: str) -> int:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(" ".join(words).encode() + b"\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def end(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(30)


def _compared(told: dict[str, Any], rows: list[list[Any]]) -> dict[str, int]:
    """What the ledger says beside what the sinks have."""
    got = Counter((to, seq) for _, to, _, seq, _ in rows)
    ids = {(to, seq, message) for _, to, message, seq, _ in rows}
    has = {(to, int(seq)) for to, seq in told["has"]}
    return {
        "delivered": len(has),
        "missing": len(has - got.keys()),
        "unsettled": int(told["unsettled"]),
        "duplicates": sum(got.values()) - len(got),
        "under another id": len(ids) - len(got),
    }


if __name__ == "__main__":
    main()
