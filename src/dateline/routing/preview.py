"""What rules would have matched lately: so that somebody who writes them sees what they do."""

import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from dateline.routing import query
from dateline.routing.index import best_language, facts, satisfies
from dateline.routing.rules import checked, short, wants
from dateline.routing.texts import text
from dateline.wire import log
from dateline.words import clock
from dateline.words.entry import Entry

DAYS = 30
# It looks at so many of the newest entries, for so many seconds, and says at how many.
_MOST, _SECONDS = 2000, 2.0
_CHUNK = 100
_SHOWN = 50


def preview(
    rules: Sequence[Mapping[str, Any]], languages: tuple[str, ...], groups: frozenset[str], now: datetime
) -> dict[str, Any]:
    """The checked rules, the query that means the same, and which releases of the last thirty days they match.

    `looked` says at how many entries of that time it looked; `matched` counts releases, of which the newest are listed.
    """
    documents = [short(each) for each in checked(rules)]
    asked = [wants(each) for each in documents]
    found: dict[str, dict[str, Any]] = {}
    looked, until = 0, time.monotonic() + _SECONDS
    for entry in _newest(groups, now - timedelta(days=DAYS)):
        looked += 1
        values, read = facts(entry), text(entry)
        matched = [] if entry.canceled else [each for each in asked if satisfies(each, values, read)]
        lang = best_language(languages, matched, entry.langs, str(entry.header["source_language"])) if matched else None
        if lang is not None and entry.guid not in found:
            found[entry.guid] = _line(entry, lang)
        if looked >= _MOST or time.monotonic() > until:
            break
    return {
        "rules": documents,
        "query": query.written(documents),
        "days": DAYS,
        "looked": looked,
        "matched": len(found),
        "releases": list(found.values())[:_SHOWN],
    }


def _newest(groups: frozenset[str], since: datetime) -> Any:
    """The entries that may be read, newest first, as far back as `since`."""
    end = log.size()
    while end > 0:
        start = max(0, end - _CHUNK)
        some = [each for each in log.after(start, _CHUNK, groups) if each.seq <= end]
        for entry in reversed(some):
            if entry.released_at < since:
                return
            yield entry
        end = start


def _line(entry: Entry, lang: str) -> dict[str, Any]:
    part = entry.rendition(lang) or {}
    return {
        "seq": entry.seq,
        "guid": entry.guid,
        "lang": lang,
        "headline": part.get("headline", ""),
        "source": entry.source["name"],
        "released_at": clock.printed(entry.released_at),
    }
