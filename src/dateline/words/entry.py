"""An entry of the log: a header that is a leaf of the tree, and salted parts.

Sources: RFC 8785 (canonical JSON), RFC 6962 section 2 (leaf hash); DESIGN, "The log entry".
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dateline.words import clock
from dateline.words.release import Signal

FORMAT = 1
PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Entry:
    """What a reader of the log gets.

    `header` is what was signed. `parts` maps a part's name (`rendition/en`, `contacts`) to its
    content, or to None where it is withheld or erased. `canceled_by` is the seq of the
    withdrawal that took it back: such an entry has no text for anybody downstream.
    """

    header: dict[str, Any]
    parts: dict[str, Any] = field(default_factory=dict)
    salts: dict[str, str] = field(default_factory=dict)
    canceled_by: int | None = None

    @property
    def seq(self) -> int:
        return int(self.header["seq"])

    @property
    def guid(self) -> str:
        return str(self.header["guid"])

    @property
    def key(self) -> str:
        """The random part of the guid: what addresses of pages are made of."""
        return self.guid.rpartition(":")[2]

    @property
    def version(self) -> int:
        return int(self.header["version"])

    @property
    def signal(self) -> Signal:
        return Signal(self.header["signal"])

    @property
    def released_at(self) -> datetime:
        return clock.instant(self.header["released_at"])

    @property
    def audience(self) -> frozenset[str]:
        return frozenset(self.header["audience"])

    @property
    def editions(self) -> dict[str, int]:
        """Language → edition: how many entries touched that rendition, this one included."""
        return dict(self.header["editions"])

    @property
    def langs(self) -> tuple[str, ...]:
        return tuple(self.header["editions"])

    @property
    def source(self) -> dict[str, Any]:
        return dict(self.header["source"])

    @property
    def sectors(self) -> tuple[str, ...]:
        return tuple(self.header["sectors"])

    @property
    def countries(self) -> tuple[str, ...]:
        return tuple(self.header["countries"])

    @property
    def canceled(self) -> bool:
        """True for a withdrawal and for all that one has taken back."""
        return self.canceled_by is not None or self.signal is Signal.WITHDRAWAL

    def rendition(self, lang: str) -> dict[str, Any] | None:
        """The rendition's part: headline, subhead, dateline, body_html, boilerplate, disclaimer, labels, based_on."""
        if self.canceled:
            return None
        part = self.parts.get(f"rendition/{lang}")
        return dict(part) if part is not None else None

    @property
    def contacts(self) -> list[dict[str, str]]:
        if self.canceled:
            return []
        return list(self.parts.get("contacts") or [])

    def may_be_read_by(self, groups: frozenset[str]) -> bool:
        """Whether somebody in these audience groups may read it. Everybody is in `public`."""
        return bool(self.audience & (groups | {PUBLIC}))
