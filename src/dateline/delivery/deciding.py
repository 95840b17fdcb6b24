"""What delivery decides, apart from doing it: shards, retry times, what an answer means. Pure."""

import hashlib
import random
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum

from dateline.words.release import Signal

SHARD = 500
# With fewer recipients than these a lane is not worth shards of its own.
LANE = 50
# These take the place of what was said before, and go to everybody whom it may have reached.
REPLACES = frozenset({Signal.CORRECTION, Signal.UPDATE, Signal.WITHDRAWAL, Signal.ERASURE})
# These go ahead of everything else, and take back every language.
TAKES_BACK = frozenset({Signal.WITHDRAWAL, Signal.ERASURE})
_LONGEST_WAIT = 3600.0
# So much of what the other end said is kept.
EVIDENCE = 300


class Meaning(StrEnum):
    """What the other end's answer comes to."""

    DELIVERED = "delivered"
    AGAIN = "again"
    NEVER = "never"
    # It wants nothing more, ever: the endpoint ends.
    GONE = "gone"
    # Its reader does not want it: nothing was sent.
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer of the other end: what it means, its own words, and how long it asks us to wait (seconds)."""

    meaning: Meaning
    evidence: str
    wait: float | None = None
    # There is nobody at that address.
    nobody: bool = False


@dataclass(frozen=True, slots=True)
class Patience:
    """When to try again: `first` seconds, then `factor` times as long each time, at most `longest`; in all `attempts`.

    As it stands: 5 s, 25 s, 2 min, 10 min, 52 min, then every 4 hours for a day.
    """

    first: float = 5.0
    factor: float = 5.0
    longest: float = 4 * 3600.0
    attempts: int = 12

    def retry_at(self, attempt: int, now: datetime, wait: float | None, dice: random.Random) -> datetime | None:
        """When to try again after attempt number `attempt` (from 1), give or take a fifth; None if that was the last.

        What the other end asks for is honoured, if it is longer.
        """
        if attempt >= self.attempts:
            return None
        pause = min(self.first * self.factor ** (attempt - 1), self.longest) * dice.uniform(0.8, 1.2)
        return now + timedelta(seconds=max(pause, wait or 0.0))


def shards_of(recipients: Mapping[int, str], dice: random.Random, size: int = SHARD) -> list[list[tuple[int, str]]]:
    """Endpoint → language, shuffled so that nobody is always first, in slices of `size`."""
    order = list(recipients.items())
    dice.shuffle(order)
    return [order[start : start + size] for start in range(0, len(order), size)]


def by_lane(recipients: Iterable[tuple[int, str, str, str]]) -> dict[tuple[str, str], dict[int, str]]:
    """(endpoint, channel, lane, language) → (channel, lane) → endpoint → language.

    A lane with few recipients is none: they go with all others who have none.
    """
    found: dict[tuple[str, str], dict[int, str]] = defaultdict(dict)
    for endpoint, channel, lane, lang in recipients:
        found[channel, lane][endpoint] = lang
    small = [(channel, lane) for (channel, lane), owed in found.items() if lane and len(owed) < LANE]
    for channel, lane in small:
        found[channel, ""] |= found.pop((channel, lane))
    return found


def replaced_langs(signal: Signal, langs: Iterable[str], owed: Iterable[str]) -> set[str]:
    """Of the languages in which an older version is owed, those that this entry takes the place of."""
    if signal not in REPLACES:
        return set()
    return set(owed) if signal in TAKES_BACK else set(owed) & set(langs)


def message_id(origin: str, seq: int, endpoint: str, channel: str) -> str:
    """The id of one message: the same in every attempt, so that the receiver can drop a second one."""
    named = f"{origin}\n{seq}\n{endpoint}\n{channel}".encode()
    return f"msg_{hashlib.sha256(named).hexdigest()[:32]}"


def http_answer(status: int, said: str, retry_after: str, now: datetime) -> Answer:
    """Standard Webhooks: 2xx is delivered; 410 ends; 429, 408 and 5xx come again; all else, redirects too, is final."""
    evidence = f"HTTP {status} {said}".strip()
    if 200 <= status < 300:
        return Answer(Meaning.DELIVERED, evidence)
    if status == 410:
        return Answer(Meaning.GONE, evidence)
    if status in {408, 425, 429} or status >= 500:
        return Answer(Meaning.AGAIN, evidence, _wait(retry_after, now))
    return Answer(Meaning.NEVER, evidence)


def printable(said: str) -> str:
    """What the other end said, on one line, without the control characters that a stranger may have put there."""
    if not said.isprintable():
        said = "".join(letter if letter.isprintable() else " " for letter in said)
    return " ".join(said.split())[:EVIDENCE]


def _wait(retry_after: str, now: datetime) -> float | None:
    """Retry-After (RFC 9110 section 10.2.3), in seconds, an hour at most."""
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), _LONGEST_WAIT)
    try:
        seconds = (parsedate_to_datetime(text) - now).total_seconds()
    except (ValueError, TypeError):
        return None
    return min(max(seconds, 0.0), _LONGEST_WAIT)
