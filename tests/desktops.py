"""Small entries and server-sent events, for the tests of the live stream."""

import json
import re
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from dateline.words.entry import Entry
from dateline.words.release import Rendition, Signal, Source, Version
from tests.entries import entry as made


@dataclass(frozen=True, slots=True)
class Event:
    """One server-sent event as a browser would take it up; `data` is None where there was none."""

    name: str
    id: int | None
    data: Any = None

    @property
    def is_frame(self) -> bool:
        return self.data is not None and "seq" in self.data


def events(text: bytes) -> list[Event]:
    """All whole events of a stream's body (WHATWG HTML section 9.2.6)."""
    found = []
    for block in text.decode().split("\n\n")[:-1]:
        fields = dict(line.split(": ", 1) for line in block.split("\n") if not line.startswith(":"))
        data = json.loads(fields["data"]) if "data" in fields else None
        found.append(Event(fields.get("event", ""), int(fields["id"]) if "id" in fields else None, data))
    return found


@cache
def _plain(langs: tuple[str, ...]) -> Entry:
    renditions = tuple(Rendition(lang, headline=f"TEXT {lang}", body_html="<p>BODY</p>") for lang in langs)
    return made(Version(renditions, langs[0], Source(issuer="Tidewell Energy")))


def entry(
    seq: int,
    langs: tuple[str, ...] = ("en",),
    *,
    guid: str = "",
    signal: Signal = Signal.RELEASE,
    **header: Any,
) -> Entry:
    """An entry of a story of its own, or of `guid`; `header` replaces fields of the header."""
    plain = _plain(langs)
    fields = {"seq": seq, "guid": f"tag:wire.example,2026:{guid or f's{seq}'}", "signal": str(signal), **header}
    takes_back = signal in {Signal.WITHDRAWAL, Signal.ERASURE}
    return replace(plain, header={**plain.header, **fields}, parts={} if takes_back else plain.parts)


def line(of: Entry) -> bytes:
    """The entry as a line of the wire's tail."""
    document = {"type": "entry", "header": of.header, "parts": of.parts, "canceled_by": of.canceled_by}
    return json.dumps(document).encode() + b"\n"


def guids(found: list[Event]) -> list[str]:
    return [re.sub(".*:", "", each.data["guid"]) for each in found if each.is_frame]


def seqs(found: list[Event]) -> list[int]:
    return [each.data["seq"] for each in found if each.is_frame]
