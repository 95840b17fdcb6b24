"""`make bench-burst`: 300 entries in fifteen languages at one T, to 15,000 desktops that each want some 2 % of them.

Then the bodies that those headlines make people pull from the web, out of a whole install with such a burst in its log.
"""

import asyncio
import json
import os
import random
import statistics
import sys
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
from tests.desktops import entry
from tests.house import house

from bench import servers
from bench.edge import SSE
from bench.end_to_end import seed, wait
from bench.servers import Crowd, Tail
from dateline.words.entry import Entry
from dateline.words.languages import FIFTEEN

COUNT = int(os.environ.get("BENCH_DESKTOPS", "15000"))
BURST = int(os.environ.get("BENCH_BURST", "300"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
# Fifty countries: who asks for one wants 2 % of what has one.
COUNTRIES = [
    "AE",
    "AR",
    "AT",
    "AU",
    "BE",
    "BR",
    "CA",
    "CH",
    "CL",
    "CN",
    "CO",
    "CZ",
    "DE",
    "DK",
    "EG",
    "ES",
    "FI",
    "FR",
    "GB",
    "GR",
    "HK",
    "HU",
    "ID",
    "IE",
    "IL",
    "IN",
    "IT",
    "JP",
    "KE",
    "KR",
    "MX",
    "MY",
    "NG",
    "NL",
    "NO",
    "NZ",
    "PE",
    "PH",
    "PL",
    "PT",
    "RO",
    "RU",
    "SA",
    "SE",
    "SG",
    "TH",
    "TR",
    "US",
    "VN",
    "ZA",
]
# Of a hundred headlines that are shown, how many are opened, and within how many seconds.
OPENED, SECONDS = 2, 10.0


def requests() -> tuple[list[str], Counter[str]]:
    draw = random.Random(300)
    wanted: Counter[str] = Counter()
    made = []
    for _ in range(COUNT):
        country = draw.choice(COUNTRIES)
        wanted[country] += 1
        made.append(SSE.format(query=f"?lang={draw.choice(FIFTEEN)}&country={country}"))
    return made, wanted


def entries() -> list[Entry]:
    """The burst; each entry concerns one country, and has a headline of its own in each language."""
    plain = entry(1, FIFTEEN)
    parts = {
        name: {**part, "headline": "H" * 200, "body_html": "<p>" + "word " * 400 + "</p>"}
        for name, part in plain.parts.items()
        if name.startswith("rendition/")
    }
    made = replace(plain, parts={**plain.parts, **parts})
    return [
        replace(made, header={**made.header, "countries": [COUNTRIES[number % len(COUNTRIES)]]})
        for number in range(BURST)
    ]


def measure(folder: Path, crowd: Crowd, *, tls: bool) -> list[float] | None:
    """The p99 of receipt after T, in milliseconds, once for each round; None if there is no nginx."""
    made, wanted = requests()
    burst = entries()
    frames = sum(wanted[each.countries[0]] for each in burst)
    place = folder / ("tls" if tls else "plain")
    place.mkdir()
    tail = Tail(place)
    tail.add(entry(1))
    edge = servers.edge(tail)
    proxy = servers.tls_proxy(folder, edge.port) if tls else None
    if tls and proxy is None:
        return None
    found = []
    try:
        crowd.do("connect", port=proxy.port if proxy else edge.port, requests=made, count=COUNT, tls=tls)
        for number in range(ROUNDS):
            print(f"{'TLS' if tls else 'plain'}, round {number + 1} of {ROUNDS}", file=sys.stderr)
            lines = tail.lines(*burst)
            crowd.begin("burst", frames=frames)
            crowd.answer()
            began = time.monotonic()
            tail.add_lines(lines)
            found.append((crowd.answer()["p99"] - began) * 1000)
            time.sleep(1)
    finally:
        edge.end()
        if proxy is not None:
            proxy.end()
        crowd.do("close")
    return found


def floor_rate(folder: Path, crowd: Crowd) -> float:
    """Frames a second of a bare send loop, here and now."""
    compiled = servers.compiled(folder)
    command = [str(compiled)] if compiled else [sys.executable, "-m", "bench.floor"]
    server = servers.floor(command, COUNT, 700)
    assert server.process.stdin is not None
    rates = []
    try:
        crowd.do("connect", port=server.port, requests=[SSE.format(query="")], count=COUNT, answers=False)
        for _ in range(10):
            crowd.begin("expect", frames=COUNT, size=700)
            crowd.answer()
            server.process.stdin.write(b"\n")
            server.process.stdin.flush()
            told = crowd.answer()
            rates.append(COUNT / (told["last"] - told["first"]))
    finally:
        server.end()
        crowd.do("close")
    return statistics.median(rates)


def bodies(frames: int) -> list[float]:
    """Milliseconds that each page took, of a whole install that has just released such a burst."""
    with house() as wire:
        wire.init()
        wire.start()
        due = seed(
            wire, "burst", str(BURST), (datetime.now(UTC) + timedelta(seconds=BURST * 0.2 + 10)).isoformat(), "0"
        )
        wait(lambda: wire.call("GET", "/api/v1/wire?limit=1")[1]["size"] >= BURST, 180)
        draw = random.Random(3)
        keys = [guid.rpartition(":")[2] for guid in due]
        pulls = frames * OPENED // 100
        urls = [f"{wire.web}/{draw.choice(FIFTEEN)}/{draw.choice(keys)}" for _ in range(pulls)]
        return asyncio.run(pull(urls, [draw.uniform(0, SECONDS) for _ in urls]))


async def pull(urls: list[str], starts: list[float]) -> list[float]:
    taken: list[float] = []

    async def one(session: aiohttp.ClientSession, url: str, start: float) -> None:
        await asyncio.sleep(start)
        began = time.monotonic()
        async with session.get(url) as answer:
            await answer.read()
            assert answer.status == 200, url
        taken.append((time.monotonic() - began) * 1000)

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=200)) as session:
        await asyncio.gather(*(one(session, url, start) for url, start in zip(urls, starts, strict=True)))
    return taken


def percentile(values: list[float], percent: int) -> float:
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)]


def main() -> None:
    with servers.place() as (folder, crowd):
        rate = floor_rate(folder, crowd)
        plain = measure(folder, crowd, tls=False)
        secure = measure(folder, crowd, tls=True)
    assert plain is not None
    _, wanted = requests()
    frames = sum(wanted[each.countries[0]] for each in entries())
    ideal = frames / rate * 1000
    pulled = bodies(frames)
    p99 = statistics.median(plain)
    print(f"{BURST} entries in 15 languages at one T, {COUNT} desktops, {frames:,} frames; floor {rate:,.0f} frames/s")
    print(f"{'frames ÷ floor':32}{ideal:>10.0f} ms")
    print(f"{'p99 of receipt':32}{p99:>10.0f} ms   ({p99 / ideal:.2f} of it)")
    if secure:
        print(f"{'p99 behind nginx with TLS':32}{statistics.median(secure):>10.0f} ms")
    print(
        f"{len(pulled):,} pages within {SECONDS:.0f} s: "
        f"p50 {percentile(pulled, 50):.0f} ms, p99 {percentile(pulled, 99):.0f} ms"
    )
    print(
        json.dumps(
            {
                "p99_ms": round(p99, 1),
                "over_floor": round(p99 / ideal, 3),
                "tls_p99_ms": round(statistics.median(secure), 1) if secure else None,
                "body_p99_ms": round(percentile(pulled, 99), 1),
                "frames": frames,
                "floor_frames_per_s": round(rate),
            }
        )
    )


if __name__ == "__main__":
    main()
