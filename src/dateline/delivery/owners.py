"""Mails to whoever owns a webhook: that it is left alone, that it is well again, that it has ended."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import structlog
from django.conf import settings

from dateline.delivery import letters, suppression
from dateline.delivery.channels.email import Email
from dateline.delivery.channels.webhook import Webhook
from dateline.delivery.deciding import printable
from dateline.delivery.models import Endpoint, Letter
from dateline.routing.models import Subscriber

log = structlog.get_logger("dateline.delivery")
LEFT_ALONE, WELL_AGAIN, ENDED = "left_alone", "well_again", "ended"
# One that comes and goes does not fill its owner's inbox.
APART = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Owner:
    """Where somebody is told of his own webhooks, and in which language."""

    address: str
    lang: str


def of(subscriber: Subscriber, now: datetime) -> Owner | None:
    """The account's address, or the first that the subscriber gets mail at. None: nobody may be written to."""
    user = subscriber.user
    lang = (user.language if user else "") or next(iter(subscriber.languages), "en")
    if user is not None and user.is_active and suppression.of(user.email, now) is None:
        return Owner(user.email, lang)
    mine = Endpoint.objects.filter(subscriber=subscriber, channel=Email.name, state=Endpoint.State.ACTIVE)
    first = mine.exclude(suppressed_until__gt=now).order_by("pk").first()
    return Owner(first.address, lang) if first is not None else None


def left_alone(pk: int, since: datetime, said: str, now: datetime) -> None:
    """Tell that it has failed since then, and what came of the last attempt.

    Within an hour after another such mail it is due at the end of the hour, and `well_again` calls it off.
    """
    endpoint, owner = _owned(pk, now)
    if owner is None:
        log.warning("a webhook is left alone, and its owner has no address", endpoint=endpoint.name)
    if owner is None or endpoint.state == Endpoint.State.ENDED:
        return
    last = _last(endpoint, owner)
    due = max(now, last.due_at + APART) if last is not None else now
    values = {"since": f"{since:%Y-%m-%d %H:%M} UTC", "said": printable(said), "url": _page(endpoint)}
    _post(endpoint, owner, LEFT_ALONE, values, now, due)


def well_again(pk: int, now: datetime) -> None:
    """Tell it to whoever was told that it is left alone; what was not sent yet is not sent any more."""
    endpoint, owner = _owned(pk, now)
    last = _last(endpoint, owner) if owner else None
    if owner is None or last is None or last.kind != LEFT_ALONE:
        return
    if not _called_off(endpoint, owner, "it was well again before", now):
        _post(endpoint, owner, WELL_AGAIN, {"url": _page(endpoint)}, now, now)


def ended(pk: int, now: datetime) -> None:
    """Tell that a webhook has ended by its own answer. Of other channels it is no news to anybody."""
    endpoint, owner = _owned(pk, now)
    if owner is not None and endpoint.channel == Webhook.name:
        _called_off(endpoint, owner, "it had ended before", now)
        url = f"{settings.DATELINE_WIRE.base_url}/work/subscription#endpoints"
        _post(endpoint, owner, ENDED, {"said": endpoint.ended_why, "url": url}, now, now)


def _owned(pk: int, now: datetime) -> tuple[Endpoint, Owner | None]:
    endpoint = Endpoint.objects.select_related("subscriber__user").get(pk=pk)
    return endpoint, of(endpoint.subscriber, now)


def _last(endpoint: Endpoint, owner: Owner) -> Letter | None:
    """The newest mail about it that was sent, or is still to be."""
    rows = Letter.objects.filter(address=owner.address, kind__in=(LEFT_ALONE, WELL_AGAIN))
    rows = rows.filter(values__webhook=endpoint.name).exclude(state=Letter.State.CANCELED)
    return rows.order_by("pk").last()


def _called_off(endpoint: Endpoint, owner: Owner, why: str, now: datetime) -> bool:
    """Whether there was a mail of its being left alone that nobody had begun to send; it is not sent any more."""
    rows = Letter.objects.filter(address=owner.address, kind=LEFT_ALONE, values__webhook=endpoint.name)
    unsent = rows.filter(state=Letter.State.OWED, attempts=0, held_until__lte=now)
    return bool(unsent.update(state=Letter.State.CANCELED, evidence=why))


def _post(endpoint: Endpoint, owner: Owner, kind: str, values: dict[str, str], now: datetime, due_at: datetime) -> None:
    """Of its address only the host is told: what stands behind it may be as good as a password."""
    parts = urlsplit(endpoint.address)
    named = {"webhook": endpoint.name, "host": f"{parts.scheme}://{parts.netloc}"}
    letters.post(owner.address, owner.lang, kind, {**named, **values}, now, due_at)


def _page(endpoint: Endpoint) -> str:
    return f"{settings.DATELINE_WIRE.base_url}/work/subscription/endpoint/{endpoint.name}"
