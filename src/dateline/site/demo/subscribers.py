"""Invented subscribers for the demo: outlets with webhooks and journalists with mail, whose other end is the sink."""

from typing import Any

from dateline.delivery import endpoints
from dateline.people.models import User
from dateline.routing import profiles
from dateline.routing.models import Subscriber
from dateline.site.demo import sink

_FROM = "invented for the demo"
_EVERYTHING: list[dict[str, Any]] = [{"everything": True}]
# Name, kind, country, languages, rules, address of the endpoint.
_SUBSCRIBERS: tuple[tuple[str, str, str, list[str], list[dict[str, Any]], str], ...] = (
    ("The Example Gazette", "outlet", "GB", ["en"], _EVERYTHING, "gazette"),
    ("Seouru Ilbo", "outlet", "KR", ["ko", "en"], [{"languages": ["ko", "en"]}], "seouru-ilbo"),
    ("Beispiel-Kurier", "outlet", "DE", ["de", "en"], [{"languages": ["de"]}, {"countries": ["DE", "AT"]}], "kurier"),
    ("Esra Aydin", "journalist", "GB", ["en"], _EVERYTHING, "journalist@gazette.example"),
    ("Layla Haddad", "journalist", "AE", ["ar", "en"], [{"languages": ["ar"]}], "layla.haddad@sahifa.example"),
    ("Kenji Mori", "journalist", "JP", ["ja", "en"], [{"languages": ["ja"]}, {"urgency": 3}], "mori@shimbun.example"),
)


def add() -> None:
    """Add them all, each with its rules and one endpoint."""
    for name, kind, country, languages, rules, address in _SUBSCRIBERS:
        subscriber = Subscriber.objects.create(
            kind=kind,
            name=name,
            country=country,
            languages=languages,
            groups=["media"],
            user=User.objects.filter(email=address).first(),
            address_from=_FROM,
        )
        profiles.set_rules(subscriber, rules)
        if kind == Subscriber.Kind.OUTLET:
            endpoints.add(subscriber, "webhook", f"http://127.0.0.1:{sink.hook_port()}/{address}")
        else:
            endpoints.add(subscriber, "email", address)
