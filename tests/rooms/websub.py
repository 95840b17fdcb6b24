"""Asking the hub, as a subscriber does."""

from typing import Any
from urllib.parse import urlencode

import feedparser
from django.conf import settings
from django.test import Client

from dateline.delivery.models import Following, HubRequest
from tests.rooms.follower import Heard

HUB = f"{settings.DATELINE_WIRE.base_url}/hub"


def topic(name: str) -> str:
    """The address that a feed calls itself by: `en.rss`."""
    return f"{settings.DATELINE_WIRE.base_url}/feeds/{name}"


def ask(client: Client, about: str, callback: str, mode: str = "subscribe", **more: str) -> Any:
    """What the hub answers at once."""
    form = urlencode({"hub.mode": mode, "hub.topic": about, "hub.callback": callback, **more})
    return client.post("/hub", form, content_type="application/x-www-form-urlencoded")


def followed(count: int = 1) -> bool:
    """Nothing waits to be confirmed any more, and so many subscriptions are there."""
    return not HubRequest.objects.exists() and Following.objects.count() == count


def nothing_waits() -> bool:
    """Every request has been carried out, or dropped."""
    return not HubRequest.objects.exists()


def titles(heard: Heard) -> list[str]:
    """The headlines of an RSS or Atom document that came."""
    return [each.title for each in feedparser.parse(heard.body).entries]
