"""Answers that were given once and are given again: the Idempotency-Key of a request.

Source: IETF draft "The Idempotency-Key HTTP Header Field". The answer is sealed; the key and the
request stand as keyed digests, so that a row tells neither.
"""

import hashlib
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction

from dateline.intake.models import Answer
from dateline.people.roles import Actor
from dateline.vault import boxes, keys
from dateline.words.errors import BadInput, Fault

LONGEST_KEY = 200
Given = tuple[int, dict[str, Any]]


def once(actor: Actor, key: str, request: bytes, act: Callable[[], Given]) -> Given:
    """What `act` answers: status and body. With a key that was used before, the answer of then.

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
        return _again(known, digest)
    try:
        with transaction.atomic():
            row = Answer.objects.create(tag=tag, request=digest, sealed=b"")
            status, body = act()
            row.sealed = boxes.seal_note(f"answer:{tag}", {"status": status, "body": body})
            row.save()
    except IntegrityError:
        known = Answer.objects.filter(tag=tag).first()
        if known is None:
            raise
        return _again(known, digest)
    return status, body


def _again(known: Answer, digest: str) -> Given:
    if known.request != digest:
        what = "This Idempotency-Key was used for another request."
        raise BadInput([Fault("key-used", what, "Idempotency-Key", "Use a new key for a new request.")])
    told = boxes.open_note(f"answer:{known.tag}", known.sealed)
    return told["status"], told["body"]
