"""The test button: one signed event to a webhook, at once, and what it answers."""

import asyncio
import json
import secrets
import time
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from dateline.delivery import endpoints
from dateline.delivery.channels.webhook import SECONDS, Post, Webhook, common
from dateline.delivery.deciding import Answer, printable
from dateline.delivery.models import Endpoint
from dateline.delivery.posting.poster import Poster
from dateline.delivery.recipient import Recipient
from dateline.words import clock
from dateline.words.errors import BadInput, Conflict, Fault

TYPE = "dateline-test"


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of it: the message's id, what the answer means and its first bytes, and how long it took."""

    message: str
    result: str
    evidence: str
    ms: int


def send(endpoint: Endpoint, now: datetime) -> Trial:
    """Post a `dateline-test` event there, under an id of its own. It waits 15 s at most, and is in no ledger.

    BadInput if it is no webhook, Conflict if nothing may be sent there. The own network stays closed to it.
    """
    if endpoint.channel != Webhook.name:
        raise BadInput([Fault("no-webhook", f"{endpoint.name} is no webhook.", "/name", "Name a webhook.")])
    if barred := endpoint.barred(now):
        raise Conflict([Fault("ended", f"Nothing is sent there any more: {barred.evidence}.", "/name", "Add it anew.")])
    to = _recipient(endpoint)
    body = {"type": TYPE, "timestamp": clock.printed(now), "data": {"endpoint": endpoint.name}}
    started = time.monotonic()
    answer = asyncio.run(_post(to, json.dumps(body).encode()))
    ms = round((time.monotonic() - started) * 1000)
    return Trial(to.message, str(answer.meaning), printable(answer.evidence), ms)


async def _post(to: Recipient, body: bytes) -> Answer:
    """With connections of its own: the worker's are in another process."""
    poster = Poster(SECONDS, private=settings.DATELINE_PRIVATE_WEBHOOKS)
    try:
        return await Post(poster, body, common(settings.DATELINE_WIRE) | {"dateline-signal": "test"})(to)
    finally:
        await poster.close()


def _recipient(endpoint: Endpoint) -> Recipient:
    return Recipient(
        endpoint=endpoint.pk,
        name=endpoint.name,
        address=endpoint.address,
        secret=endpoints.secret_of(endpoint),
        concurrency=1,
        lang="",
        attempts=0,
        message=f"test_{secrets.token_hex(16)}",
        before="",
    )
