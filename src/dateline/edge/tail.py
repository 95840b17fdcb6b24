"""Following the tail of the log over a Unix socket, for ever: whoever is cut off reads on from its cursor."""

import asyncio
import json
from pathlib import Path
from typing import Any, Protocol

import structlog

from dateline.edge.hub import Hub
from dateline.words.entry import Entry

log = structlog.get_logger("dateline.edge")
# A line holds an entry with every rendition.
_LONGEST_LINE = 64 * 1024 * 1024
_LONGEST_WAIT = 2.0


class Reader(Protocol):
    """Who follows: where the entries go, and how long the log is said to be."""

    hub: Hub
    size: int | None


async def follow(reader: Reader, path: Path, kept: int = 10_000) -> None:
    """Read the last `kept` entries, then each as it comes."""
    wait = 0.05
    while True:
        try:
            source, sink = await asyncio.open_unix_connection(str(path), limit=_LONGEST_LINE)
        except OSError:
            await asyncio.sleep(wait)
            wait = min(wait * 2, _LONGEST_WAIT)
            continue
        wait = 0.05
        try:
            # A negative cursor asks for so many of the newest.
            sink.write(json.dumps({"after": reader.hub.seq or -kept}).encode() + b"\n")
            while line := await source.readline():
                take(reader, json.loads(line))
        except (OSError, ValueError):
            log.warning("the tail broke off", seq=reader.hub.seq)
        finally:
            sink.close()
        await asyncio.sleep(wait)


def take(reader: Reader, line: dict[str, Any]) -> None:
    """One line of the tail."""
    if line["type"] == "entry":
        reader.hub.add(Entry(line["header"], line["parts"], {}, line["canceled_by"]))
    elif line["type"] == "size" and reader.size is None:
        reader.size = int(line["size"])
