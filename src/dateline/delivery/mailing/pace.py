"""How fast a destination may be sent to, learned from its answers. Pure: times come from the caller, in seconds.

Nothing tells a sender what a server's limits are. Most count messages in a window or let a bucket run full, and
answer 4yz when there were too many (RFC 5321 section 4.2.1, RFC 3463 class 4). So: full speed until the first such
answer; then a pause, and one message to see whether it is over; and once the second has come, what went through
between the two is the limit, and the pace is kept just above it: to be refused a mail now and then costs less than
to leave unused what the server would take. It is tried faster while nothing is refused.
"""

import math
from dataclasses import dataclass

# How long to pause after a refusal; the less the more is known; and at most when the next is refused too.
_SHORTEST, _PAUSE, _LONGEST = 0.1, 1.0, 3.0
# So much of what was learned is sent, and tried upward every so many seconds: by this much of it, and by twice as
# much each time that nothing is refused, up to half.
_ABOVE, _STEP, _EVERY, _MOST_STEP = 1.05, 0.05, 4.0, 0.5
_DROP = 0.85
# So much of a pace may be sent at once after a wait, in seconds of it.
_BURST = 0.1


@dataclass(slots=True)
class Pace:
    """`rate` is messages a second; infinite until a limit is met."""

    rate: float = math.inf
    _pause: float = _PAUSE
    _until: float = 0.0
    _probing: bool = False
    _out: int = 0
    _since: float | None = None
    _accepted: int = 0
    _tokens: float = 0.0
    _filled: float = 0.0
    _raised: float = 0.0
    _step: float = _STEP

    def wait(self, now: float) -> float:
        """Seconds until one more may be sent; 0 if now; infinite until the one that is out is answered."""
        if now < self._until:
            return self._until - now
        if self._probing:
            return math.inf if self._out else 0.0
        if math.isinf(self.rate):
            return 0.0
        self._fill(now)
        return 0.0 if self._tokens >= 1 else (1 - self._tokens) / self.rate

    def sent(self, now: float) -> None:
        """One more is under way."""
        self._out += 1
        if not math.isinf(self.rate):
            self._tokens -= 1

    def accepted(self, now: float) -> None:
        """One was taken, or refused for its own sake: the pace was right."""
        self._out -= 1
        self._accepted += 1
        if self._probing and now >= self._until:
            self._probing = False
            self._tokens, self._filled, self._raised = 0.0, now, now

    def refused(self, now: float, asked: float | None = None) -> None:
        """One was refused because there were too many. Answers to what was sent before a refusal tell nothing new."""
        self._out -= 1
        if now < self._until:
            return
        if self._probing:
            self._pause = min(self._pause * 2, _LONGEST)
        else:
            self._learn(now)
            self._pause = min(max(2 / self.rate, _SHORTEST), _PAUSE) if math.isfinite(self.rate) else _PAUSE
        self._until = now + max(self._pause, asked or 0.0)
        self._probing = True

    def refused_before(self, now: float, asked: float | None = None) -> None:
        """Not even a connection was taken, so nothing was under way."""
        self._out += 1
        self.refused(now, asked)

    def lost(self) -> None:
        """One was not answered at all."""
        self._out -= 1

    def _learn(self, now: float) -> None:
        if self._since is not None and self._accepted and now > self._since:
            through = self._accepted / (now - self._since)
            # A pace that held for a while is not far off, whatever the last few seconds say.
            held = self.rate * _DROP if math.isfinite(self.rate) else 0.0
            self.rate = max(through * _ABOVE, held, 0.01)
        self._since, self._accepted, self._step = now, 0, _STEP

    def _fill(self, now: float) -> None:
        if now - self._raised > _EVERY:
            self.rate *= 1 + self._step
            self._step = min(self._step * 2, _MOST_STEP)
            self._raised = now
        most = max(1.0, self.rate * _BURST)
        self._tokens = min(most, self._tokens + (now - self._filled) * self.rate)
        self._filled = now
