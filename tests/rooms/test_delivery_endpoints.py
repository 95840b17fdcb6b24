"""Endpoints, and addresses that lead home."""

import base64

import pytest
from django.conf import settings

from dateline.delivery import endpoints
from dateline.delivery.channels.webhook import Webhook as Channel
from dateline.delivery.deciding import Meaning
from dateline.delivery.recipient import Recipient
from dateline.wire.prepare import prepare
from dateline.words import clock
from dateline.words.entry import Entry
from dateline.words.errors import BadInput, Conflict
from tests.rooms import stories
from tests.rooms.delivering import house
from tests.rooms.ends import Ends
from tests.rooms.stories import STORY

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("witness_file")]


def some_entry() -> Entry:
    """An entry as the log would have it, for what needs no log."""
    now = clock.now()
    made = prepare(STORY, filed=1, edit=1, release="r", guid="tag:r", number=1, wire=settings.DATELINE_WIRE, now=now)
    stamp = {"seq": 1, "released_at": clock.printed(now), "supersedes": None, "editions": {"en": 1}}
    return Entry(made.header | stamp, {name: part.content for name, part in made.parts.items()})


def to(address: str) -> Recipient:
    return Recipient(1, "ab12", address, Channel.new_secret(""), 2, "en", 0, "msg_1", "")


def test_who_was_ended_may_be_added_again_but_nobody_twice(sink: Ends) -> None:
    there = stories.journalist("esra@gazette.example")
    with pytest.raises(Conflict):
        endpoints.add(there.subscriber, "email", "esra@gazette.example")
    endpoints.end(there, "unsubscribed")
    assert endpoints.add(there.subscriber, "email", "esra@gazette.example").pk != there.pk


def test_the_secret_of_a_webhook_is_sealed() -> None:
    made = stories.outlet("Gazette", "http://127.0.0.1:9/gazette")
    secret = endpoints.secret_of(made)
    assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 32
    assert secret.encode() not in bytes(made.secret)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://news.example/hook", "bad-address"),
        ("ftp://news.example/hook", "bad-address"),
        ("https://", "bad-address"),
        ("https://news.example:99999/", "bad-address"),
        ("https://user:word@192.0.2.1/", "bad-address"),
        ("https://127.0.0.1/hook", "own-network"),
        ("https://[::1]/hook", "own-network"),
        ("https://169.254.169.254/latest/meta-data", "own-network"),
        ("https://[::ffff:10.0.0.1]/", "own-network"),
        ("https://2130706433/", "own-network"),
        ("https://localhost/hook", "own-network"),
        ("https://nowhere.invalid/hook", "unknown-host"),
    ],
)
def test_an_address_on_the_own_network_is_refused(url: str, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "DATELINE_PRIVATE_WEBHOOKS", False)
    with pytest.raises(BadInput) as refused:
        stories.outlet("Gazette", url)
    assert refused.value.faults[0].code == code


@pytest.mark.parametrize("address", ["nobody", "a@b", "a@b.example\r\nBcc: c@d.example", "ä@b.example"])
def test_what_is_no_mail_address_is_refused(address: str) -> None:
    with pytest.raises(BadInput):
        stories.journalist(address)


async def test_a_name_that_leads_home_only_later_is_refused_at_the_connection(sink: Ends) -> None:
    channel = Channel(house(private=False), 5.0)
    send = channel.prepare(some_entry(), "en")
    for host in ("localhost", "127.0.0.1"):
        answer = await send(to(f"http://{host}:{sink.http_port}/gazette"))
        assert answer.meaning is Meaning.NEVER
        assert "own network" in answer.evidence
    await channel.close()
    assert sink.posts == []


async def test_who_does_not_answer_in_time_is_tried_again(sink: Ends) -> None:
    sink.slow["tarpit"] = 1.0
    channel = Channel(house(private=True), 0.2)
    send = channel.prepare(some_entry(), "en")
    assert (await send(to(sink.hook("tarpit")))).meaning is Meaning.AGAIN
    assert (await send(to("http://127.0.0.1:1/"))).meaning is Meaning.AGAIN
    await channel.close()
