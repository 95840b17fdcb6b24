"""`make bench-throttle`: 86,000 mails over 40 domains whose servers limit, greylist, tarpit and answer 4xx.

Forty servers of the bench's own (`bench.mailhosts`) hold to limits as the big hosts do, in times that are a tenth
of theirs. What would be ideal is computed from the limits, and from the rate at which the same mails go out when
nobody limits, measured first: so many accepted by each moment as all limits together allow.

- `t95_over_ideal`, `t99_over_ideal`: time from the append until 95 % and 99 % are accepted ÷ ideal. Aim: ≤ 1.2 for
  95 %.
- `cancel_s`: in the middle of another such entry it is withdrawn: the time from that append until nothing unsent
  goes out. Aim: ≤ 1.
- `punished`: the slowest of the domains that do not limit: time until all of its mails are accepted ÷ the time
  until all were when nobody limited.
"""

import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from rich.console import Console
from rich.table import Table
from tests.house import House, free_port, house

from bench.delivery import delivering, step

MAILS = int(os.environ.get("BENCH_JOURNALISTS", "86000"))
ROOT = Path(__file__).parents[1]
# How many domains of each kind, and how each limits.
KINDS: list[tuple[str, int, dict[str, Any]]] = [
    ("free", 16, {}),
    ("window", 8, {"window": [300, 6.0], "at_once": 10}),
    ("small window", 6, {"window": [60, 1.0], "most": 50}),
    ("greylist", 4, {"grey": 6}),
    ("tarpit", 4, {"tarpit": 0.05, "at_once": 12}),
    ("per connection", 2, {"most": 10, "at_once": 4}),
]
# Replies that a tarpit delays for each mail: to MAIL, RCPT, DATA and the final dot.
_REPLIES = 4


class Hosts:
    """The servers, in a process of their own."""

    def __init__(self, policies: list[dict[str, Any]]) -> None:
        line = ["taskset", "-c", "1", sys.executable, "-m", "bench.mailhosts", json.dumps(policies)]
        self.process = subprocess.Popen(line, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._out.readline() == b"ready\n"

    @property
    def _out(self) -> IO[bytes]:
        assert self.process.stdout is not None
        return self.process.stdout

    def seen(self) -> list[list[Any]]:
        """What was taken since the last look."""
        assert self.process.stdin is not None
        self.process.stdin.write(b"\n")
        self.process.stdin.flush()
        rows: list[list[Any]] = json.loads(self._out.readline())
        return rows


@contextmanager
def hosts(policies: list[dict[str, Any]]) -> Iterator[Hosts]:
    made = Hosts(policies)
    try:
        yield made
    finally:
        made.process.kill()
        made.process.wait()


def main() -> None:
    domains = [
        (f"{kind.replace(' ', '-')}-{number}.example", policy)
        for kind, count, policy in KINDS
        for number in range(count)
    ]
    ports = [free_port() for _ in domains]
    each = MAILS // len(domains)
    with house() as wire:
        wire.init()
        step(wire, "domains", *(f"{name}={each}" for name, _ in domains))
        routes = wire.folder / "routes"
        routes.write_text(
            "".join(f"{name} smtp://127.0.0.1:{port}\n" for (name, _), port in zip(domains, ports, strict=True))
        )
        wire.environment["DATELINE_SMTP_URL"] = f"file:{routes}"
        with hosts([{"port": port} for port in ports]) as free:
            plain = _accepted(wire, free, each * len(domains))
        with hosts([{"port": port, **policy} for port, (_, policy) in zip(ports, domains, strict=True)]) as limited:
            took = _accepted(wire, limited, each * len(domains))
            cancel = _canceled(wire, limited)
    _tell(domains, ports, each, plain, took, cancel)


Times = dict[int, list[float]]


def _accepted(wire: House, servers: Hosts, count: int) -> Times:
    """Port → seconds from the append at which each of its mails was accepted."""
    (wire.folder / "output").write_bytes(b"")
    with delivering(wire):
        made = step(wire, "append", "mail")
        rows: list[list[Any]] = []
        until = time.monotonic() + 900
        while len(rows) < count:
            assert time.monotonic() < until, f"{len(rows)} of {count} were accepted"
            time.sleep(0.5)
            rows += servers.seen()
    found: Times = defaultdict(list)
    for port, _, _, _, at in rows:
        found[port].append(at - made["at"])
    return {port: sorted(times) for port, times in found.items()}


def _canceled(wire: House, servers: Hosts) -> float:
    """Seconds from a withdrawal until the last mail of what was withdrawn is accepted."""
    (wire.folder / "output").write_bytes(b"")
    with delivering(wire):
        made = step(wire, "append", "mail")
        time.sleep(8)
        taken = step(wire, "withdraw", made["guid"])
        time.sleep(8)
        rows = servers.seen()
    late = [at - taken["at"] for _, _, _, seq, at in rows if seq == made["seq"]]
    assert any(seq == taken["seq"] for _, _, _, seq, _ in rows), "the withdrawal did not go out"
    return round(max(*late, 0.0), 2)


def _ideal(policy: dict[str, Any], each: int, at: float) -> float:
    """How many mails of a domain can be accepted within so many seconds."""
    if "window" in policy:
        most, seconds = policy["window"]
        return min(each, most * (at / seconds + 1))
    if "grey" in policy:
        return each if at >= policy["grey"] else 0
    if "tarpit" in policy:
        return min(each, policy["at_once"] * at / (_REPLIES * policy["tarpit"]))
    return each


def _reached(share: float, domains: list[tuple[str, dict[str, Any]]], each: int, rate: float) -> float:
    """The ideal time until a share is accepted."""
    at, wanted = 0.0, share * each * len(domains)
    while min(sum(_ideal(policy, each, at) for _, policy in domains), rate * at) < wanted:
        at += 0.05
    return at


def _tell(
    domains: list[tuple[str, dict[str, Any]]], ports: list[int], each: int, plain: Times, took: Times, cancel: float
) -> None:
    total = each * len(domains)
    last = max(times[-1] for times in plain.values())
    together = sorted(at for times in took.values() for at in times)
    figures: dict[str, float] = {}
    table = Table("", "took, s", "ideal, s", "÷")
    for share in (0.95, 0.99):
        ideal = _reached(share, domains, each, total / last)
        real = together[int(total * share) - 1]
        figures[f"t{share * 100:.0f}_over_ideal"] = round(real / ideal, 2)
        table.add_row(f"{share:.0%} accepted", f"{real:.1f}", f"{ideal:.1f}", f"{real / ideal:.2f}")
    figures["cancel_s"] = cancel
    free = [took[port][-1] for port, (_, policy) in zip(ports, domains, strict=True) if not policy]
    figures["punished"] = round(max(free) / last, 2)
    table.add_row("all of those who do not limit", f"{max(free):.1f}", f"{last:.1f}", f"{figures['punished']:.2f}")
    table.add_row("withdrawn, until nothing more goes out", f"{cancel:.2f}", "1", "")
    for kind, _, policy in KINDS:
        named = [
            took[port][-1]
            for port, (name, _) in zip(ports, domains, strict=True)
            if name.startswith(kind.replace(" ", "-"))
        ]
        ideal = next(at / 20 for at in range(100_000) if _ideal(policy, each, at / 20) >= each)
        table.add_row(f"  {kind}", f"{max(named):.1f}", f"{ideal:.1f}" if ideal else "", "")
    Console(width=100).print(table)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
