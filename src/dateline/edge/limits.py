"""How much one address, or one holder of tickets, may take of an edge. Pure.

An address is where a connection comes from, or, behind a proxy on this same machine, what the proxy says. This machine
itself is not limited: it has the operator's own proxies and screens on it.
"""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from ipaddress import ip_address

from dateline.words.errors import Refused

# A house of many desktops behind one address is welcome; a flood from one is not.
STREAMS_PER_ADDRESS = 2_000
STREAMS_PER_HOLDER = 50
REQUESTS_PER_SECOND = 100
BURST = 2_000
# Addresses whose rate is remembered.
_MOST_ADDRESSES = 50_000


class TooMany(Refused):
    """This is more than one reader may have."""

    slug = "too-many"
    status = 429


class Limits:
    """Counts of streams, and a bucket of requests for each address (the rate refills it)."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._streams: Counter[str] = Counter()
        self._buckets: dict[str, tuple[float, float]] = {}

    def ask(self, address: str) -> None:
        """One more request; TooMany if there were too many lately."""
        if not address:
            return
        now = self._clock()
        left, at = self._buckets.pop(address, (float(BURST), now))
        left = min(float(BURST), left + (now - at) * REQUESTS_PER_SECOND)
        self._buckets[address] = max(0.0, left - 1), now
        if len(self._buckets) > _MOST_ADDRESSES:
            del self._buckets[next(iter(self._buckets))]
        if left < 1:
            raise TooMany(f"More than {REQUESTS_PER_SECOND} requests a second came from {address}. Come back slower.")

    def come(self, address: str, holder: str) -> None:
        """One more stream; TooMany if there are too many already."""
        if address and self._streams[address] >= STREAMS_PER_ADDRESS:
            raise TooMany(f"There are {STREAMS_PER_ADDRESS} streams from {address} already. Close some of them.")
        if holder and self._streams[holder] >= STREAMS_PER_HOLDER:
            raise TooMany(f"{STREAMS_PER_HOLDER} streams are open with your tickets already. Close some of them.")
        for name in filter(None, (address, holder)):
            self._streams[name] += 1

    def go(self, address: str, holder: str) -> None:
        """One stream less."""
        for name in filter(None, (address, holder)):
            self._streams[name] -= 1
            if self._streams[name] <= 0:
                del self._streams[name]


def address_of(peer: str, headers: Mapping[str, str]) -> str:
    """The address that is to be counted; empty for this machine's own."""
    if not _is_here(peer):
        return peer
    # The last is what the proxy beside us saw; what stands before it anybody can write.
    said = headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    return "" if not said or _is_here(said) else said[:60]


def _is_here(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return not address
