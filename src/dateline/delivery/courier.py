"""Carries claimed shards to their recipients, so that no slow one holds up another, and writes down what came of it."""

import asyncio
import contextlib
import random
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime

import structlog

from dateline.delivery import claims, outcomes
from dateline.delivery.channels.contract import Channel, Send
from dateline.delivery.claims import Claim
from dateline.delivery.deciding import Answer, Meaning, Patience
from dateline.delivery.models import Outcome
from dateline.delivery.outcomes import Attempt
from dateline.delivery.recipient import Recipient
from dateline.delivery.slots import Slots
from dateline.words import clock

log = structlog.get_logger("dateline.delivery")
# Outcomes are written when there are so many, or after so many seconds.
ROWS, PAUSE = 200, 0.1
# Who took longer than this goes in the slow lane next time.
_SLOW = 2.0
# Renditions kept rendered.
_RENDERED = 64
_RESULTS = {
    Meaning.DELIVERED: Outcome.Result.DELIVERED,
    Meaning.NEVER: Outcome.Result.FAILED,
    Meaning.GONE: Outcome.Result.FAILED,
}


class Lanes:
    """How many attempts of one channel run at once: most, and apart from them those that were slow before."""

    def __init__(self, channel: Channel) -> None:
        self.fast, self.slow = Slots(channel.at_once), Slots(channel.slow_at_once)


class Courier:
    """`database` runs a function of the ORM in the one thread that has the connection."""

    def __init__(
        self,
        channels: Mapping[str, Channel],
        patience: Patience,
        dice: random.Random,
        database: Callable[..., Awaitable[object]],
    ) -> None:
        self.held: dict[int, Claim] = {}
        self.outstanding = 0
        self.stopping = False
        self._channels, self._patience, self._dice, self._database = channels, patience, dice, database
        self._lanes = {name: Lanes(channel) for name, channel in channels.items()}
        self._endpoints: dict[int, Slots] = {}
        self._slow: set[int] = set()
        # Who did not answer in time, or asked us to wait: nothing more goes there before this.
        self._resting: dict[int, datetime] = {}
        self._rendered: dict[tuple[int, str, str], Send] = {}
        self._outbox: list[Attempt] = []
        self._news, self._full = asyncio.Event(), asyncio.Event()
        self._flushing = asyncio.Lock()

    def take(self, held: Claim) -> None:
        """Take a shard on; `carry` it then."""
        self.held[held.shard] = held
        self.outstanding += len(held.recipients)

    async def carry(self, held: Claim) -> None:
        """One pass over a shard: try each recipient that is ready, once; then let the shard go."""
        async with asyncio.TaskGroup() as group:
            for recipient in held.recipients:
                group.create_task(self._one(held, recipient))
        await self.flush()
        await self._let_go(held)

    async def stop(self, carried: Collection[asyncio.Task[None]], seconds: float) -> None:
        """Begin nothing more; wait so long for what is under way; write down what came of it, and let all shards go."""
        self.stopping = True
        if carried:
            await asyncio.wait(carried, timeout=seconds)
            for task in carried:
                task.cancel()
            await asyncio.gather(*carried, return_exceptions=True)
        await self.flush()
        for held in list(self.held.values()):
            await self._let_go(held)

    async def _let_go(self, held: Claim) -> None:
        await self._database(claims.release, held, clock.now())
        self.held.pop(held.shard, None)

    async def keep_flushing(self) -> None:
        """Write outcomes down in batches, for ever."""
        while True:
            await self._news.wait()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._full.wait(), PAUSE)
            await self.flush()

    async def flush(self) -> None:
        """Write down all outcomes there are; when it returns, those before it are written too."""
        async with self._flushing:
            batch, self._outbox = self._outbox, []
            self._news.clear()
            self._full.clear()
            if batch:
                dropped = await self._database(outcomes.record, batch)
                if dropped:
                    log.warning("another worker holds the shard", outcomes=dropped)

    async def _one(self, held: Claim, to: Recipient) -> None:
        rank = int(not held.urgent)
        slots = self._endpoints.setdefault(to.endpoint, Slots(to.concurrency))
        await slots.take(rank)
        try:
            rest = self._resting.get(to.endpoint)
            if rest and rest > clock.now() and not held.urgent:
                self._put_off(held, to, rest)
            else:
                await self._in_lane(held, to, rank)
        finally:
            slots.give()
            self.outstanding -= 1
            if slots.free >= to.concurrency:
                self._endpoints.pop(to.endpoint, None)

    async def _in_lane(self, held: Claim, to: Recipient, rank: int) -> None:
        lanes = self._lanes[held.channel]
        lane = lanes.slow if to.endpoint in self._slow else lanes.fast
        await lane.take(rank)
        try:
            await self._try(held, to)
        finally:
            lane.give()

    async def _try(self, held: Claim, to: Recipient) -> None:
        """One attempt, unless there is a reason against it by now; what is superseded is closed with the shard."""
        if self._is_over(held, to):
            return
        if to.blocked:
            self._keep(self._attempt(held, to, 0, Answer(Meaning.NEVER, to.blocked), 0.0))
            return
        if len(self._outbox) >= ROWS:
            # What is sent and not written down is what a crash repeats; so it is bounded.
            await self.flush()
        started = time.monotonic()
        send = self._prepared(held, to.lang)
        answer = await send(to) if not isinstance(send, Answer) else send
        took = time.monotonic() - started
        attempt = self._attempt(held, to, to.attempts + 1, answer, took)
        self._remember(to.endpoint, attempt.due_at if answer.wait or took > _SLOW else None, slow=took > _SLOW)
        self._keep(attempt)

    def _is_over(self, held: Claim, to: Recipient) -> bool:
        return held.lost or self.stopping or to.lang in held.superseded

    def _put_off(self, held: Claim, to: Recipient, until: datetime) -> None:
        """One that would only wait for a silent end waits in the table instead, where it holds up nobody."""
        if not self._is_over(held, to):
            answer = Answer(Meaning.AGAIN, "put off: it did not answer just now, or asked to wait")
            attempt = self._attempt(held, to, to.attempts, answer, 0.0)
            self._keep(replace(attempt, result=Outcome.Result.DEFERRED, due_at=until, sent=False))

    def _remember(self, endpoint: int, until: datetime | None, *, slow: bool) -> None:
        (self._slow.add if slow else self._slow.discard)(endpoint)
        if until is None:
            self._resting.pop(endpoint, None)
        else:
            self._resting[endpoint] = until

    def _prepared(self, held: Claim, lang: str) -> Send | Answer:
        """What sends this entry in this language, rendered once. One that cannot be rendered must not stop the rest."""
        key = held.seq, lang, held.channel
        if key not in self._rendered:
            try:
                made = self._channels[held.channel].prepare(held.entry, lang)
            except (ValueError, LookupError, TypeError) as error:
                log.warning("cannot be rendered", seq=held.seq, lang=lang, why=type(error).__name__)
                return Answer(Meaning.AGAIN, "it could not be rendered")
            if len(self._rendered) >= _RENDERED:
                del self._rendered[next(iter(self._rendered))]
            self._rendered[key] = made
        return self._rendered[key]

    def _attempt(self, held: Claim, to: Recipient, number: int, answer: Answer, took: float) -> Attempt:
        now = clock.now()
        due = self._again(answer, number, now)
        result = _RESULTS.get(answer.meaning, Outcome.Result.DEFERRED if due else Outcome.Result.FAILED)
        return Attempt(
            shard=held.shard,
            epoch=held.epoch,
            seq=held.seq,
            endpoint=to.endpoint,
            number=number,
            result=result,
            evidence=answer.evidence,
            at=now,
            ms=round(took * 1000),
            due_at=due,
            ends=answer.meaning is Meaning.GONE,
        )

    def _again(self, answer: Answer, number: int, now: datetime) -> datetime | None:
        if answer.meaning is not Meaning.AGAIN:
            return None
        return self._patience.retry_at(number, now, answer.wait, self._dice)

    def _keep(self, attempt: Attempt) -> None:
        self._outbox.append(attempt)
        self._news.set()
        if len(self._outbox) >= ROWS:
            self._full.set()
