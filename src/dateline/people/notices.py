"""What edges are told of tickets: a line each in the log's tail, in the order in which it was said."""

from datetime import datetime
from typing import Any

from django.db import transaction

from dateline.people.models import Notice, NoticeCount
from dateline.people.ticket import LIFE

# What was said longer ago means no living ticket.
_KEPT = 2 * LIFE


@transaction.atomic
def say(what: str, now: datetime, **told: Any) -> None:
    """Say that something was `revoked` (a `ticket` or a `holder`), `renewed`, or changed (a `profile`).

    The caller rings the wire's bell. What nobody needs any more goes.
    """
    NoticeCount.objects.get_or_create(pk=1)
    # Locked, so that notices appear in the order of their numbers.
    row = NoticeCount.objects.select_for_update().get(pk=1)
    row.number += 1
    row.save(update_fields=["number"])
    Notice.objects.create(number=row.number, said_at=now, body={"what": what, **told})
    Notice.objects.filter(said_at__lt=now - _KEPT).delete()


def newest() -> int:
    """The number of the newest notice."""
    return NoticeCount.objects.filter(pk=1).values_list("number", flat=True).first() or 0


def after(number: int) -> list[dict[str, Any]]:
    """The notices after this one, as the tail's lines have them."""
    return [
        {"type": "notice", "number": row.number, "at": row.said_at.timestamp(), **row.body}
        for row in Notice.objects.filter(number__gt=number).order_by("number")
    ]
