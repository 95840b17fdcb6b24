"""`make bench-connect`: handshakes a second, and a herd of 15,000 that comes back after its edge was killed.

The herd does as EventSource does: it waits for as long as it was told, then asks on from its last id. Entries are
released before the kill, while the edge is down, and after it is back; each screen must have each of them once.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.desktops import entry

from bench import figures, servers
from bench.edge import SOCKET, SSE
from bench.servers import Crowd, Tail, pinned

COUNT = int(os.environ.get("BENCH_DESKTOPS", "15000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))


def handshakes(folder: Path, crowd: Crowd, request: str) -> float:
    """Streams a second that one core opens: from the first connection to the last answer."""
    place = folder / os.urandom(4).hex()
    place.mkdir()
    tail = Tail(place)
    tail.add(entry(1))
    edge = servers.edge(tail)
    try:
        return COUNT / float(crowd.do("connect", port=edge.port, requests=[request], count=COUNT)["seconds"])
    finally:
        edge.end()
        crowd.do("close")


def herd(folder: Path) -> dict[str, Any]:
    """Kill the edge under everybody."""
    place = folder / os.urandom(4).hex()
    place.mkdir()
    tail = Tail(place)
    tail.add(entry(1))
    edge = servers.edge(tail)
    command = [*pinned(servers.CROWD_CORE), sys.executable, "-m", "bench.herd", str(edge.port), str(COUNT)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None

    def back(entries: int) -> dict[str, Any]:
        process.stdin.write(f"back {entries}\n")
        process.stdin.flush()
        return dict(json.loads(process.stdout.readline()))

    try:
        process.stdout.readline()
        tail.add(entry(1), entry(1))
        back(2)
        edge.end()
        killed = time.monotonic()
        tail.add(*[entry(1)] * 5)
        edge = servers.edge(tail, edge.port)
        up = time.monotonic()
        tail.add(*[entry(1)] * 3)
        told = back(10)
        return {
            "up_s": up - killed,
            "herd_s": told["at"] - killed,
            "missed": told["missed"],
            "doubled": told["doubled"],
        }
    finally:
        process.kill()
        process.wait()
        edge.end()


def main() -> None:
    with servers.place() as (folder, crowd):
        rates = [handshakes(folder, crowd, SSE.format(query="")) for _ in range(ROUNDS)]
        sockets = [handshakes(folder, crowd, SOCKET) for _ in range(ROUNDS)]
        told = herd(folder)
    print(f"{COUNT} screens, one core for the edge")
    print(f"{'handshakes, SSE':32}{statistics.median(rates):>10,.0f} a second")
    print(f"{'handshakes, WebSocket':32}{statistics.median(sockets):>10,.0f} a second")
    print(f"{'edge back after the kill':32}{told['up_s']:>10.1f} s")
    print(f"{'all screens back':32}{told['herd_s']:>10.1f} s   (they are told to spread)")
    print(f"{'entries missed / doubled':32}{told['missed']:>10} / {told['doubled']}")
    figures.keep(handshakes_per_s=round(statistics.median(rates)))
    print(
        json.dumps(
            {
                "handshakes_per_s": round(statistics.median(rates)),
                "websocket_handshakes_per_s": round(statistics.median(sockets)),
                "herd_s": round(told["herd_s"], 1),
                "missed": told["missed"],
                "doubled": told["doubled"],
            }
        )
    )


if __name__ == "__main__":
    main()
