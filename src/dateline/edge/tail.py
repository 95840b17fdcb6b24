"""Following the tail of the log over a Unix socket, for ever: whoever is cut off reads on from its cursor."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any, Protocol

import structlog

from dateline.edge.hub import Hub
from dateline.edge.passes import Passes
from dateline.words.entry import Entry

log = structlog.get_logger("dateline.edge")
# A line holds an entry with every rendition; a filing of 10 MB is the largest.
_LONGEST_LINE = 32 * 1024 * 1024
_FIRST_WAIT, _LONGEST_WAIT = 0.05, 2.0
_CHUNK = 1024 * 1024
_TELL_EVERY = 1.0
_FEW = 50
# So many lines, or so many seconds of them, are taken together at most.
_BURST = 300
_GATHER = 0.1


class Reader(Protocol):
    """Who follows: where the entries go, what else the log says, and what it is told."""

    hub: Hub
    passes: Passes

    def told_size(self, size: int) -> None: ...
    def notice(self, notice: Mapping[str, Any]) -> None: ...
    def caught_up(self) -> None: ...
    def figures(self) -> list[dict[str, Any]]: ...


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
    source, sink = await asyncio.open_unix_connection(str(path), limit=_CHUNK)
    telling = asyncio.create_task(_tell(reader, sink))
    try:
        # A negative cursor asks for so many of the newest.
        after = reader.hub.seq if reader.hub.begun else -kept
        sink.write(json.dumps({"after": after, "notices": reader.passes.number}).encode() + b"\n")
        async for lines in _together(source):
            _take(reader, [json.loads(line) for line in lines])
            reader.caught_up()
    finally:
        telling.cancel()
        sink.close()


async def _tell(reader: Reader, sink: asyncio.StreamWriter) -> None:
    """Each second, how evenly the newest entries went out."""
    while True:
        await asyncio.sleep(_TELL_EVERY)
        figures = reader.figures()
        for at in range(0, len(figures), _FEW):
            some = figures[at : at + _FEW]
            sink.write(json.dumps({"type": "fairness", "figures": some}).encode() + b"\n")


async def _together(source: asyncio.StreamReader) -> AsyncIterator[list[bytes]]:
    """The whole lines that have come since; of a burst, as many as come without a pause.

    What is written together is one write to each desktop, and the write is what costs. So a line that is not whole yet
    is waited for, for a moment; one that is whole, and the last, is not held up.
    """
    loop = asyncio.get_running_loop()
    rest, ready, until = b"", list[bytes](), 0.0
    while data := await source.read(_CHUNK):
        if not ready:
            until = loop.time() + _GATHER
        *lines, rest = (rest + data).split(b"\n")
        ready += lines
        if len(rest) > _LONGEST_LINE:
            raise ValueError("a line without an end")
        if ready and (not rest or len(ready) >= _BURST or loop.time() > until):
            yield ready
            ready = []


def _take(reader: Reader, lines: list[dict[str, Any]]) -> None:
    for line in lines:
        if line["type"] == "size":
            reader.told_size(int(line["size"]))
        elif line["type"] == "notice":
            reader.notice(line)
    entries = [line for line in lines if line["type"] == "entry"]
    reader.hub.add(*(Entry(line["header"], line["parts"], {}, line["canceled_by"]) for line in entries))
