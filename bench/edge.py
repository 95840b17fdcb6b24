"""`make bench-edge`: what one core carries, beside a bare send loop and Nchan, in the same run and by turns."""

import base64
import json
import os
import random
import re
import statistics
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.desktops import entry

from bench import figures, servers
from bench.servers import Crowd, Process, Tail
from dateline.formats import frame as frames
from dateline.words import sectors
from dateline.words.entry import Entry
from dateline.words.wire import Wire

COUNT = int(os.environ.get("BENCH_DESKTOPS", "15000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
ENTRIES = 10
SSE = "GET /wire{query} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n"
SOCKET = (
    "GET /wire HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    f"Sec-WebSocket-Key: {base64.b64encode(b'k' * 16).decode()}\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
SECTORS = sorted(sectors.all_codes())
COUNTRIES = ["DE", "FR", "GB", "JP", "KR", "CN", "BR", "ID", "TH", "VN", "SA", "EG", "US", "ES", "PT", "MY"]


@dataclass(slots=True)
class Figures:
    """What was measured of one server: frames a second, first → last, p50 and p99 after the first, CPU a frame."""

    rates: list[float] = field(default_factory=list)
    spans: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    kb: list[float] = field(default_factory=list)
    kernel_kb: list[float] = field(default_factory=list)

    def take(self, told: dict[str, Any]) -> None:
        span = told["last"] - told["first"]
        self.rates.append(told["frames"] / span)
        self.spans.append(span * 1000)
        self.p50.append((told["p50"] - told["first"]) * 1000)
        self.p99.append((told["p99"] - told["first"]) * 1000)

    def median(self, name: str) -> float:
        values = getattr(self, name)
        return statistics.median(values) if values else float("nan")


def story(size: int, **header: Any) -> Entry:
    """An entry whose frame has about so many bytes."""
    plain = entry(1, ("en",), **header)
    part = {**plain.parts["rendition/en"], "headline": "H" * max(1, size - 330)}
    return replace(plain, parts={**plain.parts, "rendition/en": part})


@dataclass(slots=True)
class Bench:
    """One run: the crowd, and what it is connected to by turns."""

    folder: Path
    crowd: Crowd
    figures: dict[str, Figures] = field(default_factory=dict)
    process_mb: float = 0.0

    def of(self, name: str) -> Figures:
        return self.figures.setdefault(name, Figures())

    def measure(self, name: str, server: Process, publish: Callable[[], None], wanting: int, size: int) -> None:
        """Ten frames to everybody, the next when all have the one before."""
        print(f"  {name}", file=sys.stderr)
        figures, cpu = self.of(name), server.cpu()
        for _ in range(ENTRIES):
            self.crowd.begin("expect", frames=wanting, size=size)
            self.crowd.answer()
            publish()
            figures.take(self.crowd.answer())
        figures.cpu.append((server.cpu() - cpu) / wanting / ENTRIES * 1e6)

    def floor(self, name: str, command: list[str], size: int) -> None:
        server = servers.floor(command, COUNT, size)
        stdin = server.process.stdin
        assert stdin is not None

        def publish() -> None:
            stdin.write(b"\n")
            stdin.flush()

        try:
            requests = [SSE.format(query="")]
            self.crowd.do("connect", port=server.port, requests=requests, count=COUNT, answers=False)
            self.measure(name, server, publish, COUNT, size)
        finally:
            server.end()
            self.crowd.do("close")

    @contextmanager
    def edge(self, requests: list[str], slow: int = 0) -> Iterator[tuple[Tail, Process, tuple[float, float]]]:
        """An edge with everybody connected, and the kilobytes that each of them took: of the process, of the kernel."""
        folder = self.folder / os.urandom(4).hex()
        folder.mkdir()
        tail = Tail(folder)
        tail.add(story(400))
        server = servers.edge(tail)
        try:
            before, kernel = server.rss(), slab()
            self.crowd.do("connect", port=server.port, requests=requests, count=COUNT, slow=slow)
            # The kernel has a socket at either end, and both are here.
            taken = (server.rss() - before) / COUNT / 1024, (slab() - kernel) / COUNT / 1024 / 2
            self.process_mb = server.rss() / 1e6 - COUNT * taken[0] / 1000
            yield tail, server, taken
        finally:
            server.end()
            self.crowd.do("close")

    def ours(self, name: str, request: str, size: int) -> None:
        with self.edge([request]) as (tail, server, (kb, kernel)):
            self.of(name).kb.append(kb)
            self.of(name).kernel_kb.append(kernel)
            made = story(size)
            tail.add(made)
            frame = self.crowd.do("quiet", seconds=0.5, begun=True)["bytes"]
            tail.add(made)
            frame = self.crowd.do("quiet", seconds=0.5, begun=True)["bytes"]
            self.measure(name, server, lambda: tail.add(made), COUNT, frame)

    def slow(self, size: int, slow: int) -> None:
        """The others' p99, when so many of the crowd read almost nothing, and their buffers are full."""
        name = "slow readers" if slow else "no slow readers"
        with self.edge([SSE.format(query="")], slow=COUNT // 10) as (tail, server, _):
            made, others = story(size), COUNT - COUNT // 10
            for _ in range(8):
                tail.add(*[made] * 32)
                self.crowd.do("quiet", seconds=0.5, begun=True)
                if not slow:
                    for _ in range(40):
                        self.crowd.do("sip", size=262144)
            tail.add(made)
            frame = self.crowd.do("quiet", seconds=0.5, begun=True)["bytes"]
            self.measure(name, server, lambda: tail.add(made), others, frame)

    def filtered(self, size: int) -> None:
        """Each desktop wants something else; about two in three want the entry."""
        requests, wanting = rule_sets(COUNT)
        with self.edge(requests) as (tail, server, _):
            made = story(size, sectors=["medtop:20000177"], countries=["DE", "JP", "BR"])
            tail.add(made)
            self.crowd.do("quiet", seconds=0.5, begun=True)
            tail.add(made)
            total = self.crowd.do("quiet", seconds=0.5, begun=True)["bytes"]
            self.measure("15,000 rule sets", server, lambda: tail.add(made), wanting, total)

    def nchan(self, size: int) -> None:
        server = servers.nchan(self.folder)
        if server is None:
            return
        message = b"x" * (size - 40)

        def publish() -> None:
            urllib.request.urlopen(f"http://127.0.0.1:{server.port}/publish", data=message, timeout=10).close()

        try:
            before = server.rss()
            self.crowd.do("connect", port=server.port, requests=[SSE.format(query="")], count=COUNT)
            self.of("Nchan").kb.append((server.rss() - before) / COUNT / 1024)
            publish()
            self.crowd.do("quiet", seconds=0.5, begun=True)
            publish()
            frame = self.crowd.do("quiet", seconds=0.5, begun=True)["bytes"]
            self.measure("Nchan", server, publish, COUNT, frame)
        finally:
            server.end()
            self.crowd.do("close")


def slab() -> int:
    """Bytes that the kernel keeps in its own objects."""
    found = re.search(r"^Slab:\s+(\d+) kB", Path("/proc/meminfo").read_text(), re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


def encoding_us() -> float:
    """Microseconds that one frame takes to be made, in one language."""
    made = story(1000)
    began = time.perf_counter()
    for _ in range(1000):
        frames.frame(made, "en", Wire())
    return (time.perf_counter() - began) * 1000


def rule_sets(count: int) -> tuple[list[str], int]:
    """As many different requests, seeded, and how many of them want a dividend in Germany, Japan or Brazil.

    The first always does: the crowd learns from it how long a frame is.
    """
    draw = random.Random(15)
    wide = {"medtop:20000177", *sectors.ancestors("medtop:20000177")}.intersection(SECTORS)
    found: dict[str, bool] = {}
    while len(found) < count:
        some, where = draw.sample(SECTORS, 12), draw.sample(COUNTRIES, 6)
        if draw.random() < 0.75 or not found:
            some[0], where[0] = draw.choice(sorted(wide)), draw.choice(["DE", "JP", "BR"])
        wants = bool(wide.intersection(some)) and bool({"DE", "JP", "BR"}.intersection(where))
        found[f"?lang=en&sector={','.join(some)}&country={','.join(where)}"] = wants
    return [SSE.format(query=query) for query in found], sum(found.values())


def main() -> None:
    floors = {"floor (Python's send loop)": [sys.executable, "-m", "bench.floor"]}
    with servers.place() as (folder, crowd):
        bench = Bench(folder, crowd)
        compiled = servers.compiled(folder)
        if compiled is not None:
            floors["floor (C)"] = [str(compiled)]
        for size in (1000, 400):
            for number in range(ROUNDS):
                print(f"{size} bytes, round {number + 1} of {ROUNDS}", file=sys.stderr)
                suffix = "" if size == 1000 else " 400 B"
                for name, command in floors.items():
                    bench.floor(name + suffix, command, size)
                bench.ours("edge, SSE" + suffix, SSE.format(query=""), size)
                bench.ours("edge, WebSocket" + suffix, SOCKET, size)
                if size == 1000:
                    bench.nchan(size)
                    bench.filtered(size)
                    bench.slow(size, 0)
                    bench.slow(size, 1)
        report(bench, "floor (C)" if compiled is not None else "floor (Python's send loop)")


def report(bench: Bench, floor: str) -> None:
    print(f"{COUNT} connections, {ROUNDS} rounds of {ENTRIES} frames by turns, medians, one core for the server")
    print(f"{'':32}{'frames/s':>10}{'first→last ms':>15}{'p50 ms':>9}{'p99 ms':>9}{'CPU µs':>9}{'KB/conn':>9}")
    for name, each in bench.figures.items():
        numbers = (each.median(one) for one in ("rates", "spans", "p50", "p99", "cpu", "kb"))
        rate, span, p50, p99, cpu, kb = numbers
        print(f"{name:32}{rate:>10,.0f}{span:>15.1f}{p50:>9.1f}{p99:>9.1f}{cpu:>9.2f}{kb:>9.2f}")

    def ratio(one: str, other: str, what: str = "rates") -> float:
        return round(bench.of(one).median(what) / bench.of(other).median(what), 3)

    sse = "edge, SSE"
    figures.keep(
        frames_per_s=round(bench.of(sse).median("rates")),
        kb_per_connection=round(bench.of(sse).median("kb"), 2),
        kernel_kb_per_connection=round(bench.of(sse).median("kernel_kb"), 2),
        process_mb=round(bench.process_mb),
        encode_us=round(encoding_us(), 1),
        frame_bytes=1000,
    )
    print(
        json.dumps(
            {
                "floor": floor,
                "floor_ratio": ratio(sse, floor),
                "floor_ratio_400": ratio(f"{sse} 400 B", f"{floor} 400 B"),
                "python_floor_ratio": ratio(sse, "floor (Python's send loop)"),
                "nchan_ratio": ratio(sse, "Nchan") if "Nchan" in bench.figures else None,
                "kb_per_connection": round(bench.of(sse).median("kb"), 2),
                "filtered_ratio": ratio("15,000 rule sets", sse),
                "slow_ratio": ratio("slow readers", "no slow readers", "p99"),
                "websocket_ratio": ratio("edge, WebSocket", floor),
                "frames_per_s": round(bench.of(sse).median("rates")),
                "connections": COUNT,
            }
        )
    )


if __name__ == "__main__":
    main()
