"""The wire's own process: it alone appends. It keeps what is approved ready in memory, and a timer for T."""

import heapq
import select
import threading
from datetime import datetime

import structlog
from django.conf import settings
from django.db import close_old_connections, connection

from dateline.intake import bell, releases
from dateline.intake.models import FiledVersion
from dateline.people.roles import WIRE
from dateline.wire.append import append
from dateline.wire.lock import only_wire
from dateline.wire.prepare import Prepared, prepare
from dateline.wire.tail import TailServer
from dateline.wire.timer import WallTimer
from dateline.words import clock
from dateline.words.errors import Refused
from dateline.words.release import State

log = structlog.get_logger("dateline.wire")
LOOK_EVERY = 5.0
# One transaction takes no more than this, so that readers begin while the rest of a burst is appended.
BATCH = 300


class Keeper:
    """What is approved, ready to go out: by row, and by T."""

    def __init__(self) -> None:
        self.ready: dict[int, Prepared] = {}
        self.due: list[tuple[datetime, int, int]] = []
        # What could not be prepared, by row and edit: it must not hold up the rest.
        self.broken: dict[int, int] = {}

    def look(self) -> bool:
        """Bring memory in line with the rows: at most one text is opened, so that no T waits for many.

        True if there is more to do.
        """
        rows = FiledVersion.objects.filter(state=State.APPROVED).select_related("release").order_by("changed_at", "pk")
        approved = {row.pk: row for row in rows}
        for pk in self.ready.keys() - approved.keys():
            del self.ready[pk]
        fresh = [row for row in approved.values() if not self._knows(row)]
        if fresh:
            try:
                self._make_ready(fresh[0], clock.now())
            except (Refused, ValueError, KeyError, TypeError) as wrong:
                self.broken[fresh[0].pk] = fresh[0].edit
                log.warning("cannot prepare", release=fresh[0].release_id, why=type(wrong).__name__)
        return len(fresh) > 1

    def _knows(self, row: FiledVersion) -> bool:
        """Whether this text of the version is ready already, or is known to be broken."""
        ready = self.ready.get(row.pk)
        return (ready is not None and ready.edit == row.edit) or self.broken.get(row.pk) == row.edit

    def _make_ready(self, row: FiledVersion, now: datetime) -> None:
        version = releases.content(row, by=WIRE, why="release", now=now)
        made = prepare(
            version,
            filed=row.pk,
            edit=row.edit,
            release=row.release_id,
            guid=releases.guid(row.release),
            number=row.number,
            wire=settings.DATELINE_WIRE,
            now=now,
        )
        self.ready[row.pk] = made
        heapq.heappush(self.due, (made.due or now, row.pk, row.edit))

    def next_due(self) -> datetime | None:
        while self.due and not self._is_live(self.due[0]):
            heapq.heappop(self.due)
        return self.due[0][0] if self.due else None

    def take_due(self, now: datetime) -> list[Prepared]:
        """What is due by now, in order of T, up to a batch."""
        taken: list[Prepared] = []
        while (at := self.next_due()) is not None and at <= now and len(taken) < BATCH:
            _, pk, _ = heapq.heappop(self.due)
            taken.append(self.ready.pop(pk))
        return taken

    def _is_live(self, mark: tuple[datetime, int, int]) -> bool:
        _, pk, edit = mark
        return pk in self.ready and self.ready[pk].edit == edit


def run(stop: threading.Event) -> None:
    """Keep the wire until `stop` is set. A second wire on the same database is refused."""
    with only_wire():
        keeper, timer, wake = Keeper(), WallTimer(), bell.listen("wire")
        tail = TailServer(settings.DATELINE_RUN / "tail.sock")
        tail.start()
        log.info("wire is up")
        try:
            while not stop.is_set():
                more = _turn(keeper, tail)
                timer.set(keeper.next_due())
                select.select([timer.fileno(), wake.fileno()], [], [], 0 if more else LOOK_EVERY)
                timer.clear()
                bell.drain(wake)
        finally:
            tail.stop()
            timer.close()
            wake.close()
            connection.close()


def _turn(keeper: Keeper, tail: TailServer) -> bool:
    """Release what is due, then look for what is newly approved; true if there is more to do at once."""
    close_old_connections()
    if due := keeper.take_due(clock.now()):
        seqs = append(due, clock.now())
        tail.notify()
        log.info("released", entries=len(seqs), first=seqs[0] if seqs else None)
        return True
    more = keeper.look()
    tail.notify()
    return more
