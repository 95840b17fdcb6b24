"""What came of attempts, kept until it is written down: many at a time, and soon."""

import asyncio
from collections.abc import Callable

import structlog

from dateline.delivery import outcomes
from dateline.delivery.database import Database
from dateline.delivery.outcomes import Attempt
from dateline.delivery.pausing import pause

log = structlog.get_logger("dateline.delivery")
# Outcomes are written when there are so many, or after so many seconds.
ROWS, PAUSE = 200, 0.1
# With so many waiting, nothing more is sent: what is sent and not written down is what a crash repeats.
FULL = 2 * ROWS


class Outbox:
    """`written` is called after each batch, with the shards that are done with it."""

    def __init__(self, database: Database, written: Callable[[frozenset[int]], None]) -> None:
        self._database, self._tell = database, written
        self._waiting: list[Attempt] = []
        # How many were kept, and how many of them are written down.
        self._kept, self._written = 0, 0
        self._batch = asyncio.Event()
        self._news, self._many = asyncio.Event(), asyncio.Event()
        self._flushing = asyncio.Lock()

    @property
    def full(self) -> bool:
        return len(self._waiting) >= FULL

    def keep(self, attempt: Attempt) -> None:
        self._waiting.append(attempt)
        self._kept += 1
        if len(self._waiting) == 1:
            self._news.set()
        elif len(self._waiting) == ROWS:
            self._many.set()

    async def keep_flushing(self) -> None:
        """Write outcomes down in batches, for ever."""
        while True:
            await self._news.wait()
            await pause(PAUSE, self._many)
            await self.flush()

    async def written(self) -> None:
        """Return when all outcomes that there are now are written down, with those that come before the next batch."""
        kept = self._kept
        while self._written < kept:
            await self._batch.wait()

    async def flush(self) -> None:
        """Write down all outcomes there are; when it returns, those before it are written too."""
        async with self._flushing:
            batch, self._waiting = self._waiting, []
            self._news.clear()
            self._many.clear()
            if not batch:
                return
            recorded = await self._database(outcomes.record, batch)
            self._written += len(batch)
            batch_over, self._batch = self._batch, asyncio.Event()
            batch_over.set()
        if recorded.dropped:
            log.warning("another worker holds the shard", outcomes=recorded.dropped)
        self._tell(recorded.done)
