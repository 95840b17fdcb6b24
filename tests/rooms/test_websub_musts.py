"""What the recommendation asks of a hub and websub.rocks does not look at: failures, leases, addresses, withdrawals."""

import contextlib
import hashlib
import hmac
import json
import socket
from dataclasses import replace
from datetime import timedelta

import feedparser
import pytest
from django.conf import settings
from django.test import Client

from dateline.delivery import endpoints
from dateline.delivery.channels import OFFERED, websub
from dateline.delivery.deciding import Meaning
from dateline.delivery.hub import requests
from dateline.delivery.models import Endpoint, Following, HubRequest, Outcome, Retry
from dateline.delivery.recipient import Recipient
from dateline.routing.models import Subscriber
from dateline.wire.series import Series
from dateline.words import clock
from dateline.words.errors import BadInput
from dateline.words.release import Rendition
from tests.rooms import stories
from tests.rooms.delivering import HASTE, account, delivering, house, settled
from tests.rooms.ends import until
from tests.rooms.follower import Follower, Heard
from tests.rooms.stories import CORRECTED, STORY
from tests.rooms.test_delivery_endpoints import some_entry
from tests.rooms.websub import ask, followed, topic

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("witness_file")]
NO = [
    {"status": 404, "text": "*"},
    {"status": 500, "text": "*"},
    {"status": 302, "text": "*", "headers": {"Location": "/yes"}},
    {"text": "some other text"},
]
SECRET = {"hub.secret": "kelp"}


def nothing_waits() -> bool:
    return not HubRequest.objects.exists()


def is_signed(heard: Heard, secret: str) -> bool:
    right = hmac.new(secret.encode(), heard.body, hashlib.sha256).hexdigest()
    return heard.headers.get("X-Hub-Signature", "") == f"sha256={right}"


def titles(heard: Heard) -> list[str]:
    return [each.title for each in feedparser.parse(heard.body).entries]


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


def run_out() -> None:
    Endpoint.objects.update(lease_until=clock.now())


def test_a_lease_that_has_run_out_ends_the_subscription(reader: Follower, client: Client) -> None:
    with delivering():
        ask(client, topic("en.rss"), reader.url("cb"))
        until(followed)
        stories.released()
        until(settled)
    run_out()
    # Nobody has swept yet: it must not depend on that.
    later = stories.released()
    with delivering():
        until(settled)
        assert account(later).receipts == ()
        until(lambda: not Following.objects.exists())
    assert len(reader.told["cb"]) == 1
    assert Endpoint.objects.get().ended_why == "the lease has run out"
    assert reader.modes("cb") == ["subscribe"]


def test_what_is_still_to_be_tried_again_is_not_sent_after_the_lease(reader: Follower, client: Client) -> None:
    reader.says["cb"] = [{"status": 503}]
    with delivering(replace(HASTE, first=1.5)):
        ask(client, topic("en.rss"), reader.url("cb"))
        until(followed)
        filed = stories.released()
        until(Retry.objects.exists)
        run_out()
        until(settled)
    assert len(reader.told["cb"]) == 1
    (receipt,) = account(filed).receipts
    assert (receipt.state, receipt.evidence) == ("failed", "the lease has run out")


def test_the_lease_runs_from_the_verification(reader: Follower, client: Client) -> None:
    started = clock.now()
    with delivering():
        ask(client, topic("en.rss"), reader.url("cb"), **{"hub.lease_seconds": "7200"})
        until(followed)
    lasts = Endpoint.objects.get().lease_until - started
    assert timedelta(seconds=7199) < lasts < timedelta(seconds=7200) + (clock.now() - started)


@pytest.mark.parametrize("status", [302, 307, 404, 500])
def test_whatever_fails_the_subscription_is_kept_and_the_next_update_is_sent(
    reader: Follower, client: Client, status: int
) -> None:
    reader.says["cb"] = [{"status": status, "headers": {"Location": reader.url("elsewhere")}}] * 4
    with delivering():
        ask(client, topic("en.rss"), reader.url("cb"))
        until(followed)
        lease = Endpoint.objects.get().lease_until
        filed = stories.released()
        until(settled)
        tries = len(reader.told["cb"])
        assert account(filed).total.failed == 1
        assert tries == (HASTE.attempts if status == 500 else 3)
        reader.says["cb"] = []
        stories.released()
        until(settled)
    assert reader.told["elsewhere"] == []
    assert len(titles(reader.told["cb"][tries])) == 2
    assert (Endpoint.objects.get().state, Endpoint.objects.get().lease_until) == ("active", lease)


def test_410_ends_the_subscription_and_who_asks_again_has_it_again(reader: Follower, client: Client) -> None:
    reader.says["cb"] = [{"status": 410}]
    with delivering():
        ask(client, topic("en.rss"), reader.url("cb"))
        until(followed)
        stories.released()
        until(settled)
        stories.released()
        until(settled)
        assert len(reader.told["cb"]) == 1
        ask(client, topic("en.rss"), reader.url("cb"))
        until(followed)
        stories.released()
        until(settled)
    assert len(reader.told["cb"]) == 2
    assert sorted(Endpoint.objects.values_list("ended_why", flat=True)) == ["", "HTTP 410"]


def test_a_withdrawal_reaches_who_came_after_the_story_was_out(reader: Follower, client: Client) -> None:
    filed = stories.released()
    with delivering():
        for kind in ("rss", "atom", "json"):
            ask(client, topic(f"de.{kind}"), reader.url(kind))
        until(lambda: followed(3))
        stories.withdrawn(filed)
        until(settled)
    for kind in ("rss", "atom", "json"):
        (told,) = reader.told[kind]
        assert b"Flut" not in told.body
        assert b"Filed in error." in told.body
        assert f"{stories.entry(filed).guid}/de".encode() in told.body


def test_an_erasure_reaches_who_came_after_the_story_was_out(reader: Follower, client: Client) -> None:
    filed = stories.released()
    with delivering():
        ask(client, topic("de.atom"), reader.url("cb"))
        until(followed)
        stories.erased(filed, "1:rendition/de")
        until(settled)
    (told,) = reader.told["cb"]
    assert b"Flut" not in told.body
    assert told.body == client.get("/feeds/de.atom").content


def test_a_withdrawal_overtakes_what_is_to_be_tried_again(reader: Follower, client: Client) -> None:
    reader.says["cb"] = [{"status": 503}]
    with delivering(replace(HASTE, first=1.0)):
        ask(client, topic("en.rss"), reader.url("cb"))
        until(followed)
        filed = stories.released()
        until(Retry.objects.exists)
        stories.withdrawn(filed)
        until(settled)
    _, last = reader.told["cb"]
    assert b"Tide turns" not in last.body
    assert [row.state for row in account(filed).receipts] == ["superseded", "delivered"]


def test_only_the_feeds_that_changed_are_sent(reader: Follower, client: Client) -> None:
    with delivering():
        for lang in ("en", "de", "ko"):
            ask(client, topic(f"{lang}.rss"), reader.url(lang))
        until(lambda: followed(3))
        filed = stories.released()
        until(settled)
        stories.corrected(filed, CORRECTED)
        until(settled)
    assert [titles(each) for each in reader.told["en"]] == [["Tide turns"], ["Tide turns back"]]
    assert [titles(each) for each in reader.told["de"]] == [["Die Flut kehrt"]]
    assert reader.told["ko"] == []


def test_what_only_the_media_may_read_is_no_change_of_a_feed(reader: Follower, client: Client) -> None:
    with delivering():
        ask(client, topic("en.rss"), reader.url("cb"))
        until(followed)
        filed = stories.released(replace(STORY, audience=("media",)))
        until(settled)
    assert reader.told["cb"] == []
    assert account(filed).receipts == ()


def test_a_story_that_changes_its_sector_leaves_the_feed_of_the_old_one(reader: Follower, client: Client) -> None:
    with delivering():
        ask(client, topic("en/medtop:04000000.rss"), reader.url("cb"))
        until(followed)
        filed = stories.released(replace(STORY, sectors=("medtop:04000000",)))
        until(settled)
        stories.corrected(filed, replace(CORRECTED, sectors=("medtop:15000000",)))
        until(settled)
    assert [titles(each) for each in reader.told["cb"]] == [["Tide turns"], []]


def test_many_changes_at_once_are_one_document(reader: Follower, client: Client) -> None:
    with delivering():
        ask(client, topic("en.rss"), reader.url("cb"))
        until(followed)
    for number in range(6):
        stories.released(replace(STORY, renditions=(Rendition("en", f"Story {number}", body_html="<p>So.</p>"),)))
    with delivering():
        until(settled)
    (told,) = reader.told["cb"]
    assert len(titles(told)) == 6
    evidence = Outcome.objects.filter(result="delivered").values_list("evidence", flat=True)
    assert sorted(evidence) == ["HTTP 202", *["it was in the feed as of entry 6, which was delivered"] * 5]


def test_a_document_that_is_too_large_is_cut_to_the_newest(
    reader: Follower, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(8):
        stories.released(replace(STORY, renditions=(Rendition("en", f"Story {number}", body_html="<p>So.</p>"),)))
    whole = len(client.get("/feeds/en.rss").content)
    monkeypatch.setattr(websub, "LARGEST", whole // 2)
    with delivering():
        ask(client, topic("en.rss"), reader.url("cb"))
        until(followed)
        stories.released(replace(STORY, renditions=(Rendition("en", "Newest", body_html="<p>So.</p>"),)))
        until(settled)
    (told,) = reader.told["cb"]
    assert len(told.body) <= whole // 2
    assert titles(told)[:2] == ["Newest", "Story 7"]


@pytest.mark.parametrize(
    ("field", "value", "status"),
    [
        ("hub.mode", "renew", 422),
        ("hub.mode", "", 422),
        ("hub.topic", "", 404),
        ("hub.topic", topic("qqq.rss"), 404),
        ("hub.topic", topic("en/archive/1.rss"), 404),
        ("hub.topic", topic("en/medtop:none.rss"), 404),
        ("hub.topic", topic("en.xml"), 404),
        ("hub.topic", "https://elsewhere.example/feeds/en.rss", 404),
        ("hub.callback", "", 422),
        ("hub.callback", "ftp://reader.example/cb", 422),
        ("hub.callback", "http://reader.example/cb#here", 422),
        ("hub.callback", "http://ada:quill@reader.example/cb", 422),
        ("hub.callback", "http://reader.example/\r\nHost: other", 422),
        ("hub.callback", "http://reader.example/\0", 422),
        ("hub.lease_seconds", "for ever", 422),
        ("hub.lease_seconds", "-1", 422),
        ("hub.secret", "ä" * 100, 422),
    ],
)
def test_what_is_wrong_with_a_request_is_said_at_once_in_plain_text(
    client: Client, field: str, value: str, status: int
) -> None:
    answer = ask(client, topic("en.rss"), "http://reader.example/cb", **{field: value})
    assert (answer.status_code, answer["Content-Type"]) == (status, "text/plain; charset=utf-8")
    assert len(answer.content) > 20
    assert not HubRequest.objects.exists()


@pytest.mark.parametrize("body", [b"hub.secret=%ff&hub.mode=subscribe", b"&".join([b"a=b"] * 51), b"a=" + b"x" * 17000])
def test_what_is_no_such_form_is_refused(client: Client, body: bytes) -> None:
    answer = client.post("/hub", body, content_type="application/x-www-form-urlencoded")
    assert 400 <= answer.status_code < 500
    assert (
        client.post("/hub", json.dumps({"hub.mode": "subscribe"}), content_type="application/json").status_code == 422
    )


def test_who_does_not_answer_is_asked_again_and_then_no_more(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "AGAIN", (0, 0))
    came: list[bytes] = []

    def hang_up(silent: socket.socket) -> bool:
        with contextlib.suppress(TimeoutError):
            line, _ = silent.accept()
            with line:
                came.append(line.recv(4096))
        return nothing_waits()

    with socket.create_server(("127.0.0.1", 0)) as silent, delivering():
        silent.settimeout(0.5)
        ask(client, topic("en.rss"), f"http://127.0.0.1:{silent.getsockname()[1]}/cb")
        until(lambda: hang_up(silent))
    assert all(each.startswith(b"GET /cb?hub.mode=subscribe&") for each in came)
    # HTTP lets a client ask a second time where it was hung up on (RFC 9110 section 9.2.2).
    assert len(set(came)) == 3
    assert not Following.objects.exists()


def test_a_subscription_cannot_be_added_by_another_door() -> None:
    subscriber = Subscriber.objects.create(kind="outlet", name="Gazette")
    with pytest.raises(BadInput, match="asking its hub"):
        endpoints.add(subscriber, "websub", "https://reader.example/cb")
    assert "websub" not in OFFERED


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "127.1", "2130706433", "[::1]", "10.0.0.1", "169.254.169.254"]
)
def test_a_callback_on_the_own_network_is_refused(client: Client, host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "DATELINE_PRIVATE_WEBHOOKS", False)
    answer = ask(client, topic("en.rss"), f"http://{host}/cb")
    assert answer.status_code == 422
    assert "on this machine's own network" in answer.content.decode()
    assert ask(client, topic("en.rss"), "http://reader.example/cb").status_code == 202


def test_a_name_that_leads_home_is_not_asked(reader: Follower, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(client, topic("en.rss"), reader.url("cb"))
    ask(client, topic("en.rss"), f"http://localhost:{reader.port}/cb")
    monkeypatch.setattr(settings, "DATELINE_PRIVATE_WEBHOOKS", False)
    with delivering():
        until(nothing_waits)
    assert reader.asked["cb"] == []
    assert not Following.objects.exists()


async def test_a_name_that_leads_home_only_later_is_sent_nothing(reader: Follower) -> None:
    channel = websub.WebSub(house(private=False))
    feed = {"lang": "en", "sector": "", "kind": "rss"}
    for host in ("localhost", "127.0.0.1"):
        to = Recipient(1, "ab12", f"http://{host}:{reader.port}/cb", "", 1, "en", 0, "msg_1", "", "", feed)
        answer = await channel.prepare(some_entry(), "en")(to)
        assert (answer.meaning, "own network" in answer.evidence) == (Meaning.NEVER, True)
    await channel.close()
    assert reader.told["cb"] == []


async def test_a_feed_that_changes_while_it_is_sent_is_sent_again(
    reader: Follower, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_of = [(5, b"with the story"), (6, b"without it"), (7, b"without it")]

    async def read(feeds: websub.Feeds, topic: Series) -> tuple[int, bytes]:
        return as_of.pop(0)

    monkeypatch.setattr(websub.Feeds, "read", read)
    channel = websub.WebSub(house(private=True))
    feed = {"lang": "en", "sector": "", "kind": "rss"}
    to = Recipient(1, "ab12", reader.url("cb"), "", 1, "en", 0, "msg_1", "", "", feed)
    send = channel.prepare(some_entry(), "en")
    assert (await send(to)).evidence == "HTTP 202"
    assert "as of entry 6" in (await send(to)).evidence
    await channel.close()
    assert [each.body for each in reader.told["cb"]] == [b"with the story", b"without it"]
