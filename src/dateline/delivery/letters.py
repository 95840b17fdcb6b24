"""What the house itself has to tell one person, by mail: owed from a row on, and sent beside the releases."""

import asyncio
import random
from collections.abc import Mapping
from datetime import datetime, timedelta

from dateline.delivery import digests, suppression
from dateline.delivery.database import Database
from dateline.delivery.deciding import Answer, Meaning, Patience, printable
from dateline.delivery.mailing.letter import KINDS
from dateline.delivery.mailing.letter import Letter as Content
from dateline.delivery.mailing.postman import Postman
from dateline.delivery.models import NEVER, Letter, Suppression
from dateline.delivery.recipient import Recipient
from dateline.words import clock

LOOK_EVERY, AT_ONCE = 1.0, 10
# Longer than an attempt takes; a worker that died is succeeded after it.
HOLD = timedelta(minutes=10)
_DICE = random.Random()


def post(
    address: str, lang: str, kind: str, values: Mapping[str, str], now: datetime, due_at: datetime | None = None
) -> Letter:
    """Owe a letter of one of `KINDS` to an address, in a language; at once if it does not say when it is due."""
    if kind not in KINDS:
        raise LookupError(kind)
    return Letter.objects.create(
        address=address, lang=lang, kind=kind, values=dict(values), made_at=now, due_at=due_at or now
    )


def claim(now: datetime) -> Letter | None:
    """The next letter that is due; None if there is none."""
    due = Letter.objects.filter(state=Letter.State.OWED, due_at__lte=now, held_until__lte=now)
    for row in due.order_by("due_at", "pk")[:10]:
        mine = Letter.objects.filter(pk=row.pk, epoch=row.epoch, state=Letter.State.OWED)
        if mine.update(epoch=row.epoch + 1, held_until=now + HOLD):
            row.epoch += 1
            return digests.composed(row, now) if row.kind == digests.KIND else row
    return None


def finish(row: Letter, answer: Answer, patience: Patience, now: datetime) -> None:
    """Write down what came of an attempt; nothing, if another worker holds it by now. Where nobody is, no more goes."""
    number = row.attempts + 1
    again = patience.retry_at(number, now, answer.wait, _DICE) if answer.meaning is Meaning.AGAIN else None
    final = Letter.State.DELIVERED if answer.meaning is Meaning.DELIVERED else Letter.State.FAILED
    Letter.objects.filter(pk=row.pk, epoch=row.epoch).update(
        state=Letter.State.OWED if again else final,
        due_at=again or row.due_at,
        attempts=number,
        held_until=NEVER,
        evidence=printable(answer.evidence),
    )
    if answer.nobody:
        suppression.suppress(row.address, Suppression.Reason.BOUNCE, answer.evidence, now, now + suppression.BOUNCED)


def _next(now: datetime) -> Letter | None:
    digests.post_due(now)
    return claim(now)


class Letters:
    """Sends them, a few at once: a slow server holds up no other's."""

    def __init__(self, postman: Postman, patience: Patience, database: Database) -> None:
        self._postman, self._patience, self._database = postman, patience, database
        self._free = asyncio.Semaphore(AT_ONCE)

    async def keep(self) -> None:
        """For ever."""
        async with asyncio.TaskGroup() as group:
            while True:
                await self._free.acquire()
                row = await self._database(_next, clock.now())
                if row is not None:
                    group.create_task(self._send(row))
                    continue
                self._free.release()
                await asyncio.sleep(LOOK_EVERY)

    async def _send(self, row: Letter) -> None:
        load = _Alone()
        await self._postman.send(load, _recipient(row), Content(row.kind, row.lang, row.values))
        if load.answer is not None:
            await self._database(finish, row, load.answer, self._patience, clock.now())
        self._free.release()


class _Alone:
    """A load of one letter, as the pool of its destination sees it."""

    urgent = False

    def __init__(self) -> None:
        self.answer: Answer | None = None

    def is_over(self, to: Recipient) -> bool:
        return False

    def has_room(self) -> bool:
        return True

    def done(self, to: Recipient, answer: Answer, took: float) -> None:
        self.answer = answer

    def skip(self, to: Recipient) -> None:
        """It is owed as before."""


def _recipient(row: Letter) -> Recipient:
    """Its message has the same id in every attempt, and its return address tells which letter it was."""
    return Recipient(
        endpoint=0,
        name=row.name,
        address=row.address,
        secret="",
        concurrency=1,
        lang=row.lang,
        attempts=row.attempts,
        message=f"letter_{row.name}",
        before="",
    )
