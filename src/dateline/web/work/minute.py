"""T as the pages show it: the minute in the issuer's zone, and the instant that it is."""

from dataclasses import dataclass
from datetime import UTC, datetime

from dateline.people.models import Organisation
from dateline.words import clock
from dateline.words.errors import BadInput
from dateline.words.release import Embargo, Version


@dataclass(frozen=True, slots=True)
class Minute:
    """`wall` is the time on the issuer's clock, without a zone so that no page shifts it; `due` the instant."""

    wall: datetime
    zone: str
    due: datetime

    @property
    def instant(self) -> str:
        return clock.printed(self.due)

    @property
    def utc(self) -> datetime:
        return self.due.replace(tzinfo=None)


def minute(embargo: Embargo) -> Minute | None:
    """None where no minute is set, or it is none: the findings say so."""
    if not embargo.at:
        return None
    try:
        due = clock.embargo(embargo.at, embargo.zone, datetime.min.replace(tzinfo=UTC))
    except BadInput:
        return None
    wall = datetime.fromisoformat(embargo.at).replace(tzinfo=None)
    return Minute(wall, embargo.zone or "UTC", due)


def zone_of(version: Version) -> str:
    """The zone that T is entered in: the version's own, else its issuer's."""
    house = Organisation.objects.filter(name=version.source.issuer).first()
    return version.embargo.zone or (house.time_zone if house else "UTC")
