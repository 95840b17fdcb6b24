"""When a reader wants mail, and how much of it a day. Pure.

Withdrawals and erasures come at once all the same: what was taken back must not be printed.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from dateline.words.errors import BadInput, Fault

_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)\s*[-–]\s*([01]\d|2[0-3]):([0-5]\d)")
_HOUR = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
MOST = 1000
WISHES = ("zone", "quiet", "cap", "digest")
Wishes = Mapping[str, str]


def checked(given: Wishes) -> dict[str, str] | None:
    """`zone` (IANA), `quiet` (`22:00-07:00`, in that zone), `cap` (mails a day) and `digest` as they are kept.

    `digest` is `hourly`, or the reader's hour (`08:00`) of a daily one. None if all are blank; BadInput names what
    is wrong.
    """
    values = {name: given.get(name, "").strip() for name in WISHES}
    faults = [fault for fault in (_zone(values), _quiet(values), _cap(values), _digest(values)) if fault]
    if faults:
        raise BadInput(faults)
    kept = {name: value for name, value in values.items() if value}
    return kept if kept.keys() - {"zone"} else None


def not_before(wishes: Wishes, now: datetime) -> datetime | None:
    """The end of the quiet hours that `now` lies in; None if in none, or if a digest gathers what comes in them."""
    return None if wishes.get("digest") else _quiet_until(wishes, now)


def digest_at(wishes: Wishes, now: datetime) -> datetime | None:
    """When the next digest is due; None if its reader wants none. Quiet hours hold an hourly one, a daily one never."""
    wanted = wishes.get("digest", "")
    if wanted == "hourly":
        due = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        return _quiet_until(wishes, due) or due
    if (hour := _HOUR.fullmatch(wanted)) is None:
        return None
    zone, at = _zone_of(wishes), time(int(hour[1]), int(hour[2]))
    today = now.astimezone(zone).date()
    due = _instant(today, at, zone)
    return due if due > now else _instant(today + timedelta(days=1), at, zone)


def next_day(wishes: Wishes, now: datetime) -> datetime:
    """When the reader's own next day begins."""
    zone = _zone_of(wishes)
    return _instant(now.astimezone(zone).date() + timedelta(days=1), time(), zone)


def day_began(wishes: Wishes, now: datetime) -> datetime:
    """Midnight of the reader's own day."""
    zone = _zone_of(wishes)
    return datetime.combine(now.astimezone(zone).date(), time(), zone).astimezone(now.tzinfo)


def over(wishes: Wishes, had_today: int) -> str:
    """Why no more is sent today; empty: it may be."""
    cap = int(wishes.get("cap", MOST))
    return f"over the reader's own cap of {cap} a day" if "cap" in wishes and had_today >= cap else ""


def _quiet_until(wishes: Wishes, now: datetime) -> datetime | None:
    hours = _HOURS.fullmatch(wishes.get("quiet", ""))
    if hours is None:
        return None
    zone = _zone_of(wishes)
    local = now.astimezone(zone)
    begin, end = time(int(hours[1]), int(hours[2])), time(int(hours[3]), int(hours[4]))
    at = local.time()
    over_night = begin > end
    inside = (at >= begin or at < end) if over_night else begin <= at < end
    if not inside:
        return None
    return _instant(local.date() + timedelta(days=1 if over_night and at >= begin else 0), end, zone)


def _instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The later one where the clock is put back over that minute; the one after it where it is put forward over it."""
    both = (datetime.combine(day, at, zone).replace(fold=fold) for fold in (0, 1))
    return max(each.astimezone(UTC) for each in both)


def _zone_of(wishes: Wishes) -> ZoneInfo:
    return ZoneInfo(wishes.get("zone", "UTC"))


def _zone(values: Wishes) -> Fault | None:
    if values["zone"] in {"", *available_timezones()}:
        return None
    what = f"{values['zone'][:40]!r} is no time zone."
    return Fault("bad-zone", what, "/zone", "Write it as Asia/Seoul or Europe/Berlin.")


def _quiet(values: Wishes) -> Fault | None:
    found = _HOURS.fullmatch(values["quiet"])
    if not values["quiet"] or (found and found.group(1, 2) != found.group(3, 4)):
        return None
    what = f"{values['quiet'][:40]!r} are no hours."
    return Fault("bad-hours", what, "/quiet", "Write when they begin and end, as 22:00-07:00.")


def _digest(values: Wishes) -> Fault | None:
    if values["digest"] in {"", "hourly"} or _HOUR.fullmatch(values["digest"]):
        return None
    what = f"{values['digest'][:40]!r} is no time for a digest."
    return Fault("bad-digest", what, "/digest", "Write hourly, or the hour of a daily one, as 08:00.")


def _cap(values: Wishes) -> Fault | None:
    cap = values["cap"]
    if not cap or (cap.isascii() and cap.isdigit() and 1 <= int(cap[:9]) <= MOST):
        return None
    return Fault("bad-cap", f"{cap[:40]!r} is no number of mails.", "/cap", f"Write a number from 1 to {MOST}.")
