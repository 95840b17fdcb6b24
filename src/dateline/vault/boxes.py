"""Sealing and opening. Each opening by a person is recorded, once a sitting."""

import json
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from dateline.people.roles import Actor
from dateline.vault import keys
from dateline.vault.models import Box, DataKey, Opening
from dateline.words import clock


def seal(release: str, kind: str, plaintext: bytes) -> Box:
    """Keep `plaintext` sealed under the release's own key."""
    return Box.objects.create(release=release, kind=kind, sealed=_sealed(release, kind, plaintext))


def open_box(box: Box, *, by: Actor, why: str, now: datetime) -> bytes:
    """The plaintext of a box, with the opening recorded first."""
    record_opening(box.release, by=by, what=box.kind, why=why, now=now)
    return keys.decrypt(keys.of_release(box.release), box.sealed, _place(box.release, box.kind))


def newest(release: str, kind: str) -> Box | None:
    return Box.objects.filter(release=release, kind=kind).order_by("-pk").first()


def shred(release: str) -> None:
    """Forget a release's key and boxes: what was sealed for it is gone, backups of the database included."""
    Box.objects.filter(release=release).delete()
    DataKey.objects.filter(release=release).delete()


def seal_note(purpose: str, document: Any) -> bytes:
    """Seal a small record of the house (an audit note, an answer) under the wire's own key."""
    return keys.encrypt(keys.named("audit"), json.dumps(document).encode(), f"note:{purpose}")


def open_note(purpose: str, sealed: bytes | memoryview) -> Any:
    return json.loads(keys.decrypt(keys.named("audit"), sealed, f"note:{purpose}"))


def record_opening(release: str, *, by: Actor, what: str, why: str, now: datetime) -> None:
    """One row for each reader, release, thing and sitting."""
    tag = keys.tag("opening", f"{release}|{by.id}|{by.sitting}|{what}|{why}")
    if Opening.objects.filter(tag=tag).exists():
        return
    record = {"who": by.id, "name": by.name, "what": what, "when": clock.printed(now), "why": why}
    try:
        with transaction.atomic():
            Opening.objects.create(release=release, tag=tag, sealed=seal_note(f"opening:{release}", record))
    except IntegrityError:
        # Another request of the same sitting recorded it in the same moment.
        return


def openings(release: str) -> list[dict[str, str]]:
    """Who opened this release, in order."""
    rows = Opening.objects.filter(release=release).order_by("pk")
    return [open_note(f"opening:{release}", row.sealed) for row in rows]


def _sealed(release: str, kind: str, plaintext: bytes) -> bytes:
    return keys.encrypt(keys.of_release(release), plaintext, _place(release, kind))


def _place(release: str, kind: str) -> str:
    return f"{kind}:{release}"
