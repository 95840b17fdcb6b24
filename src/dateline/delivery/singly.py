"""Carries a load one recipient at a time, so that no slow one holds up another."""

import asyncio
import time
from datetime import datetime, timedelta

import structlog

from dateline.delivery.channels.contract import Load, Send, Single
from dateline.delivery.deciding import Answer, Meaning
from dateline.delivery.recipient import Recipient
from dateline.delivery.slots import Slots
from dateline.words import clock

log = structlog.get_logger("dateline.delivery")
# Who took longer than this goes in the slow lane next time, and is left alone so long.
_SLOW = 2.0
_REST = timedelta(seconds=5)
# Renditions kept rendered.
_RENDERED = 64


class Singly:
    """The carrier of a channel that sends to each recipient for itself."""

    def __init__(self, channel: Single) -> None:
        self._channel = channel
        self._fast, self._slow_lane = Slots(channel.at_once), Slots(channel.slow_at_once)
        # What takes something back has slots of its own: it waits for nobody whose requests hang, himself included.
        self._urgent = Slots(channel.at_once)
        self._endpoints: dict[tuple[int, bool], Slots] = {}
        self._slow: set[int] = set()
        # Who did not answer in time, or asked us to wait: nothing more goes there before this.
        self._resting: dict[int, datetime] = {}
        self._rendered: dict[tuple[int, str], Send] = {}
        self._room = asyncio.Event()

    async def carry(self, load: Load) -> None:
        async with asyncio.TaskGroup() as group:
            for recipient in load.recipients:
                group.create_task(self._one(load, recipient))

    def resume(self) -> None:
        self._room.set()

    async def _one(self, load: Load, to: Recipient) -> None:
        key = to.endpoint, load.urgent
        slots = self._endpoints.setdefault(key, Slots(to.concurrency))
        await slots.take()
        try:
            rest = self._resting.get(to.endpoint)
            if load.is_over(to):
                load.skip(to)
            elif rest and rest > clock.now() and not load.urgent:
                # One that would only wait for a silent end waits in the table instead, where it holds up nobody.
                load.put_off(to, rest)
            else:
                await self._in_lane(load, to)
        finally:
            slots.give()
            if slots.free >= to.concurrency:
                self._endpoints.pop(key, None)

    async def _in_lane(self, load: Load, to: Recipient) -> None:
        lane = self._lane(load, to)
        await lane.take()
        try:
            await self._has_room(load)
            if load.is_over(to):
                load.skip(to)
            else:
                await self._try(load, to)
        finally:
            lane.give()

    def _lane(self, load: Load, to: Recipient) -> Slots:
        if load.urgent:
            return self._urgent
        return self._slow_lane if to.endpoint in self._slow else self._fast

    async def _has_room(self, load: Load) -> None:
        while not load.has_room():
            self._room.clear()
            await self._room.wait()

    async def _try(self, load: Load, to: Recipient) -> None:
        started = time.monotonic()
        send = self._prepared(load, to.lang)
        answer = await send(to) if not isinstance(send, Answer) else send
        took = time.monotonic() - started
        self._remember(to.endpoint, answer, slow=took > _SLOW)
        load.done(to, answer, took)

    def _remember(self, endpoint: int, answer: Answer, *, slow: bool) -> None:
        (self._slow.add if slow else self._slow.discard)(endpoint)
        if answer.meaning is Meaning.AGAIN and (slow or answer.wait):
            self._resting[endpoint] = clock.now() + (timedelta(seconds=answer.wait) if answer.wait else _REST)
        else:
            self._resting.pop(endpoint, None)

    def _prepared(self, load: Load, lang: str) -> Send | Answer:
        """What sends this entry in this language, rendered once. One that cannot be rendered must not stop the rest."""
        key = load.entry.seq, lang
        if key not in self._rendered:
            try:
                made = self._channel.prepare(load.entry, lang)
            except (ValueError, LookupError, TypeError) as error:
                log.warning("cannot be rendered", seq=load.entry.seq, lang=lang, why=type(error).__name__)
                return Answer(Meaning.AGAIN, "it could not be rendered")
            if len(self._rendered) >= _RENDERED:
                del self._rendered[next(iter(self._rendered))]
            self._rendered[key] = made
        return self._rendered[key]
