"""Carries claimed shards to their recipients, each by its channel's carrier, and writes down what came of it."""

import asyncio
import random
from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime

from dateline.delivery import claims
from dateline.delivery.channels.contract import Carrier, Channel, Many, Single
from dateline.delivery.claims import Claim
from dateline.delivery.database import Database
from dateline.delivery.deciding import Answer, Meaning, Patience
from dateline.delivery.models import Outcome
from dateline.delivery.outbox import Outbox
from dateline.delivery.outcomes import Attempt
from dateline.delivery.recipient import Recipient
from dateline.delivery.singly import Singly
from dateline.words import clock

_RESULTS = {
    Meaning.DELIVERED: Outcome.Result.DELIVERED,
    Meaning.NEVER: Outcome.Result.FAILED,
    Meaning.GONE: Outcome.Result.FAILED,
    Meaning.DECLINED: Outcome.Result.DECLINED,
}


class Courier:
    """Holds what this process has claimed, as long as it is on its way."""

    def __init__(
        self,
        channels: Mapping[str, Channel],
        patience: Patience,
        dice: random.Random,
        database: Database,
    ) -> None:
        self.held: dict[int, Claim] = {}
        # Recipients that are taken on and not yet tried, by lane.
        self.outstanding: Counter[str] = Counter()
        self.stopping = False
        self.outbox = Outbox(database, self._recorded)
        self._database, self._patience, self._dice = database, patience, dice
        self._carriers = {name: _carrier(channel) for name, channel in channels.items()}

    def take(self, held: Claim) -> None:
        """Take a shard on; `carry` it then."""
        self.held[held.shard] = held
        self.outstanding[held.lane] += len(held.recipients)

    async def carry(self, held: Claim) -> None:
        """One pass over a shard: try each recipient that is ready, once; then let the shard go."""
        load = ClaimedLoad(self, held)
        load.part()
        await self._carriers[held.channel].carry(load)
        # With the next batch, not one of its own: many shards end while one batch is written.
        await self.outbox.written()
        await self._let_go(held)

    async def stop(self, carried: Collection[asyncio.Task[None]], seconds: float) -> None:
        """Begin nothing more; wait so long for what is under way; write down what came of it, and let all shards go."""
        self.stopping = True
        self.changed()
        if carried:
            await asyncio.wait(carried, timeout=seconds)
            for task in carried:
                task.cancel()
            await asyncio.gather(*carried, return_exceptions=True)
        await self.outbox.flush()
        for held in list(self.held.values()):
            await self._let_go(held)

    def again(self, answer: Answer, number: int, now: datetime) -> datetime | None:
        """When to try again after attempt `number`; None if that answer was the last word."""
        if answer.meaning is not Meaning.AGAIN:
            return None
        return self._patience.retry_at(number, now, answer.wait, self._dice)

    def changed(self) -> None:
        """There is room, or something was superseded: carriers look again at what they hold."""
        for carrier in self._carriers.values():
            carrier.resume()

    async def _let_go(self, held: Claim) -> None:
        # Before it is released: a lease renewed after that would keep everybody from it for nothing.
        if self.held.pop(held.shard, None) is not None:
            await self._database(claims.release, held, clock.now())

    def _recorded(self, done: frozenset[int]) -> None:
        """What is done was let go with the last of its outcomes."""
        for shard in done:
            self.held.pop(shard, None)
        self.changed()


def _carrier(channel: Channel) -> Carrier:
    match channel:
        case Many():
            return channel.carrier()
        case Single():
            return Singly(channel)
    raise TypeError(f"{channel.name} is neither Single nor Many")


class ClaimedLoad:
    """A claimed shard as its carrier sees it."""

    def __init__(self, courier: Courier, held: Claim) -> None:
        self.entry, self.urgent, self.recipients = held.entry, held.urgent, held.recipients
        self._courier, self._held = courier, held

    def part(self) -> None:
        """Not carried: those to whom nothing may be sent, who have their answer, and those who want a digest."""
        apart = [to for to in self.recipients if to.barred or to.gathered_until]
        if apart:
            self.recipients = [to for to in self.recipients if not (to.barred or to.gathered_until)]
        for to in apart:
            if self.is_over(to):
                self.skip(to)
            elif to.barred:
                self._keep(to, to.attempts, _RESULTS[to.barred.meaning], to.barred.evidence)
            elif to.gathered_until:
                self._gather(to, to.gathered_until)

    def _gather(self, to: Recipient, until: datetime) -> None:
        why = f"goes in the digest of {until:%Y-%m-%d %H:%M} UTC"
        self._keep(to, 0, Outcome.Result.GATHERED, why, gathered=(to.lang, until))

    def is_over(self, to: Recipient) -> bool:
        held = self._held
        return held.lost or held.canceled or self._courier.stopping or to.lang in held.superseded

    def has_room(self) -> bool:
        return not self._courier.outbox.full

    def done(self, to: Recipient, answer: Answer, took: float) -> None:
        # What is declined was not sent.
        number = to.attempts if answer.meaning is Meaning.DECLINED else to.attempts + 1
        now = clock.now()
        due = self._courier.again(answer, number, now)
        result = _RESULTS.get(answer.meaning, Outcome.Result.DEFERRED if due else Outcome.Result.FAILED)
        ends = answer.meaning is Meaning.GONE
        self._keep(
            to,
            number,
            result,
            answer.evidence,
            now=now,
            ms=round(took * 1000),
            due_at=due,
            ends=ends,
            nobody=answer.nobody,
        )

    def put_off(self, to: Recipient, until: datetime) -> None:
        why = "put off: it did not answer just now, or asked to wait"
        self._keep(to, to.attempts, Outcome.Result.DEFERRED, why, due_at=until, sent=False)

    def skip(self, to: Recipient) -> None:
        self._courier.outstanding[self._held.lane] -= 1

    def _keep(
        self,
        to: Recipient,
        number: int,
        result: str,
        evidence: str,
        *,
        now: datetime | None = None,
        ms: int = 0,
        due_at: datetime | None = None,
        ends: bool = False,
        nobody: bool = False,
        sent: bool = True,
        gathered: tuple[str, datetime] | None = None,
    ) -> None:
        held = self._held
        self._courier.outstanding[held.lane] -= 1
        self._courier.outbox.keep(
            Attempt(
                shard=held.shard,
                epoch=held.epoch,
                seq=held.seq,
                endpoint=to.endpoint,
                number=number,
                result=result,
                evidence=evidence,
                at=now or clock.now(),
                ms=ms,
                due_at=due_at,
                ends=ends,
                nobody=nobody,
                sent=sent,
                gathered=gathered,
            )
        )
