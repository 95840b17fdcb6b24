"""What the hub refuses, at once or at the connection."""

import contextlib
import json
import socket

import pytest
from django.conf import settings
from django.test import Client

from dateline.delivery import endpoints
from dateline.delivery.channels import OFFERED, websub
from dateline.delivery.deciding import Meaning
from dateline.delivery.hub import requests
from dateline.delivery.models import Following, HubRequest
from dateline.delivery.recipient import Recipient
from dateline.routing.models import Subscriber
from dateline.words.errors import BadInput
from tests.rooms.delivering import delivering, house
from tests.rooms.ends import until
from tests.rooms.follower import Follower
from tests.rooms.test_delivery_endpoints import some_entry
from tests.rooms.websub import ask, nothing_waits, topic

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("witness_file")]


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


def test_no_more_wait_for_a_host_or_in_all_than_may(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "WAITING_OF_HOST", 2)
    monkeypatch.setattr(requests, "WAITING", 4)
    told = [
        ask(client, topic("en.rss"), f"http://{host}.example/{number}")
        for host in ("one", "two", "three")
        for number in range(3)
    ]
    assert [each.status_code for each in told] == [202, 202, 429, 202, 202, 429, 429, 429, 429]
    assert told[2]["Retry-After"] == "60"
    assert "for this host" in told[2].content.decode()


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


def test_an_address_that_is_none_fells_no_worker(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "AGAIN", ())
    for host in ("[::1]x", "[v1.x]", "a..b", ".", "1.2.3.4.5", "0x7f.1.1.1.1", f"{'a' * 64}.example", "a:00"):
        assert ask(client, topic("en.rss"), f"http://{host}/cb").status_code in {202, 422}
    assert not nothing_waits()
    with delivering():
        until(nothing_waits)
    assert not Following.objects.exists()


async def test_a_name_that_leads_home_only_later_is_sent_nothing(reader: Follower) -> None:
    channel = websub.WebSub(house(private=False))
    feed = {"lang": "en", "sector": "", "kind": "rss"}
    for host in ("localhost", "127.0.0.1"):
        to = Recipient(1, "ab12", f"http://{host}:{reader.port}/cb", "", 1, "en", 0, "msg_1", "", None, feed)
        answer = await channel.prepare(some_entry(), "en")(to)
        assert (answer.meaning, "own network" in answer.evidence) == (Meaning.NEVER, True)
    await channel.close()
    assert reader.told["cb"] == []
