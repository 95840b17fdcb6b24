"""Releases as lists on the working pages show them. Each text that is shown is opened, and that is recorded."""

from dataclasses import dataclass

from dateline.intake import releases
from dateline.intake.models import FiledVersion
from dateline.people.roles import Actor
from dateline.words import clock
from dateline.words.errors import NotFound
from dateline.words.release import State, Version

_MOST = 100


@dataclass(frozen=True, slots=True)
class Row:
    """One version in a list."""

    filed: FiledVersion
    content: Version

    @property
    def headline(self) -> str:
        return self.content.main.headline

    @property
    def due(self) -> str:
        """T in its own zone, as it was written."""
        embargo = self.content.embargo
        return f"{embargo.at.replace('T', ' ')} {embargo.zone}" if embargo.at else ""

    @property
    def languages(self) -> str:
        return ", ".join(rendition.lang for rendition in self.content.renditions)


def rows(actor: Actor, *states: State, oldest_first: bool = False, most: int = _MOST) -> list[Row]:
    """The versions in these states that the actor may see."""
    found = (
        releases.visible(actor)
        .filter(state__in=states)
        .order_by("changed_at" if oldest_first else "-changed_at")[:most]
    )
    return [Row(filed, _content(filed, actor)) for filed in found]


def _content(filed: FiledVersion, actor: Actor) -> Version:
    try:
        return releases.content(filed, by=actor, why="list", now=clock.now())
    except NotFound:
        return Version()


def zone_of(version: Version, default: str) -> str:
    """The zone that T is entered in: the version's own, else the issuer's."""
    return version.embargo.zone or default or "UTC"
