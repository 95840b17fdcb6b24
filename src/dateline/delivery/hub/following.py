"""Who follows which feed, and until when."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from dateline.delivery import endpoints
from dateline.delivery.barring import LAPSED, UNSUBSCRIBED
from dateline.delivery.hub import requests
from dateline.delivery.models import Endpoint, Following, HubRequest
from dateline.routing.models import Subscriber
from dateline.wire import series
from dateline.wire.series import Series
from dateline.words.entry import Entry

CHANNEL = "websub"


def followers(entry: Entry, now: datetime) -> Iterator[tuple[int, str, str]]:
    """(endpoint, channel, language) of all who follow a feed that the entry changed, and whose lease lasts."""
    langs, codes = series.changed(entry)
    rows = Following.objects.filter(lang__in=langs, sector__in=codes, endpoint__lease_until__gt=now)
    rows = rows.filter(endpoint__state=Endpoint.State.ACTIVE, endpoint__subscriber__paused=False)
    for endpoint, lang in rows.order_by("pk").values_list("endpoint_id", "lang"):
        yield endpoint, CHANNEL, lang


@transaction.atomic
def confirmed(row: HubRequest, asked_at: datetime) -> bool:
    """Do what the subscriber has confirmed; its lease runs from when it was asked (WebSub section 5.3).

    False, and nothing done, if another worker holds the request by now.
    """
    if not requests.finish(row):
        return False
    if row.mode == HubRequest.Mode.UNSUBSCRIBE:
        _leave(row)
    else:
        _follow(row, asked_at)
    return True


def sweep(now: datetime) -> bool:
    """End what has run out, and let those know whose subscription somebody else has ended; true if there was any."""
    over = Following.objects.filter(Q(endpoint__lease_until__lte=now) | Q(endpoint__state=Endpoint.State.ENDED))
    if not over.exists():
        # The usual case takes no lock.
        return False
    with transaction.atomic():
        for row in over.select_for_update().select_related("endpoint"):
            _over(row, now)
    return True


def _over(row: Following, now: datetime) -> None:
    endpoint = row.endpoint
    if endpoint.state != Endpoint.State.ENDED:
        endpoints.end(endpoint, LAPSED)
    elif not endpoint.lease_until or endpoint.lease_until > now:
        denied = HubRequest(mode=HubRequest.Mode.DENIED, host=row.host, reason=endpoint.ended_why, **row.key)
        denied.due_at = now
        denied.save()
    row.delete()


def _follow(row: HubRequest, asked_at: datetime) -> None:
    """Begin a subscription, or give the one that there is its new lease, and its new secret or none."""
    found = Following.objects.select_related("endpoint").filter(**row.key).first()
    if found is not None and found.endpoint.state == Endpoint.State.ENDED:
        found.delete()
        found = None
    endpoint = found.endpoint if found else _endpoint(row)
    endpoints.seal_secret(endpoint, requests.secret_of(row))
    endpoint.lease_until = asked_at + timedelta(seconds=row.lease)
    endpoint.save()
    if found is None:
        Following.objects.create(endpoint=endpoint, host=row.host, **row.key)


def _endpoint(row: HubRequest) -> Endpoint:
    """A subscriber without rules: what it gets is decided by the feed that it follows.

    It takes one request at a time, so that an older document cannot arrive after a newer one.
    """
    subscriber = Subscriber.objects.create(kind=Subscriber.Kind.OUTLET, name=row.host[:200])
    topic = asdict(Series(row.lang, row.sector, row.kind))
    return Endpoint(subscriber=subscriber, channel=CHANNEL, address=row.callback, options=topic, concurrency=1)


def _leave(row: HubRequest) -> None:
    found = Following.objects.select_related("endpoint").filter(**row.key).first()
    if found is not None:
        endpoints.end(found.endpoint, UNSUBSCRIBED)
        found.delete()
