"""Where subscribers receive: added with checks, ended for good."""

import base64
import secrets

from django.db import IntegrityError, transaction

from dateline.delivery import addresses
from dateline.delivery.models import Endpoint
from dateline.routing.models import Subscriber
from dateline.vault import keys
from dateline.words.errors import Conflict, Fault

_KEY = "endpoint"
_SECRET_BYTES = 32
PREFIX = "whsec_"


def add(subscriber: Subscriber, channel: str, address: str, *, concurrency: int = 2) -> Endpoint:
    """A new endpoint. BadInput if the address is none for the channel; Conflict if the subscriber has it already."""
    address = address.strip()
    _CHECKS[Endpoint.Channel(channel)](address)
    made = Endpoint(subscriber=subscriber, channel=channel, address=address, concurrency=concurrency)
    if channel == Endpoint.Channel.WEBHOOK:
        made.secret = _sealed(made.name, new_secret())
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError:
        raise Conflict([Fault("known-endpoint", "This address is here already.", "/address", "Use it.")]) from None
    return made


def new_secret() -> str:
    """A secret as Standard Webhooks writes it: `whsec_` and base64 of 32 random bytes."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def secret_of(endpoint: Endpoint) -> str:
    """The secret of a webhook, `whsec_…`; empty for a channel that has none."""
    return open_secret(endpoint, keys.named(_KEY))


def open_secret(endpoint: Endpoint, key: bytes) -> str:
    """As `secret_of`, with the key at hand: for many in a row."""
    if endpoint.secret is None:
        return ""
    return keys.decrypt(key, endpoint.secret, f"{_KEY}:{endpoint.name}").decode()


def secrets_key() -> bytes:
    return keys.named(_KEY)


def end(endpoint: Endpoint, why: str) -> None:
    """Send nothing there any more. What is still owed to it fails, and says so."""
    Endpoint.objects.filter(pk=endpoint.pk).update(state=Endpoint.State.ENDED, ended_why=why[:200])


def _sealed(name: str, secret: str) -> bytes:
    return keys.encrypt(keys.named(_KEY), secret.encode(), f"{_KEY}:{name}")


_CHECKS = {Endpoint.Channel.WEBHOOK: addresses.check_webhook, Endpoint.Channel.EMAIL: addresses.check_mail}
