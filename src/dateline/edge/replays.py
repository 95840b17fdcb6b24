"""Streams that are behind catch up in turn, a step each, and never for so long that live frames wait."""

import asyncio
from collections import deque
from collections.abc import Callable

# How long replays may hold the loop before what is live has its turn.
_STRETCH = 0.005


class Replays:
    """A queue of steps. A step that is not the last puts the next one."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._steps: deque[Callable[[], None]] = deque()
        self._runs = False

    def put(self, step: Callable[[], None]) -> None:
        self._steps.append(step)
        if not self._runs:
            self._runs = True
            self._loop.call_soon(self._run)

    def _run(self) -> None:
        until = self._loop.time() + _STRETCH
        while self._steps:
            self._steps.popleft()()
            if self._loop.time() > until:
                break
        self._runs = bool(self._steps)
        if self._runs:
            self._loop.call_soon(self._run)
