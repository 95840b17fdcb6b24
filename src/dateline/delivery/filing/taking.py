"""Whether an outlet has taken the file of a withdrawal out of its folder: that is its acknowledgement.

Who only copies what lies there, and leaves it, acknowledges by the API or a link.
"""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from dateline.delivery import acknowledging, endpoints
from dateline.delivery.database import Database
from dateline.delivery.deciding import TAKES_BACK
from dateline.delivery.filing.filing import Filing
from dateline.delivery.filing.lines import Login
from dateline.delivery.filing.place import Place
from dateline.delivery.models import Acknowledgement, Endpoint, Outcome
from dateline.words import clock

log = structlog.get_logger("dateline.delivery")
LOOK_EVERY = 60.0
# Who has not taken it by then is not looked at any more, and stays among those who lack it.
LOOKED_AT = timedelta(days=7)
_MOST = 500
_NAME = re.compile(r"written as (.+), \d+ bytes")


@dataclass(frozen=True, slots=True)
class Left:
    """A file that was written, and not known to be taken."""

    seq: int
    endpoint: Endpoint
    login: Login
    name: str


class Watch:
    """One a worker; two of them find the same, and the second changes nothing."""

    def __init__(self, channels: Mapping[str, Filing], database: Database) -> None:
        self._channels, self._database = channels, database

    async def keep(self) -> None:
        """For ever."""
        while True:
            for each in await self._database(left, tuple(self._channels), clock.now()):
                await self._look(each)
            await asyncio.sleep(LOOK_EVERY)

    async def _look(self, each: Left) -> None:
        channel = self._channels[each.endpoint.channel]
        failures: tuple[type[Exception], ...] = (TimeoutError, *channel.failures)
        try:
            there = await channel.lines.has(each.login, each.name)
        except failures as error:
            log.info("a folder could not be looked at", endpoint=each.endpoint.name, why=type(error).__name__)
            return
        if not there:
            await self._database(acknowledging.taken, each.seq, each.endpoint)


def left(channels: tuple[str, ...], now: datetime) -> list[Left]:
    """The files of withdrawals and erasures that were written of late and are not acknowledged."""
    rows = Outcome.objects.filter(
        result=Outcome.Result.DELIVERED,
        at__gt=now - LOOKED_AT,
        shard__channel__in=channels,
        shard__signal__in=TAKES_BACK,
        endpoint__state=Endpoint.State.ACTIVE,
    )
    known = set(Acknowledgement.objects.filter(at__gt=now - LOOKED_AT).values_list("seq", "endpoint_id"))
    newest = rows.select_related("endpoint").order_by("-pk")[:_MOST]
    return [found for row in newest if (row.seq, row.endpoint_id) not in known and (found := _left(row))]


def _left(row: Outcome) -> Left | None:
    name, to = _NAME.fullmatch(row.evidence), row.endpoint
    if name is None:
        return None
    login = Login(Place.of(to.address), endpoints.secret_of(to), to.options.get("host_key", ""))
    return Left(row.seq, to, login, name[1])
