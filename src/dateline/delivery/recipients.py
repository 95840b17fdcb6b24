"""The recipients of a shard that may be tried now, read with plain tuples: 500 of them in a few milliseconds."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings

from dateline.delivery import breakers, caps, endpoints, quiet, waiting
from dateline.delivery.deciding import Answer, Meaning, message_id
from dateline.delivery.models import Endpoint, Shard, barred
from dateline.delivery.recipient import Recipient
from dateline.wire import bulk
from dateline.words.entry import Entry

# What is read of an endpoint, as `_Reader` takes it.
_COLUMNS = (
    "id",
    "name",
    "address",
    "secret",
    "options",
    "concurrency",
    "state",
    "ended_why",
    "lease_until",
    "suppressed_until",
    "suppressed_why",
    "wishes",
)
Rows = Mapping[int, tuple[Any, ...]]


def ready(row: Shard, entry: Entry, due: Sequence[tuple[int, str]], now: datetime) -> list[Recipient]:
    """Those of `due` (endpoint, language) that wait for nothing, as their channel needs them."""
    rows: Rows = {found[0]: found for found in bulk.select(Endpoint, _COLUMNS, (endpoint for endpoint, _ in due))}
    wishing = {pk: wishes for pk, found in rows.items() if found[-1] and (wishes := json.loads(found[-1]))}
    tried = waiting.tried(row)
    waits = waiting.until(row, rows, wishing, tried, now)
    ready = [each for each in due if each[0] not in waits]
    if row.channel == breakers.CHANNEL and row.priority != Shard.Priority.WITHDRAWAL:
        lost = breakers.probe([endpoint for endpoint, _ in ready], now)
        ready = [each for each in ready if each[0] not in lost]
    read = _Reader(row, entry, tried, now)
    found = [read.of(rows[endpoint], lang) for endpoint, lang in ready]
    if wishing and row.priority != Shard.Priority.WITHDRAWAL:
        _heed(found, wishing, row, now)
    return found


def _heed(recipients: Sequence[Recipient], wishing: Mapping[int, quiet.Wishes], row: Shard, now: datetime) -> None:
    """Who has had as much today as he wants gets no more, and the ledger says so; who wants a digest has it there."""
    over = caps.over(row, wishing, now)
    for to in recipients:
        if (wished := wishing.get(to.endpoint)) is None:
            continue
        if to.barred is None and (why := over.get(to.endpoint)):
            to.barred = Answer(Meaning.DECLINED, why)
        to.gathered_until = quiet.digest_at(wished, now)


class _Reader:
    """Makes recipients of rows, for one shard."""

    def __init__(self, row: Shard, entry: Entry, tried: waiting.Tried, now: datetime) -> None:
        self._origin, self._channel, self._now = settings.DATELINE_WIRE.origin, row.channel, now
        self._seq, self._before = entry.seq, entry.header["supersedes"]
        self._attempts = {endpoint: attempts for endpoint, (_, attempts) in tried.items()}
        self._key: bytes | None = None

    def of(self, row: tuple[Any, ...], lang: str) -> Recipient:
        pk, name, address, secret, options, concurrency, state, ended_why, lease_until, until, why, _ = row
        suppressed = bulk.instant(until), why
        return Recipient(
            endpoint=pk,
            name=name,
            address=address,
            secret=self._secret(name, secret),
            concurrency=concurrency,
            lang=lang,
            attempts=self._attempts.get(pk, 0),
            message=message_id(self._origin, self._seq, name, self._channel),
            before=message_id(self._origin, self._before, name, self._channel) if self._before else "",
            barred=barred(state, ended_why, bulk.instant(lease_until), suppressed, self._now),
            options={} if options == "{}" else json.loads(options),
        )

    def _secret(self, name: str, secret: bytes | memoryview | None) -> str:
        """The key is asked for when somebody has a secret: mail addresses have none."""
        if secret is None:
            return ""
        if self._key is None:
            self._key = endpoints.secrets_key()
        return endpoints.open_secret(name, secret, self._key)
