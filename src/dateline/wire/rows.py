"""The rows that an append adds: 300 entries in fifteen languages are 15,000."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from dateline.intake.models import FiledVersion
from dateline.wire import bulk
from dateline.wire.models import LogEntry, LogLang, LogPart, LogSector
from dateline.wire.prepare import Prepared
from dateline.words.release import State


class Rows:
    """What is to be written, in the order of the log, and what changes beside it."""

    def __init__(self) -> None:
        self.seqs: list[int] = []
        self.after: list[Callable[[], object]] = []
        self._entries: list[Sequence[Any]] = []
        self._parts: list[Sequence[Any]] = []
        self._langs: list[Sequence[Any]] = []
        self._sectors: list[Sequence[Any]] = []
        self._released: list[Sequence[Any]] = []
        self._replaced: list[Sequence[Any]] = []

    def entry(self, prepared: Prepared, seq: int, at: datetime, header: bytes) -> None:
        """The entry, its parts, and that its version is released."""
        signal = str(prepared.version.signal)
        self.seqs.append(seq)
        self._entries.append((seq, prepared.guid, prepared.release, prepared.number, signal, at, header))
        self._parts += [(seq, name, part.salt, part.text) for name, part in prepared.parts.items()]
        self._released.append((str(State.RELEASED), seq, prepared.filed))

    def touched(self, seq: int, guid: str, lang: str, edition: int, first: datetime) -> None:
        """That the entry touched a rendition, whose older entry is current no more."""
        if edition > 1:
            self._replaced.append((False, guid, lang))
        self._langs.append((seq, guid, lang, edition, first, True))

    def within(self, seq: int, sectors: Iterable[str]) -> None:
        self._sectors += [(seq, sector) for sector in sorted(sectors)]

    def save(self) -> None:
        """Write them all, inside the append's transaction."""
        bulk.insert(LogEntry, ("seq", "guid", "key", "version", "signal", "released_at", "header"), self._entries)
        bulk.insert(LogPart, ("entry_id", "name", "salt", "content"), self._parts)
        bulk.update(LogLang, "current = %s WHERE guid = %s AND lang = %s", self._replaced)
        columns = ("entry_id", "guid", "lang", "edition", "first_released_at", "current")
        bulk.insert(LogLang, columns, self._langs)
        bulk.insert(LogSector, ("entry_id", "sector"), self._sectors)
        bulk.update(FiledVersion, "state = %s, seq = %s WHERE id = %s", self._released)
        for change in self.after:
            change()
