"""How evenly an entry went out to the desktops: the figures of all edges, added up and signed.

Each edge sends its own up the tail, again when they have changed. Times are whole milliseconds after `released_at`.
"""

import base64
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from dateline.formats.canonical import canonical
from dateline.wire import signing
from dateline.wire.models import EdgeFigures

_LONGEST_NAME = 80


@transaction.atomic
def take(figures: Sequence[Mapping[str, Any]]) -> None:
    """Keep an edge's figures of entries in the place of its older ones; ValueError or KeyError if they are none."""
    for told in figures:
        name = str(told["edge"])[:_LONGEST_NAME]
        EdgeFigures.objects.update_or_create(seq=int(told["seq"]), edge=name, defaults={"body": _body(told)})


def _body(told: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "streams": int(told["streams"]),
        "together": int(told["together"]),
        "first_ms": int(told["first_ms"]),
        "last_ms": int(told["last_ms"]),
        "writes": _histogram(told["writes"]),
        "receipts": _histogram(told["receipts"]),
    }


def of(seq: int) -> dict[str, Any]:
    """The signed figures of one entry: `figures`, and an Ed25519 signature of their canonical JSON by the log's key."""
    figures = _merged(seq)
    signature = signing.private().sign(canonical(figures))
    return {"figures": figures, "key": signing.vkey(), "signature": base64.b64encode(signature).decode()}


def _merged(seq: int) -> dict[str, Any]:
    rows = list(EdgeFigures.objects.filter(seq=seq).order_by("edge"))
    writes, receipts = (_added(row.body[name] for row in rows) for name in ("writes", "receipts"))
    firsts, lasts = ([row.body[name] for row in rows] for name in ("first_ms", "last_ms"))
    return {
        "seq": seq,
        "edges": len(rows),
        "streams": sum(row.body["streams"] for row in rows),
        # A burst is one write a stream: so many entries at most shared theirs.
        "together": max((row.body["together"] for row in rows), default=0),
        "first_ms": min(firsts, default=None),
        "last_ms": max(lasts, default=None),
        "skew_ms": max(lasts) - min(firsts) if rows else None,
        "p50_ms": _quantile(writes, 50),
        "p99_ms": _quantile(writes, 99),
        "writes": writes,
        "receipts": {"by": "the desktops' own clocks", "p50_ms": _quantile(receipts, 50), "times": receipts},
    }


def _histogram(told: Mapping[str, Any]) -> dict[str, int]:
    return {str(int(bound)): int(number) for bound, number in told.items()}


def _added(histograms: Any) -> list[list[int]]:
    """Pairs of an upper bound in milliseconds and how many were not later, and later than the bound before."""
    total: Counter[int] = Counter()
    for each in histograms:
        total.update({int(bound): number for bound, number in each.items()})
    return [[bound, total[bound]] for bound in sorted(total)]


def _quantile(times: list[list[int]], percent: int) -> int | None:
    """The bound under which so many of a hundred are."""
    wanted, have = sum(number for _, number in times) * percent, 0
    for bound, number in times:
        have += number * 100
        if have >= wanted:
            return bound
    return None
