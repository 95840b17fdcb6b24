"""The log of attempts at one webhook: what was sent, as it can be made again from the log, and what was answered."""

import hashlib
from dataclasses import dataclass

from django.conf import settings

from dateline.delivery.channels.webhook import request
from dateline.delivery.deciding import message_id
from dateline.delivery.models import Endpoint, Outcome
from dateline.delivery.shards import frozen
from dateline.wire import log as wire_log


@dataclass(frozen=True, slots=True)
class Attempted:
    """One attempt. `body` is None where the text has since been erased.

    The timestamp and the signature are made anew for each attempt and kept nowhere, so they are not among `headers`.
    """

    row: Outcome
    headers: dict[str, str]
    body: str | None
    digest: str


def log(endpoint: Endpoint, limit: int) -> list[Attempted]:
    """The newest attempts first. Nothing, unless it is a webhook: other channels have their own form of request."""
    rows = Outcome.objects.filter(endpoint=endpoint, endpoint__channel="webhook").select_related("shard")
    return [_attempted(endpoint, row) for row in rows.order_by("-pk")[:limit]]


def _attempted(endpoint: Endpoint, row: Outcome) -> Attempted:
    if not row.attempt:
        # Superseded, called off, ended or not wanted before anything was sent.
        return Attempted(row, {}, None, "")
    lang = dict(frozen(row.shard)).get(endpoint.pk, "")
    wire = settings.DATELINE_WIRE
    headers = {"webhook-id": message_id(wire.origin, row.seq, endpoint.name, endpoint.channel)}
    try:
        body, common = request(wire_log.tail(row.seq - 1, 1)[0], lang, wire)
    except (LookupError, ValueError, TypeError):
        return Attempted(row, headers, None, "")
    return Attempted(row, headers | common, body.decode(), hashlib.sha256(body).hexdigest())
