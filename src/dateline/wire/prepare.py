"""Everything of an entry that does not depend on the moment of its release, made before T and kept in memory."""

import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from dateline.formats.canonical import part_digest
from dateline.words import clock
from dateline.words.entry import FORMAT
from dateline.words.printed import printed
from dateline.words.release import Rendition, Signal, Track, Version
from dateline.words.wire import Wire


@dataclass(frozen=True, slots=True)
class Part:
    """A part as it goes into the log: its salt (hex), its content, the same as JSON, and the digest in the header."""

    salt: str
    content: Any
    text: str
    digest: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """An entry but for seq, time, supersedes and editions. `due` is T, or None for at once."""

    filed: int
    edit: int
    release: str
    guid: str
    number: int
    version: Version
    due: datetime | None
    parts: dict[str, Part]
    header: dict[str, Any]

    @property
    def langs(self) -> tuple[str, ...]:
        """The renditions that it touches; a withdrawal touches all that there are, which the log knows."""
        return tuple(name.partition("/")[2] for name in self.parts if name.startswith("rendition/"))


def due(version: Version) -> datetime | None:
    """T as an instant. It was checked when it was approved; that it has passed since does not matter."""
    if not version.embargo.at:
        return None
    return clock.embargo(version.embargo.at, version.embargo.zone, datetime.min.replace(tzinfo=UTC))


def prepare(
    version: Version, *, filed: int, edit: int, release: str, guid: str, number: int, wire: Wire, now: datetime
) -> Prepared:
    """Print every rendition that is ready, salt and digest every part."""
    at = due(version)
    parts = {f"rendition/{each.lang}": part(printed(version, each, wire, at or now)) for each in _ready(version)}
    if version.contacts:
        parts["contacts"] = part(version.as_json()["contacts"])
    return Prepared(filed, edit, release, guid, number, version, at, parts, _header(version, guid, number, parts))


def part(content: Any) -> Part:
    salt = secrets.token_bytes(32)
    return Part(salt.hex(), content, json.dumps(content, ensure_ascii=False), part_digest(salt, content))


def _ready(version: Version) -> list[Rendition]:
    return [each for each in version.renditions if each.track is Track.READY]


def _header(version: Version, guid: str, number: int, parts: dict[str, Part]) -> dict[str, Any]:
    source = version.source
    header: dict[str, Any] = {
        "format": FORMAT,
        "signal": str(version.signal),
        "guid": guid,
        "version": number,
        "audience": list(version.audience),
        "urgency": version.urgency,
        "slugline": version.slugline,
        "ednote": version.ednote,
        "source": {
            "kind": source.kind,
            "name": source.name,
            "issuer": source.issuer,
            "guid": source.guid,
            "verified": source.verified,
            "principal": source.principal or source.issuer,
            "payer": source.payer or source.issuer,
            "state_controlled": source.state_controlled,
        },
        "disclosure": {
            "third_party": source.kind == "provider",
            "sponsored": version.sponsored,
            "ai_use": version.ai_use,
            "machine_translated": [each.lang for each in _ready(version) if each.machine_translated],
        },
        "sectors": list(version.sectors),
        "countries": list(version.countries),
        "tickers": list(version.tickers),
        "isins": list(version.isins),
        "circuits": list(version.circuits),
        "source_language": version.source_language,
        "parts": {name: part.digest for name, part in parts.items()},
    }
    if version.signal is Signal.WITHDRAWAL:
        # A withdrawal repeats nothing of what it takes back.
        header |= {"slugline": "", "tickers": [], "isins": []}
    if version.signal is Signal.ERASURE:
        header["erased"] = list(version.erases)
    return header
