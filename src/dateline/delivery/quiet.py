"""When a reader wants mail, and how much of it a day. Pure.

Withdrawals and erasures come at once all the same: what was taken back must not be printed.
"""

import re
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from dateline.words.errors import BadInput, Fault

_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)\s*[-–]\s*([01]\d|2[0-3]):([0-5]\d)")
MOST = 1000
Wishes = Mapping[str, str]


def checked(given: Wishes) -> dict[str, str] | None:
    """`zone` (IANA), `quiet` (`22:00-07:00`, in that zone) and `cap` (mails a day) as they are kept; None if blank.

    BadInput names what is wrong.
    """
    values = {name: given.get(name, "").strip() for name in ("zone", "quiet", "cap")}
    faults = [fault for fault in (_zone(values), _quiet(values), _cap(values)) if fault]
    if faults:
        raise BadInput(faults)
    kept = {name: value for name, value in values.items() if value}
    return kept if kept.keys() & {"quiet", "cap"} else None


def not_before(wishes: Wishes, now: datetime) -> datetime | None:
    """The end of the quiet hours that `now` lies in; None if it lies in none."""
    hours = _HOURS.fullmatch(wishes.get("quiet", ""))
    if hours is None:
        return None
    zone = ZoneInfo(wishes.get("zone", "UTC"))
    local = now.astimezone(zone)
    begin, end = time(int(hours[1]), int(hours[2])), time(int(hours[3]), int(hours[4]))
    at = local.time()
    over_night = begin > end
    inside = (at >= begin or at < end) if over_night else begin <= at < end
    if not inside:
        return None
    day = local.date() + timedelta(days=1 if over_night and at >= begin else 0)
    # A wall clock that is put forward at that hour has no such minute; the instant is after it all the same.
    return max(datetime.combine(day, end, zone).astimezone(now.tzinfo), now)


def day_began(wishes: Wishes, now: datetime) -> datetime:
    """Midnight of the reader's own day."""
    zone = ZoneInfo(wishes.get("zone", "UTC"))
    return datetime.combine(now.astimezone(zone).date(), time(), zone).astimezone(now.tzinfo)


def over(wishes: Wishes, had_today: int) -> str:
    """Why no more is sent today; empty: it may be."""
    cap = int(wishes.get("cap", MOST))
    return f"over the reader's own cap of {cap} a day" if "cap" in wishes and had_today >= cap else ""


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


def _cap(values: Wishes) -> Fault | None:
    cap = values["cap"]
    if not cap or (cap.isascii() and cap.isdigit() and 1 <= int(cap[:9]) <= MOST):
        return None
    return Fault("bad-cap", f"{cap[:40]!r} is no number of mails.", "/cap", f"Write a number from 1 to {MOST}.")
