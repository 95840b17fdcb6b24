"""Who is asked whether he meant it, and what his answer does (WebSub sections 5.1 to 5.3)."""

import hashlib
import hmac

import pytest
from django.test import Client

from dateline.delivery import endpoints
from dateline.delivery.hub import requests
from dateline.delivery.models import Endpoint, Following
from tests.rooms import stories
from tests.rooms.delivering import delivering, settled
from tests.rooms.ends import until
from tests.rooms.follower import Follower, Heard
from tests.rooms.websub import ask, followed, nothing_waits, topic

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("witness_file")]
NO = [
    {"status": 404, "text": "*"},
    {"status": 500, "text": "*"},
    {"status": 302, "text": "*", "headers": {"Location": "/yes"}},
    {"text": "some other text"},
]
SECRET = {"hub.secret": "kelp"}


def is_signed(heard: Heard, secret: str) -> bool:
    right = hmac.new(secret.encode(), heard.body, hashlib.sha256).hexdigest()
    return heard.headers.get("X-Hub-Signature", "") == f"sha256={right}"


@pytest.mark.parametrize("no", NO)
def test_what_is_not_confirmed_is_not_so(reader: Follower, client: Client, no: dict[str, object]) -> None:
    reader.answers["cb"] = [no]
    with delivering():
        assert ask(client, topic("en.rss"), reader.url("cb")).status_code == 202
        until(lambda: reader.asked["cb"] and nothing_waits())
        stories.released()
        until(settled)
    assert not Following.objects.exists()
    assert reader.told["cb"] == reader.asked["yes"] == []


@pytest.mark.parametrize("mode", ["subscribe", "unsubscribe"])
@pytest.mark.parametrize("no", NO)
def test_a_change_that_is_not_confirmed_leaves_everything_as_it_was(
    reader: Follower, client: Client, mode: str, no: dict[str, object]
) -> None:
    with delivering():
        ask(client, topic("en.rss"), reader.url("cb"), **SECRET)
        until(followed)
        before = Endpoint.objects.get()
        reader.answers["cb"] = [no]
        ask(client, topic("en.rss"), reader.url("cb"), mode, **{"hub.secret": "other", "hub.lease_seconds": "3600"})
        until(lambda: len(reader.asked["cb"]) == 2 and nothing_waits())
        stories.released()
        until(settled)
    (told,) = reader.told["cb"]
    assert is_signed(told, "kelp")
    after = Endpoint.objects.get()
    assert (after.lease_until, bytes(after.secret), after.state) == (before.lease_until, before.secret, "active")


def test_a_secret_is_changed_and_dropped_once_that_is_confirmed(reader: Follower, client: Client) -> None:
    with delivering():
        for number, more in enumerate([SECRET, {"hub.secret": "dulse"}, {}]):
            ask(client, topic("en.rss"), reader.url("cb"), **more)
            until(lambda count=number + 1: len(reader.asked["cb"]) == count and followed())
            stories.released()
            until(settled)
    first, second, third = reader.told["cb"]
    assert is_signed(first, "kelp")
    assert is_signed(second, "dulse")
    assert "X-Hub-Signature" not in third.headers


def test_requests_for_one_callback_are_carried_out_in_their_order(reader: Follower, client: Client) -> None:
    for mode in ("subscribe", "unsubscribe", "subscribe"):
        assert ask(client, topic("en.rss"), reader.url("cb"), mode).status_code == 202
    assert ask(client, topic("en.rss"), reader.url("cb")).status_code == 429
    with delivering():
        until(followed)
    assert reader.modes("cb") == ["subscribe", "unsubscribe", "subscribe"]
    assert [each.state for each in Endpoint.objects.order_by("pk")] == ["ended", "active"]


def test_a_later_request_waits_for_one_that_nobody_answered(
    reader: Follower, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "AGAIN", (1,))
    # A client that was hung up on may ask a second time by itself (RFC 9110 section 9.2.2).
    reader.answers["cb"] = [{"status": 0}, {"status": 0}]
    with delivering():
        ask(client, topic("en.rss"), reader.url("cb"))
        ask(client, topic("en.rss"), reader.url("cb"), "unsubscribe")
        until(lambda: "unsubscribe" in reader.modes("cb") and nothing_waits())
    assert reader.modes("cb") == ["subscribe"] * 3 + ["unsubscribe"]
    assert not Following.objects.exists()


def test_the_query_of_a_callback_is_kept_and_what_need_not_be_encoded_is_decoded(
    reader: Follower, client: Client
) -> None:
    path = "c%62/%7Eada%2fquill?x=%41%20b&hub.mode=mine&y=%26&empty"
    plain = "/cb/~ada%2fquill?x=A%20b&hub.mode=mine&y=%26&empty"
    with delivering():
        assert ask(client, topic("%65n.rss"), reader.url(path)).status_code == 202
        until(followed)
        stories.released()
        until(settled)
    ((asked,),) = [heard for heard in reader.asked.values() if heard]
    assert asked.raw.startswith(f"{plain}&hub.mode=subscribe&hub.topic=")
    ((told,),) = [heard for heard in reader.told.values() if heard]
    assert told.raw == plain


def test_a_host_that_follows_enough_is_denied_and_keeps_what_it_has(
    reader: Follower, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "FOLLOWED_BY_HOST", 1)
    with delivering():
        ask(client, topic("en.rss"), reader.url("one"))
        until(followed)
        assert ask(client, topic("de.rss"), reader.url("two?a=b")).status_code == 202
        until(lambda: reader.asked["two"] and nothing_waits())
        ask(client, topic("en.rss"), reader.url("one"))
        until(lambda: reader.modes("one") == ["subscribe", "subscribe"] and followed())
    (denied,) = reader.asked["two"]
    assert denied.query["hub.topic"] == topic("de.rss")
    assert denied.query["hub.reason"] == "this host follows 1 feeds already"
    assert denied.query["a"] == "b"
    assert "hub.challenge" not in denied.query
    assert denied.mode == "denied"


def test_whose_subscription_the_wire_ends_is_told(reader: Follower, client: Client) -> None:
    with delivering():
        ask(client, topic("en.rss"), reader.url("cb"))
        until(followed)
        endpoints.end(Endpoint.objects.get(), "misused")
        until(lambda: reader.modes("cb") == ["subscribe", "denied"] and nothing_waits())
        stories.released()
        until(settled)
    assert reader.asked["cb"][1].query["hub.reason"] == "misused"
    assert reader.told["cb"] == []
    assert not Following.objects.exists()
