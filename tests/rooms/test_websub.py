"""The hub as a subscriber meets it: the seven cases of websub.rocks, by their numbers.

The suite there (aaronpk/websub.rocks, app/Hub.php) cannot be run from a test; these are its cases, told anew.
"""

import hashlib
import hmac
import json
import re
from urllib.parse import urlencode

import feedparser
import pytest
from django.conf import settings
from django.test import Client

from dateline.delivery.models import Endpoint, Following, HubRequest
from tests.rooms import stories
from tests.rooms.delivering import account, delivering, settled
from tests.rooms.ends import until
from tests.rooms.follower import Follower, Heard
from tests.rooms.pages import NARROW, SECTORED
from tests.rooms.websub import HUB, ask, followed, topic

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("witness_file")]


def links(heard: Heard) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for href, rel in re.findall(r'<([^>]+)>; rel="([^"]+)"', heard.headers["Link"]):
        found.setdefault(rel, []).append(href)
    return found


def is_the_topic(heard: Heard, url: str, client: Client) -> bool:
    """Whether a notification is what a GET of the topic gives: body, Content-Type and links."""
    answer = client.get(url.removeprefix(settings.DATELINE_WIRE.base_url))
    return (
        heard.body == answer.content
        and heard.headers["Content-Type"] == answer["Content-Type"]
        and links(heard) == {"hub": [HUB], "self": [url]}
    )


def test_100_a_typical_subscriber_gets_the_whole_feed_without_a_signature(reader: Follower, client: Client) -> None:
    with delivering():
        answer = ask(client, topic("en.atom"), reader.url("cb"))
        assert (answer.status_code, answer["Content-Type"]) == (202, "text/plain; charset=utf-8")
        until(followed)
        (verified,) = reader.asked["cb"]
        assert verified.mode == "subscribe"
        assert verified.query["hub.topic"] == topic("en.atom")
        assert len(verified.query["hub.challenge"]) >= 32
        assert verified.query["hub.lease_seconds"] == str(10 * 24 * 3600)
        assert reader.told["cb"] == []
        filed = stories.released()
        until(settled)
    (told,) = reader.told["cb"]
    assert is_the_topic(told, topic("en.atom"), client)
    assert "X-Hub-Signature" not in told.headers
    (entry,) = feedparser.parse(told.body).entries
    assert entry.title == "Tide turns"
    (receipt,) = account(filed).receipts
    assert (receipt.channel, receipt.state, receipt.evidence) == ("websub", "delivered", "HTTP 202")


def test_101_with_a_secret_each_notification_is_signed(reader: Follower, client: Client) -> None:
    secret = "kelp · 海藻"
    with delivering():
        ask(client, topic("en.rss"), reader.url("cb"), **{"hub.secret": secret})
        until(followed)
        stories.released()
        until(settled)
    (told,) = reader.told["cb"]
    method, _, given = told.headers["X-Hub-Signature"].partition("=")
    assert method == "sha256"
    assert given == hmac.new(secret.encode(), told.body, hashlib.sha256).hexdigest()
    assert secret.encode() not in bytes(Endpoint.objects.get().secret)


def test_102_what_the_hub_does_not_know_is_passed_over(reader: Follower, client: Client) -> None:
    with delivering():
        answer = ask(client, topic("en.rss"), reader.url("cb"), **{"foo": "bar", "hub.foo": "hub.bar"})
        assert answer.status_code == 202
        until(followed)
        stories.released()
        until(settled)
    assert is_the_topic(reader.told["cb"][0], topic("en.rss"), client)


def test_103_who_subscribes_again_is_told_once_and_has_a_new_lease(reader: Follower, client: Client) -> None:
    with delivering():
        ask(client, topic("en.rss"), reader.url("cb"), **{"hub.lease_seconds": "3600"})
        until(followed)
        before = Endpoint.objects.get().lease_until
        ask(client, topic("en.rss"), reader.url("cb"), **{"hub.lease_seconds": "7200"})
        until(lambda: reader.modes("cb") == ["subscribe"] * 2 and followed())
        stories.released()
        until(settled)
    assert len(reader.told["cb"]) == 1
    one, two = (each.query for each in reader.asked["cb"])
    assert one["hub.challenge"] != two["hub.challenge"]
    assert two["hub.lease_seconds"] == "7200"
    assert (Endpoint.objects.get().lease_until - before).total_seconds() > 3000


def test_104_who_unsubscribes_is_told_nothing_more(reader: Follower, client: Client) -> None:
    with delivering():
        ask(client, topic("en.rss"), reader.url("cb"))
        until(followed)
        ask(client, topic("en.rss"), reader.url("cb"), "unsubscribe", **{"hub.lease_seconds": "soon"})
        until(lambda: not HubRequest.objects.exists())
        stories.released()
        until(settled)
    assert reader.modes("cb") == ["subscribe", "unsubscribe"]
    assert reader.told["cb"] == []
    assert not Following.objects.exists()
    assert Endpoint.objects.get().ended_why == "unsubscribed"


def test_105_each_topic_comes_under_its_own_type_and_a_text_is_no_topic(reader: Follower, client: Client) -> None:
    """That case asks a public hub to carry a plain text. This hub carries the wire's own feeds, each as it is."""
    names = ("de.rss", "de.atom", f"de/{NARROW}.rss", "de/medtop:04000000.atom")
    with delivering():
        for number, name in enumerate(names):
            ask(client, topic(name), reader.url(f"cb{number}"))
        until(lambda: followed(len(names)))
        filed = stories.released(SECTORED)
        until(settled)
    told = {name: reader.told[f"cb{number}"] for number, name in enumerate(names)}
    assert [len(each) for each in told.values()] == [1, 1, 0, 1]
    assert account(filed).total.delivered == 3
    for name, heard in told.items():
        assert all(is_the_topic(each, topic(name), client) for each in heard)
    key = stories.entry(filed).key
    refused = ask(client, f"{settings.DATELINE_WIRE.base_url}/en/{key}.txt", reader.url("cb"))
    assert (refused.status_code, refused["Content-Type"]) == (404, "text/plain; charset=utf-8")
    assert "is not a feed of this wire" in refused.content.decode()


def test_106_a_json_topic_comes_as_json(reader: Follower, client: Client) -> None:
    with delivering():
        ask(client, topic("ar.json"), reader.url("cb"))
        until(followed)
        stories.released()
        until(settled)
    (told,) = reader.told["cb"]
    assert is_the_topic(told, topic("ar.json"), client)
    document = json.loads(told.body)
    assert document["hubs"] == [{"type": "WebSub", "url": HUB}]
    assert [each["title"] for each in document["items"]] == ["المد يعود"]


@pytest.mark.parametrize("kind", ["rss", "atom", "json"])
def test_each_feed_says_where_its_hub_is_and_what_it_is_called(client: Client, kind: str) -> None:
    stories.released()
    answer = client.get(f"/feeds/en.{kind}")
    assert re.findall(r'<([^>]+)>; rel="(hub|self)"', answer["Link"]) == [(topic(f"en.{kind}"), "self"), (HUB, "hub")]
    if kind == "json":
        assert answer.json()["feed_url"] == topic("en.json")
    else:
        found = [(each.rel, each.href) for each in feedparser.parse(answer.content).feed.links]
        assert found.count(("hub", HUB)) == found.count(("self", topic(f"en.{kind}"))) == 1
        assert [rel for rel, _ in found].count("self") == 1


def test_a_publisher_may_ping_and_nothing_comes_of_it(client: Client) -> None:
    for field in ("hub.url", "hub.topic"):
        form = urlencode({"hub.mode": "publish", field: topic("en.rss")})
        answer = client.post("/hub", form, content_type="application/x-www-form-urlencoded")
        assert answer.status_code == 204
    form = urlencode({"hub.mode": "publish", "hub.topic": "https://elsewhere.example/feed"})
    assert client.post("/hub", form, content_type="application/x-www-form-urlencoded").status_code == 404
    assert client.get("/hub").status_code == 405
