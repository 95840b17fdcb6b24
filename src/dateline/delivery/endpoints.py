"""Where subscribers receive: added with checks, ended for good."""

from collections.abc import Mapping

from django.db import IntegrityError, transaction

from dateline.delivery.channels import KNOWN, OFFERED
from dateline.delivery.models import Endpoint
from dateline.routing.models import Subscriber
from dateline.vault import keys
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
) -> Endpoint:
    """A new endpoint. BadInput if the address is none for the channel; Conflict if the subscriber has it already.

    `options` and `secret` are what the channel's fields ask for.
    """
    kind = KNOWN.get(channel)
    if kind is None:
        known = " or ".join(OFFERED)
        what = f"There is no channel {channel[:40]!r}."
        raise BadInput([Fault("bad-channel", what, "/channel", f"Write {known}.")])
    address = address.strip()
    kept = kind.check(address, options or {})
    made = Endpoint(subscriber=subscriber, channel=channel, address=address, options=kept, concurrency=concurrency)
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


def seal_secret(endpoint: Endpoint, secret: str) -> None:
    """Give it a secret, or with an empty one none; it is not saved yet."""
    place = f"{_KEY}:{endpoint.name}"
    endpoint.secret = keys.encrypt(keys.named(_KEY), secret.encode(), place) if secret else None
