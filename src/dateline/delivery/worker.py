"""The delivery process: reads the log, freezes recipients, sends, writes down. Any number may run on one database."""

import asyncio
import gc
import os
import random
import socket
import sys
import threading
from contextlib import AbstractAsyncContextManager
from typing import cast

import structlog
import uvloop
from django.conf import settings

from dateline.delivery import channels, claims, inbox, ledger, planning, signing
from dateline.delivery.channels.contract import House
from dateline.delivery.channels.email import Email
from dateline.delivery.courier import Courier
from dateline.delivery.database import OwnThread
from dateline.delivery.deciding import Patience
from dateline.delivery.filing.filing import Filing
from dateline.delivery.filing.taking import Watch
from dateline.delivery.hub.verifying import Hub
from dateline.delivery.letters import Letters
from dateline.delivery.pausing import pause
from dateline.intake import bell
from dateline.routing.matching import Matching
from dateline.vault import keys
from dateline.words import clock

log = structlog.get_logger("dateline.delivery")
LOOK_EVERY = 5.0
# So many recipients are taken on at once in a lane, and in all; withdrawals are taken on top.
ROOM, LANE_ROOM, WHOLE_ROOM = 2000, 500, 40_000
_RENEW_EVERY = 0.5
# What has been due for so long, and longer at each look, is an alarm.
WATCH_EVERY, LATE = 15.0, 60.0
# How long an attempt may still take when the process is asked to stop.
_LAST_WAIT = 5.0
_SWITCH = 0.0002
_COLLECT = (50_000, 20, 100)

PATIENCE = Patience()


def run(stop: threading.Event, patience: Patience = PATIENCE) -> None:
    """Deliver until `stop` is set. What is then unfinished is taken up by the next, from the ledger."""
    # The ledger's thread gives the interpreter away at each statement, and would get it back from a busy loop only
    # after 5 ms, Python's default.
    sys.setswitchinterval(_SWITCH)
    uvloop.run(_Worker(stop, patience).serve())


def _house() -> House:
    wanted = {name for kind in channels.KNOWN.values() for name in kind.keys}
    return House(
        wire=settings.DATELINE_WIRE,
        private=settings.DATELINE_PRIVATE_WEBHOOKS,
        smtp_url=settings.DATELINE_SMTP_URL,
        mail_from=settings.DATELINE_MAIL_FROM,
        keys={name: keys.named(name) for name in sorted(wanted)},
        signers=signing.active(settings.DATELINE_MAIL_FROM),
    )


class _Worker:
    def __init__(self, stop: threading.Event, patience: Patience) -> None:
        self._stop, self._patience = stop, patience
        self._dice = random.Random()
        self._matching = Matching(settings.DATELINE_HOME / "rules.snapshot")
        self._database = OwnThread("ledger")
        self._wake = asyncio.Event()

    async def serve(self) -> None:
        house = await self._database(_house)
        out = channels.open_all(house)
        wake = bell.listen("delivery", str(os.getpid()))
        loop = asyncio.get_running_loop()
        loop.add_reader(wake.fileno(), self._rung, wake)
        try:
            async with self._inbox(), asyncio.TaskGroup() as group:
                hub = group.create_task(Hub(house.wire, self._database, private=house.private).keep())
                mail = cast("Email", out[Email.name]).carrier()
                folders = {name: each for name, each in out.items() if isinstance(each, Filing)}
                watch = group.create_task(Watch(folders, self._database).keep())
                letters = group.create_task(Letters(mail, self._patience, self._database).keep())
                await self._deliver(Courier(out, self._patience, self._dice, self._database), group)
                hub.cancel()
                letters.cancel()
                watch.cancel()
        finally:
            # If something fell, the thread that waits for this must end too.
            self._stop.set()
            loop.remove_reader(wake.fileno())
            wake.close()
            for channel in out.values():
                await channel.close()
            await self._database.close()

    def _inbox(self) -> AbstractAsyncContextManager[None]:
        return inbox.listening(settings.DATELINE_LMTP, settings.DATELINE_MAIL_FROM, self._database)

    async def _deliver(self, courier: Courier, group: asyncio.TaskGroup) -> None:
        background = [
            group.create_task(courier.outbox.keep_flushing()),
            group.create_task(self._keep_renewing(courier)),
            group.create_task(self._keep_watching()),
            group.create_task(self._notice_stop()),
        ]
        carried: set[asyncio.Task[None]] = set()
        # Where there are many rules, to read them takes a while.
        await self._database(self._matching.keep_up)
        # The rules are objects that stay: to look through them again and again took webhooks a third of the time.
        gc.collect()
        gc.freeze()
        gc.set_threshold(*_COLLECT)
        log.info("delivery is up")
        while not self._stop.is_set():
            self._wake.clear()
            # First of all: to plan a withdrawal for many takes a while, in which what it takes back must not go out.
            if courier.held:
                await self._database(claims.heed, dict(courier.held))
                courier.changed()
            more = await self._plan(courier)
            while (held := await self._claim(courier)) is not None:
                courier.take(held)
                task = group.create_task(courier.carry(held))
                carried.add(task)
                task.add_done_callback(carried.discard)
                task.add_done_callback(lambda _: self._wake.set())
            await pause(0.0 if more else await self._idle_for(courier), self._wake)
        await courier.stop(set(carried), _LAST_WAIT)
        for task in background:
            task.cancel()

    async def _plan(self, courier: Courier) -> bool:
        """Freeze what is new; true if there may be more."""
        planned = await self._database(planning.plan, self._matching, clock.now(), self._dice)
        if planned.seqs:
            log.info("planned", first=planned.seqs[0], last=planned.seqs[-1], recipients=planned.recipients)
            await self._renew(courier)
        return bool(planned.seqs)

    async def _claim(self, courier: Courier) -> claims.Claim | None:
        busy, full = _busy(courier)
        return await self._database(claims.claim, clock.now(), list(courier.held), busy=busy, urgent_only=full)

    async def _idle_for(self, courier: Courier) -> float:
        """Seconds until there is something due; who has no room waits to be woken."""
        busy, full = _busy(courier)
        due = None if full else await self._database(claims.next_due, busy)
        if due is None:
            return LOOK_EVERY
        return min(max((due - clock.now()).total_seconds(), 0.0), LOOK_EVERY)

    async def _keep_renewing(self, courier: Courier) -> None:
        while True:
            await asyncio.sleep(_RENEW_EVERY)
            await self._renew(courier)

    async def _keep_watching(self) -> None:
        """Say so when the oldest that is due grows older: nobody else would notice."""
        before = 0.0
        while True:
            await asyncio.sleep(WATCH_EVERY)
            oldest = (await self._database(ledger.totals, clock.now())).oldest_due_seconds
            if oldest > LATE and oldest > before:
                log.warning("deliveries are late", oldest_due_seconds=round(oldest))
            before = oldest

    async def _renew(self, courier: Courier) -> None:
        if courier.held:
            await self._database(claims.renew, dict(courier.held), clock.now())
            courier.changed()

    async def _notice_stop(self) -> None:
        await asyncio.to_thread(self._stop.wait)
        self._wake.set()

    def _rung(self, wake: socket.socket) -> None:
        bell.drain(wake)
        self._wake.set()


def _busy(courier: Courier) -> tuple[list[str], bool]:
    """The lanes in which there is enough to do, and whether there is in all."""
    waiting = courier.outstanding
    busy = [lane for lane, count in waiting.items() if count >= (LANE_ROOM if lane else ROOM)]
    return busy, waiting.total() >= WHOLE_ROOM
