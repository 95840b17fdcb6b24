"""What the wire keeps of a subscriber: given out whole (GDPR, article 20), and forgotten (article 17).

What remains of somebody who is forgotten is that an endpoint of a random name was sent an entry: the ledger must
still add up, and nobody can be found by it.
"""

import secrets
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from dateline.delivery import barring, confirming, suppression
from dateline.delivery.channels.email import Email
from dateline.delivery.models import Bounce, Endpoint, Letter, Outcome, Suppression
from dateline.people.models import Token, User
from dateline.routing import profiles
from dateline.routing.models import Subscriber
from dateline.words import clock


def export(subscriber: Subscriber, now: datetime) -> dict[str, Any]:
    """Everything, as one JSON document. Secrets are left out: a file that lies about must open no door."""
    mine = list(Endpoint.objects.filter(subscriber=subscriber).order_by("pk"))
    return {
        "made_at": clock.printed(now),
        "subscriber": {
            "kind": subscriber.kind,
            "name": subscriber.name,
            "shown_to_issuers_as": subscriber.shown_as,
            "country": subscriber.country,
            "languages": subscriber.languages,
            "groups": subscriber.groups,
            "paused": subscriber.paused,
            "address_from": subscriber.address_from,
            "account": subscriber.user.email if subscriber.user else "",
        },
        "rules": subscriber.profile.documents(),
        "endpoints": [_endpoint(each) for each in mine],
        "letters": [_letter(each) for each in _letters(subscriber)],
        "sent": list(_sent(mine)),
        "came_back": [_came_back(each) for each in _bounces(subscriber)],
    }


def _endpoint(row: Endpoint) -> dict[str, Any]:
    return {
        "name": row.name,
        "channel": row.channel,
        "address": row.address,
        "came_from": row.came_from,
        "added_at": clock.printed(row.made_at),
        "state": row.state,
        "ended_why": row.ended_why,
        "options": row.options,
        "wishes": row.wishes,
    }


def _letters(subscriber: Subscriber) -> QuerySet[Letter]:
    """The house's own mails to it: at its own addresses, at that of its account, and the questions that it caused."""
    mine = Endpoint.objects.filter(subscriber=subscriber)
    account = {subscriber.user.email} if subscriber.user else set()
    questions = [confirming.url(each) for each in mine.filter(channel=Email.name)]
    return Letter.objects.filter(Q(address__in=_confirmed(mine) | account) | Q(values__url__in=questions))


def _confirmed(mine: QuerySet[Endpoint]) -> set[str]:
    """Mail addresses that are its own. Anybody may type another's, whom nothing must happen to by that."""
    typed = Q(state=Endpoint.State.UNCONFIRMED) | Q(ended_why=barring.UNCONFIRMED) | Q(address="")
    return set(mine.filter(channel=Email.name).exclude(typed).values_list("address", flat=True))


def _letter(row: Letter) -> dict[str, Any]:
    return {"kind": row.kind, "to": row.address, "made_at": clock.printed(row.made_at), "state": row.state}


def _bounces(subscriber: Subscriber) -> QuerySet[Bounce]:
    """What came back of its entries, and of the house's own mails to it."""
    ours = Q(endpoint__subscriber=subscriber) | Q(letter__in=_letters(subscriber))
    return Bounce.objects.filter(ours).select_related("endpoint", "letter").order_by("pk")


def _came_back(row: Bounce) -> dict[str, Any]:
    return {
        "seq": row.seq,
        "endpoint": row.endpoint.name if row.endpoint else None,
        "letter": row.letter.kind if row.letter else None,
        "kind": row.kind,
        "status": row.status,
        "answer": row.evidence,
        "at": clock.printed(row.at),
    }


def _sent(mine: list[Endpoint]) -> Iterator[dict[str, Any]]:
    names = {row.pk: row.name for row in mine}
    for row in Outcome.objects.filter(endpoint__in=names).order_by("pk").iterator(chunk_size=2000):
        yield {
            "seq": row.seq,
            "endpoint": names[row.endpoint_id],
            "attempt": row.attempt,
            "result": row.result,
            "answer": row.evidence,
            "at": clock.printed(row.at),
        }


@transaction.atomic
def object_to(subscriber: Subscriber, now: datetime) -> None:
    """No mail from this wire to any of its addresses again, whoever asks for it (GDPR, article 21)."""
    for address in sorted(_confirmed(Endpoint.objects.filter(subscriber=subscriber))):
        suppression.suppress(address, Suppression.Reason.OBJECTION, "said by its reader", now)


@transaction.atomic
def forget(subscriber: Subscriber, now: datetime, *, never: bool = False) -> None:
    """Delete all that tells who it was: endpoints end and lose their addresses, the account is closed for good.

    With `never` the addresses get no mail from this wire again, whoever asks for it.
    """
    mine = Endpoint.objects.filter(subscriber=subscriber)
    if never:
        object_to(subscriber, now)
    _letters(subscriber).delete()
    # What the other end said may quote the address: `550 <esra@gazette.example>: no such user`.
    Outcome.objects.filter(endpoint__in=mine).update(evidence="")
    Bounce.objects.filter(endpoint__in=mine).update(evidence="", digest="")
    mine.update(
        address="",
        options={},
        wishes=None,
        secret=None,
        came_from="",
        suppressed_why="",
        state=Endpoint.State.ENDED,
        ended_why=barring.FORGOTTEN,
    )
    profiles.set_rules(subscriber, [])
    user, subscriber.user = subscriber.user, None
    subscriber.name, subscriber.country, subscriber.address_from = subscriber.pseudonym, "", ""
    subscriber.languages, subscriber.groups, subscriber.paused = [], [], True
    subscriber.save()
    if user is not None:
        _close(user)


def _close(user: User) -> None:
    """The row stays, for what was done under it; nobody signs in with it any more."""
    Token.objects.filter(user=user).delete()
    user.email, user.name, user.is_active = f"{secrets.token_hex(8)}@deleted.invalid", "deleted", False
    user.set_unusable_password()
    user.save()
