"""`make bench-routing`: 3.6 million profiles, 540,000 of them with words, and one entry after the other.

The profiles come from a seed. Countries, sectors and issuers are drawn as they are asked for in the field: few by very
many, most by few (Zipf). They are put in in the order of language and country, as a bulk load does it.
"""

import json
import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from itertools import accumulate
from typing import Any

from dateline.routing import snapshot, texts
from dateline.routing.expressions import And, Near, Not, Or, Term
from dateline.routing.index import Index, Values, Wants, satisfies
from dateline.words import sectors
from dateline.words.languages import FIFTEEN

PROFILES = int(os.environ.get("BENCH_PROFILES", "3600000"))
ENTRIES = int(os.environ.get("BENCH_ENTRIES", "200"))
WORDED = 0.15
COUNTRIES = [f"{a}{b}" for a in "ABCDEFGHIJ" for b in "QRSTUVWXYZ"][:90]
ISSUERS = [f"company {number}" for number in range(60_000)]
SECTORS = sorted(sectors.all_codes())
SYLLABLES = ["ba", "ke", "li", "mo", "nu", "ra", "se", "ti", "vo", "zu", "chan", "dor", "fel", "gris", "hal"]


class Zipf:
    """Draws few of a list very often, and most seldom."""

    def __init__(self, draw: random.Random, items: list[str]) -> None:
        self.items, self.draw = items, draw
        self.weights = list(accumulate(1 / (rank + 1) for rank in range(len(items))))

    def some(self, most: int) -> frozenset[str]:
        return frozenset(self.draw.choices(self.items, cum_weights=self.weights, k=self.draw.randint(1, most)))


class Maker:
    """Rules, entries and texts out of a seed."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.words = ["".join(self.draw.choices(SYLLABLES, k=self.draw.randint(2, 4))) for _ in range(40_000)]
        draws = (COUNTRIES, SECTORS, ISSUERS, list(FIFTEEN), self.words)
        self.country, self.sector, self.issuer, self.lang, self.word = (Zipf(self.draw, each) for each in draws)

    def rule(self) -> Wants:
        draw, asks = self.draw, {"language": self.lang.some(2)}
        refuses: Values = {}
        if draw.random() < 0.6:
            asks["country"] = self.country.some(4)
        if draw.random() < 0.7:
            asks["sector"] = self.sector.some(5)
        if draw.random() < 0.25:
            asks["issuer"] = self.issuer.some(6)
        if draw.random() < 0.2:
            asks["urgency"] = frozenset(str(each) for each in range(1, draw.randint(3, 8)))
        if draw.random() < 0.1:
            refuses = {"country": self.country.some(2)}
        return Wants(asks, refuses, False, self.expression() if draw.random() < WORDED else None)

    def expression(self) -> Any:
        kind = self.draw.random()
        if kind < 0.6:
            return self.term()
        if kind < 0.75:
            return And((self.term(), self.term()))
        if kind < 0.9:
            return Or((self.term(), self.term()))
        return And((self.term(), Not(self.term()))) if kind < 0.97 else Near(self.term(), self.term(), 3)

    def term(self) -> Term:
        """A word in any form, or a phrase of one or two as it stands."""
        count = self.draw.randint(1, 2)
        return Term(" ".join(self.draw.choices(self.words, k=count)), count > 1 or self.draw.random() < 0.5)

    def entry(self) -> Values:
        langs = self.draw.sample(FIFTEEN, self.draw.randint(1, 15))
        some = self.sector.some(3)
        wide = {each for code in some for each in (code, *sectors.ancestors(code))}
        return {
            "language": frozenset({*langs, *(lang.partition("-")[0] for lang in langs)}),
            "country": self.country.some(2),
            "sector": frozenset(wide),
            "issuer": self.issuer.some(1),
            "ticker": frozenset(),
            "urgency": frozenset({str(self.draw.randint(1, 8))}),
            "circuit": frozenset(),
            "signal": frozenset({"release"}),
        }

    def text(self, values: Values, size: int = 5000) -> texts.Text:
        """Some 5 KB in all, shared out among the entry's languages."""
        langs = [lang for lang in FIFTEEN if lang in values["language"]]
        each = size // len(langs)
        said = {}
        for lang in langs:
            found = ""
            while len(found) < each:
                found += self.draw.choice(self.words) + " "
            said[lang] = found
        return texts.of(said)


def timed(act: Callable[[], Any]) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def percentile(values: list[float], percent: int) -> float:
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)]


def main() -> None:
    maker = Maker(7)
    began = time.perf_counter()
    rules = [maker.rule() for _ in range(PROFILES)]
    order = sorted(range(PROFILES), key=lambda one: _place(rules[one]))
    print(f"{PROFILES:,} profiles drawn in {time.perf_counter() - began:.0f} s", file=sys.stderr)
    began = time.perf_counter()
    index = Index()
    for number in order:
        index.put(number, number, rules[number])
    put_us = (time.perf_counter() - began) / PROFILES * 1e6
    print(f"put in at {put_us:.1f} µs each", file=sys.stderr)
    data = snapshot.dump(index, 1)
    del index
    load_s = min(timed(lambda: snapshot.load(data)) for _ in range(3)) / 1000
    index, _ = snapshot.load(data)
    entries = [maker.entry() for _ in range(ENTRIES)]
    said = [maker.text(values) for values in entries]
    normal_ms = [timed(lambda read=read: read.streams) for read in said]
    index.match(entries[0], said[0])
    plain, whole, hits = [], [], []
    for values, read in zip(entries, said, strict=True):
        plain.append(timed(lambda values=values: index.match(values)))
        whole.append(timed(lambda values=values, read=read: hits.append(len(index.match(values, read)))))
    keyword = [max(0.0, both - one) for both, one in zip(whole, plain, strict=True)]
    changes = [
        timed(lambda number=number: index.put(number, number, rules[number])) * 1000
        for number in maker.draw.sample(range(PROFILES), 2000)
    ]
    sample = list(zip(entries, said, strict=True))[:20]
    mismatches = sum(_differs(index, values, read, rules, maker) for values, read in sample)
    figures = {
        "match_ms_p50": round(statistics.median(plain), 3),
        "match_ms_p99": round(percentile(plain, 99), 3),
        "bytes_per_profile": round(len(data) / PROFILES, 1),
        "change_us_p50": round(statistics.median(changes), 1),
        "snapshot_load_s": round(load_s, 2),
        "keyword_ms_p50": round(statistics.median(keyword), 3),
        "mismatches": mismatches,
        "normalise_ms_p50": round(statistics.median(normal_ms), 2),
        "with_words_ms_p50": round(statistics.median(whole), 3),
        "put_us": round(put_us, 1),
        "recipients_p50": statistics.median(hits),
        "profiles": PROFILES,
    }
    for name, value in figures.items():
        print(f"{name:24}{value:>14,}")
    print(json.dumps(figures))


def _place(rule: Wants) -> tuple[str, str]:
    return min(rule.asks["language"]), min(rule.asks.get("country", {""}))


def _differs(index: Index, values: Values, read: texts.Text, rules: list[Wants], maker: Maker) -> int:
    """Over a sample of the rules, how many the index and a plain reading of the rule do not agree about."""
    found = {index.slots.owners[slot] for slot in index.match(values, read)}
    sample = maker.draw.sample(range(PROFILES), min(PROFILES, 20_000))
    return sum((number in found) != satisfies(rules[number], values, read) for number in sample)


if __name__ == "__main__":
    main()
