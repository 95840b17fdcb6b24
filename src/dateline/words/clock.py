"""Instants and wall times.

An instant is an aware `datetime` in UTC. It prints as RFC 3339 with milliseconds and `Z`.
T, the minute of release, is wall time in a named IANA zone.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dateline.words.errors import BadInput, Fault


def now() -> datetime:
    """This instant, in UTC."""
    return datetime.now(UTC)


def printed(instant: datetime) -> str:
    """RFC 3339, UTC, milliseconds: `2026-11-23T09:00:00.000Z`."""
    if instant.tzinfo is None:
        raise ValueError("an instant must say its zone")
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def instant(text: str) -> datetime:
    """Read what `printed` wrote, or any RFC 3339 time with an offset."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("an instant must say its zone")
    return moment.astimezone(UTC)


def zone(name: str) -> ZoneInfo:
    """The IANA zone of that name; BadInput if there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadInput(
            [
                Fault(
                    "unknown-zone",
                    f"{name!r} is not an IANA time zone.",
                    "/embargo/zone",
                    "Write one such as Asia/Seoul.",
                )
            ]
        ) from None


def embargo(text: str, zone_name: str, at: datetime) -> datetime:
    """T as an instant: the wall time `text` (`2026-12-01T09:00`) in the zone, later than `at`.

    Refused: a time that is none, an hour that the zone skips or has twice, and the past. A text
    with an offset of its own (`…+01:00`, `…Z`) needs no zone.
    """
    where = "/embargo/at"
    try:
        wall = datetime.fromisoformat(text.strip())
    except ValueError:
        raise BadInput(
            [Fault("bad-time", f"{text!r} is not a time.", where, "Write it as 2026-12-01T09:00.")]
        ) from None
    if wall.tzinfo is None:
        if not zone_name:
            raise BadInput([Fault("no-zone", f"{text} does not say in which zone.", where, "Name an IANA zone.")])
        wall = _in_zone(wall, zone_name, where)
    moment = wall.astimezone(UTC)
    if moment <= at:
        raise BadInput(
            [Fault("past", f"{text} {zone_name} is already past.", where, "Choose a later time, or no embargo at all.")]
        )
    return moment


def _in_zone(wall: datetime, zone_name: str, where: str) -> datetime:
    here = zone(zone_name)
    first, second = wall.replace(tzinfo=here, fold=0), wall.replace(tzinfo=here, fold=1)
    if first.utcoffset() == second.utcoffset():
        return first
    back = first.astimezone(UTC).astimezone(here).replace(tzinfo=None)
    if back != wall:
        what = f"{wall:%H:%M} does not exist on {wall:%Y-%m-%d} in {zone_name}: the clocks go forward."
        raise BadInput([Fault("no-such-hour", what, where, "Choose an hour before or after the change.")])
    what = f"{wall:%H:%M} comes twice on {wall:%Y-%m-%d} in {zone_name}: the clocks go back."
    raise BadInput([Fault("hour-twice", what, where, "Write the offset that you mean, as +01:00.")])


def rounded_up(moment: datetime) -> datetime:
    """The instant, at the next whole millisecond if it lies between two."""
    rest = moment.microsecond % 1000
    return moment + timedelta(microseconds=1000 - rest) if rest else moment
