"""What a reader's taps left in his endpoint's options: `paused_until`, and `muted`, guids with spaces between. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from dateline.words import clock

# The name of the key that signs the addresses to which taps are posted.
KEY = "push-act"
# Stories that one browser mutes at a time; the oldest gives way.
_MUTED = 50
# The reader's midnight is not known here; sixteen hours end before his next working day begins.
_TODAY = timedelta(hours=16)
_MARKS = {"paused_until", "muted"}


def muting(options: Mapping[str, str], guid: str) -> dict[str, str]:
    before = [each for each in options.get("muted", "").split() if each != guid]
    return {**options, "muted": " ".join([*before, guid][-_MUTED:])}


def pausing(options: Mapping[str, str], now: datetime) -> dict[str, str]:
    return {**options, "paused_until": clock.printed(now + _TODAY)}


def undone(options: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in options.items() if name not in _MARKS}


def quiet(options: Mapping[str, str], guid: str, now: datetime) -> str:
    """Why a story is not to be told just now; empty: it is."""
    if options.get("paused_until", "") > clock.printed(now):
        return f"paused by the reader until {options['paused_until']}"
    return "muted by the reader" if guid in options.get("muted", "").split() else ""
