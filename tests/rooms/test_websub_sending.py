"""What is sent, to whom, and until when (WebSub section 7)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client

from dateline.delivery.channels import websub
from dateline.delivery.models import Endpoint, Following, Outcome, Retry
from dateline.delivery.recipient import Recipient
from dateline.wire.series import Series
from dateline.words import clock
from dateline.words.release import Rendition
from tests.rooms import stories
from tests.rooms.delivering import HASTE, account, delivering, house, settled
from tests.rooms.ends import until
from tests.rooms.follower import Follower
from tests.rooms.stories import CORRECTED, STORY
from tests.rooms.test_delivery_endpoints import some_entry
from tests.rooms.websub import ask, followed, titles, topic

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("witness_file")]


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


async def test_a_feed_that_changes_while_it_is_sent_is_sent_again(
    reader: Follower, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_of = [(5, b"with the story"), (6, b"without it"), (7, b"without it")]

    async def read(feeds: websub.Feeds, topic: Series) -> tuple[int, bytes]:
        return as_of.pop(0)

    monkeypatch.setattr(websub.Feeds, "read", read)
    channel = websub.WebSub(house(private=True))
    feed = {"lang": "en", "sector": "", "kind": "rss"}
    to = Recipient(1, "ab12", reader.url("cb"), "", 1, "en", 0, "msg_1", "", None, feed)
    send = channel.prepare(some_entry(), "en")
    assert (await send(to)).evidence == "HTTP 202"
    assert "as of entry 6" in (await send(to)).evidence
    await channel.close()
    assert [each.body for each in reader.told["cb"]] == [b"with the story", b"without it"]
