"""Where subscribers receive: added with checks, ended for good."""

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction

from dateline.delivery import barring, suppression
from dateline.delivery.channels import KNOWN, OFFERED
from dateline.delivery.channels.email import Email
from dateline.delivery.models import Endpoint, Shard
from dateline.intake import bell
from dateline.routing.models import Subscriber
from dateline.vault import keys
from dateline.words import clock
from dateline.words.errors import BadInput, Conflict, Fault

_KEY = "endpoint"


def add(
    subscriber: Subscriber,
    channel: str,
    address: str,
    options: Mapping[str, str] | None = None,
    *,
    secret: str = "",
    concurrency: int = 2,
    came_from: str = "",
    confirmed: bool = True,
) -> Endpoint:
    """A new endpoint. BadInput if the address is none for the channel; Conflict if the subscriber has it already.

    `options` and `secret` are what the channel's fields ask for, `came_from` says who gave the address. One that is
    not `confirmed` gets nothing until `confirming.act`.
    """
    kind = KNOWN.get(channel)
    if kind is None:
        known = " or ".join(OFFERED)
        what = f"There is no channel {channel[:40]!r}."
        raise BadInput([Fault("bad-channel", what, "/channel", f"Write {known}.")])
    address = address.strip()
    kept = kind.check(address, options or {})
    if channel == Email.name:
        suppression.refuse(address, clock.now())
    made = Endpoint(subscriber=subscriber, channel=channel, address=address, options=kept, concurrency=concurrency)
    made.came_from = came_from[:200]
    if not confirmed:
        made.state = Endpoint.State.UNCONFIRMED
    seal_secret(made, kind.new_secret(secret))
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError:
        raise Conflict([Fault("known-endpoint", "This address is here already.", "/address", "Use it.")]) from None
    return made


def secret_of(endpoint: Endpoint) -> str:
    """The secret of an endpoint, such as a webhook's `whsec_…`; empty if it has none."""
    return open_secret(endpoint.name, endpoint.secret, keys.named(_KEY))


def shown_once(endpoint: Endpoint) -> str:
    """The secret of a new endpoint if its channel made it; what the subscriber gave is answered to nobody."""
    given = any(each.secret for each in KNOWN[endpoint.channel].fields)
    return "" if given else secret_of(endpoint)


def open_secret(name: str, secret: bytes | memoryview | None, key: bytes) -> str:
    """As `secret_of`, with the row's values and the key at hand: for many in a row."""
    return keys.decrypt(key, secret, f"{_KEY}:{name}").decode() if secret is not None else ""


def secrets_key() -> bytes:
    return keys.named(_KEY)


def end(endpoint: Endpoint, why: str) -> None:
    """Send nothing there any more. What is still owed to it fails, and says so."""
    Endpoint.objects.filter(pk=endpoint.pk).update(state=Endpoint.State.ENDED, ended_why=why[:200])


def end_own(endpoint: Endpoint) -> None:
    """By its subscriber, who may take it up again. It is remembered if nobody had said yet that it was theirs."""
    unconfirmed = endpoint.state == Endpoint.State.UNCONFIRMED
    end(endpoint, barring.UNCONFIRMED if unconfirmed else barring.ENDED)


def take_up(endpoint: Endpoint) -> None:
    """Go on with what its subscriber had ended. Conflict if the address is there again, or somebody else ended it."""
    ended = Endpoint.objects.filter(pk=endpoint.pk, state=Endpoint.State.ENDED, ended_why=barring.ENDED)
    try:
        with transaction.atomic():
            taken_up = ended.update(state=Endpoint.State.ACTIVE, ended_why="")
    except IntegrityError:
        taken_up = 0
    if not taken_up:
        what = "This endpoint cannot be taken up again."
        raise Conflict([Fault("not-taken-up", what, "/name", "Use the address that is there, or add it anew.")])


def pause(endpoint: Endpoint, *, paused: bool) -> None:
    """Owe it nothing new for now, or go on. What it is owed already goes out; what has ended stays so."""
    before, after = Endpoint.State.ACTIVE, Endpoint.State.PAUSED
    if not paused:
        before, after = after, before
    Endpoint.objects.filter(pk=endpoint.pk, state=before).update(state=after)


def wish(endpoint: Endpoint, wishes: Mapping[str, str] | None, now: datetime) -> None:
    """When its reader wants it and how much of it, as `quiet.checked` gave it. What waits is looked at anew."""
    Endpoint.objects.filter(pk=endpoint.pk).update(wishes=wishes)
    resting = Shard.objects.filter(state=Shard.State.OPEN, channel=endpoint.channel, due_at__gt=now)
    resting.update(due_at=now)
    bell.ring("delivery")


def seal_secret(endpoint: Endpoint, secret: str) -> None:
    """Give it a secret, or with an empty one none; it is not saved yet."""
    place = f"{_KEY}:{endpoint.name}"
    endpoint.secret = keys.encrypt(keys.named(_KEY), secret.encode(), place) if secret else None
