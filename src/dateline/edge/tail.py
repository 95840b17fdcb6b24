"""Following the tail of the log over a Unix socket, for ever: whoever is cut off reads on from its cursor."""

import asyncio
import json
import random
from pathlib import Path
from typing import Any, Protocol

import structlog

from dateline.edge.hub import Hub
from dateline.words.entry import Entry

log = structlog.get_logger("dateline.edge")
# A line holds an entry with every rendition; a filing of 10 MB is the largest.
_LONGEST_LINE = 32 * 1024 * 1024
_FIRST_WAIT, _LONGEST_WAIT = 0.05, 2.0
# Frames of a burst are joined in one write to each socket, as many as this; then what is written must leave.
_BURST = 16


class Reader(Protocol):
    """Who follows: where the entries go, and what is to be done when the log says how long it is."""

    hub: Hub

    def told_size(self, size: int) -> None: ...


async def follow(reader: Reader, path: Path, kept: int) -> None:
    """Read the last `kept` entries, then each as it comes."""
    wait = _FIRST_WAIT
    while True:
        seq = reader.hub.seq
        try:
            await _read(reader, path, kept)
        except (OSError, ValueError, KeyError, TypeError) as broken:
            log.warning("the tail broke off", why=type(broken).__name__, seq=reader.hub.seq)
        if reader.hub.seq != seq:
            wait = _FIRST_WAIT
        await asyncio.sleep(wait * random.uniform(0.5, 1.0))
        wait = min(wait * 2, _LONGEST_WAIT)


async def _read(reader: Reader, path: Path, kept: int) -> None:
    """One connection, to its end."""
    source, sink = await asyncio.open_unix_connection(str(path), limit=_LONGEST_LINE)
    try:
        # A negative cursor asks for so many of the newest.
        sink.write(json.dumps({"after": reader.hub.seq if reader.hub.begun else -kept}).encode() + b"\n")
        count = 0
        while line := await source.readline():
            _take(reader, json.loads(line))
            count += 1
            if count % _BURST == 0:
                # A line that has come already is read without a pause, in which alone sockets are written to.
                await asyncio.sleep(0)
    finally:
        sink.close()


def _take(reader: Reader, line: dict[str, Any]) -> None:
    if line["type"] == "entry":
        reader.hub.add(Entry(line["header"], line["parts"], {}, line["canceled_by"]))
    elif line["type"] == "size":
        reader.told_size(int(line["size"]))
