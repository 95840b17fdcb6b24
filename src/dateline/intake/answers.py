"""Answers that were given once and are given again: the Idempotency-Key of a request.

Source: IETF draft "The Idempotency-Key HTTP Header Field". The key and the request stand as keyed
digests, so that a row tells neither. The answer quotes what was filed, so it is sealed with the
release's own key, and goes when an erasure shreds that.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from dateline.intake.models import Answer
from dateline.people.roles import Actor
from dateline.vault import boxes, keys
from dateline.words.errors import BadInput, Fault, NotFound

LONGEST_KEY = 200


@dataclass(frozen=True, slots=True)
class Given:
    """What was answered about a release: the HTTP status and the document."""

    release: str
    status: int
    body: dict[str, Any]


def once(actor: Actor, key: str, request: bytes, act: Callable[[], Given], *, now: datetime) -> Given:
    """What `act` answers; with a key that was used before, the answer of then.

    BadInput if the key was used for another request. Of two that come at once, one acts.
    """
    if not key:
        return act()
    if len(key) > LONGEST_KEY or not key.isprintable():
        fault = Fault("bad-key", "The Idempotency-Key is too long or not printable.", "Idempotency-Key", "Send a UUID.")
        raise BadInput([fault])
    tag = keys.tag("answer", f"{actor.id}|{key}")
    digest = keys.tag("request", hashlib.sha256(request).hexdigest())
    known = Answer.objects.filter(tag=tag).first()
    if known is not None:
        return _again(known, digest, actor, now)
    try:
        with transaction.atomic():
            # The row comes first: who comes at the same moment waits for it, or fails at it, before anything is filed.
            row = Answer.objects.create(tag=tag, request=digest, sealed=b"")
            given = act()
            boxes.seal(given.release, _box(tag), json.dumps(given.body).encode())
            row.sealed = boxes.seal_note(f"answer:{tag}", {"release": given.release, "status": given.status})
            row.save()
    except IntegrityError:
        known = Answer.objects.filter(tag=tag).first()
        if known is None:
            raise
        return _again(known, digest, actor, now)
    return given


def _again(known: Answer, digest: str, actor: Actor, now: datetime) -> Given:
    if known.request != digest:
        what = "This Idempotency-Key was used for another request."
        raise BadInput([Fault("key-used", what, "Idempotency-Key", "Use a new key for a new request.")])
    told = boxes.open_note(f"answer:{known.tag}", known.sealed)
    box = boxes.newest(told["release"], _box(known.tag))
    if box is None:
        raise NotFound("What was answered then was erased with its release.")
    body = json.loads(boxes.open_box(box, by=actor, why="answered again", now=now))
    return Given(told["release"], told["status"], body)


def _box(tag: str) -> str:
    """The kind of the box that holds the answer."""
    return f"answer/{tag[:16]}"
