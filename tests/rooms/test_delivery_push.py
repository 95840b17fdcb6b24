"""Notices to browsers, through the worker, to a service that answers as told; read with the browser's own keys."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings

from dateline.delivery import endpoints, tapped, tapping, vapid
from dateline.delivery.channels.push import Push
from dateline.delivery.deciding import Meaning, Patience
from dateline.delivery.models import Endpoint, Retry
from dateline.routing import profiles
from dateline.vault import keys
from dateline.words import clock
from dateline.words.errors import BadInput, Conflict, NotFound
from tests.rooms import stories
from tests.rooms.delivering import account, delivering, house, settled
from tests.rooms.ends import Ends, until
from tests.rooms.stories import CORRECTED, STORY
from tests.rooms.subscribed import Reading, vouched
from tests.rooms.test_delivery_endpoints import some_entry, to

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("witness_file")]
KEPT = {"status": 201, "headers": {"Location": "https://push.example/m/1"}}


def test_a_story_its_correction_and_its_withdrawal_each_take_the_place_of_the_one_before(sink: Ends) -> None:
    esra, layla = Reading(), Reading()
    esra.subscribe(sink.hook("esra"))
    layla.subscribe(sink.hook("layla"), "Layla", languages=["ar"], country="AE", actions="read mute pause")
    sink.hook_says["esra"] = [KEPT]
    with delivering():
        filed = stories.released()
        until(settled)
        stories.corrected(filed, CORRECTED)
        until(settled)
        stories.withdrawn(filed)
        until(settled)
    posts = sink.posts_to("esra")
    told = [esra.told(post) for post in posts]
    assert [each["signal"] for each in told] == ["release", "correction", "withdrawal"]
    assert [each["headline"] for each in told[:2]] == ["Tide turns", "Tide turns back"]
    assert "Tide" not in told[2]["headline"]
    assert len({each["tag"] for each in told} | {post.headers["Topic"] for post in posts}) == 1
    assert len(posts[0].headers["Topic"]) <= 32
    assert [post.headers["Urgency"] for post in posts] == ["normal", "normal", "high"]
    assert all(int(post.headers["TTL"]) > 0 for post in posts)
    assert [each["action"] for each in told[0]["actions"]] == ["mute", "pause"]
    assert told[2]["actions"] == []

    arabic = layla.told(sink.posts_to("layla")[0])
    assert (arabic["headline"], arabic["lang"], arabic["dir"]) == ("المد يعود", "ar", "rtl")
    assert [each["action"] for each in arabic["actions"]] == ["read", "mute"]
    assert all(each["title"].strip() and not each["title"].isascii() for each in arabic["actions"])
    assert arabic["url"].endswith(f"/ar/{filed.release_id}")
    evidence = {row.evidence for row in account(filed).receipts}
    assert "HTTP 201 https://push.example/m/1" in evidence


def test_the_service_sees_who_sends_and_nothing_of_what_is_said(sink: Ends) -> None:
    reader = Reading()
    reader.subscribe(sink.hook("esra"))
    with delivering():
        filed = stories.released()
        until(settled)
    (post,) = sink.posts_to("esra")
    key, claims = vouched(post.headers["Authorization"])
    assert key == vapid.public(keys.named(vapid.KEY))
    assert claims["aud"] == sink.hook("").rstrip("/")
    seen = post.body + repr(post.headers).encode()
    for secret in (b"Tide", filed.release_id.encode(), str(reader.told(post)["act"]).encode()):
        assert secret not in seen


def test_what_is_gone_ends_what_is_busy_waits_and_neither_stops_the_other(sink: Ends) -> None:
    gone, lost, busy, refused, sound = (Reading() for _ in range(5))
    ended = [gone.subscribe(sink.hook("gone"), "G"), lost.subscribe(sink.hook("lost"), "L")]
    busy.subscribe(sink.hook("busy"), "B")
    kept = refused.subscribe(sink.hook("refused"), "R")
    sound.subscribe(sink.hook("sound"), "S")
    sink.hook_says["gone"] = [{"status": 410}]
    sink.hook_says["lost"] = [{"status": 404, "text": "No such subscription"}]
    sink.hook_says["busy"] = [{"status": 429, "headers": {"Retry-After": "1"}}]
    sink.hook_says["refused"] = [{"status": 403, "text": "VAPID key mismatch"}]
    with delivering():
        filed = stories.released()
        until(lambda: sink.posts_to("sound"))
        until(Retry.objects.exists)
        until(settled)
    for each in ended:
        each.refresh_from_db()
        assert each.state == Endpoint.State.ENDED
    assert ended[1].ended_why == "HTTP 404 No such subscription"
    first, second = sink.posts_to("busy")
    assert second.at - first.at >= 1.0
    assert busy.told(second) == busy.told(first)
    kept.refresh_from_db()
    assert kept.state == Endpoint.State.ACTIVE
    told = {(row.state, row.evidence) for row in account(filed).receipts}
    assert ("failed", "HTTP 403 VAPID key mismatch") in told
    assert len(sink.posts_to("refused")) == 1


def test_a_tap_mutes_a_story_or_pauses_the_day_and_a_withdrawal_comes_all_the_same(sink: Ends) -> None:
    reader = Reading()
    there = reader.subscribe(sink.hook("esra"))
    with delivering():
        filed = stories.released()
        until(settled)
        message = reader.told(sink.posts_to("esra")[0])
        token = message["act"].removeprefix("/push/")
        tapping.act(token, "mute", {"guid": message["guid"]}, clock.now())
        stories.corrected(filed, CORRECTED)
        until(settled)
        assert len(sink.posts_to("esra")) == 1
        stories.released()
        until(lambda: len(sink.posts_to("esra")) == 2)
        tapping.act(token, "pause", {}, clock.now())
        stories.released()
        until(settled)
        assert len(sink.posts_to("esra")) == 2
        stories.withdrawn(filed)
        until(settled)
        assert reader.told(sink.posts_to("esra")[2])["signal"] == "withdrawal"
        there.refresh_from_db()
        tapping.undo(there)
        stories.released()
        until(settled)
    assert len(sink.posts_to("esra")) == 4
    (muted,) = [row for row in account(filed).receipts if row.state == "declined"]
    assert (muted.evidence, muted.attempts) == ("muted by the reader", 0)
    assert account(filed).total.failed == 0


def test_what_is_muted_after_a_failed_attempt_may_have_come_and_its_withdrawal_is_told(sink: Ends) -> None:
    reader = Reading()
    there = reader.subscribe(sink.hook("esra"))
    sink.hook_says["esra"] = [{"status": 503}]
    with delivering(Patience(first=1.0)):
        filed = stories.released()
        until(Retry.objects.exists)
        tapping.act(tapping.token(there), "mute", {"guid": stories.entry(filed).guid}, clock.now())
        until(settled)
        (muted,) = account(filed).receipts
        assert (muted.state, muted.attempts) == ("declined", 1)
        profiles.set_rules(there.subscriber, [{"languages": ["ko"]}])
        stories.withdrawn(filed)
        until(settled)
    assert [reader.told(post)["signal"] for post in sink.posts_to("esra")] == ["release", "withdrawal"]


def test_a_browser_moves_with_its_token_and_nobody_without(sink: Ends) -> None:
    there, next_one = Reading().subscribe(sink.hook("old")), Reading()
    token = tapping.token(there)
    tapping.act(token, "mute", {"guid": "tag:wire.example,2026:a"}, clock.now())
    given = {"address": sink.hook("new"), **next_one.options}
    tapping.act(token, "move", given, clock.now())
    there.refresh_from_db()
    assert there.address == sink.hook("new")
    assert tapped.quiet(there.options, "tag:wire.example,2026:a", clock.now())
    with pytest.raises(BadInput):
        tapping.act(token, "move", {**given, "auth": "x"}, clock.now())
    with pytest.raises(BadInput):
        tapping.act(token, "mute", {"guid": "two words"}, clock.now())
    with pytest.raises(NotFound):
        tapping.act(token[:-1] + ("A" if token[-1] != "A" else "B"), "pause", {}, clock.now())
    endpoints.add(there.subscriber, "push", sink.hook("third"), Reading().options)
    with pytest.raises(Conflict):
        tapping.act(token, "move", {**given, "address": sink.hook("third")}, clock.now())
    endpoints.end(there, "ended by the subscriber")
    with pytest.raises(NotFound):
        tapping.act(token, "pause", {}, clock.now())


async def test_a_name_that_leads_home_a_redirect_and_bad_keys_are_final(sink: Ends) -> None:
    reader, entry = Reading(), some_entry()
    closed, open_ = Push(house(private=False)), Push(house(private=True))
    there = replace(to(sink.hook("esra")), options=reader.options)
    answer = await closed.prepare(entry, "en")(there)
    assert (answer.meaning, "own network" in answer.evidence) == (Meaning.NEVER, True)
    assert sink.posts_to("esra") == []
    sink.hook_says["esra"] = [{"status": 307, "headers": {"Location": sink.hook("elsewhere")}}]
    assert (await open_.prepare(entry, "en")(there)).meaning is Meaning.NEVER
    assert sink.posts_to("elsewhere") == []
    broken = replace(there, options={"p256dh": "AAAA", "auth": "AAAA"})
    assert (await open_.prepare(entry, "en")(broken)).meaning is Meaning.NEVER
    silent = replace(there, address="http://127.0.0.1:9/none")
    assert (await open_.prepare(entry, "en")(silent)).meaning is Meaning.AGAIN
    await closed.close()
    await open_.close()


async def test_a_long_headline_in_any_script_stays_below_what_a_browser_takes(sink: Ends) -> None:
    reader = Reading()
    long = replace(STORY.renditions[0], headline='"\\' * 2 + "👩‍👩‍👧 नमस्ते " * 300)
    entry = some_entry()
    entry.parts["rendition/en"]["headline"] = long.headline
    there = replace(to(sink.hook("esra")), options=reader.options)
    channel = Push(house(private=True))
    assert (await channel.prepare(entry, "en")(there)).meaning is Meaning.DELIVERED
    await channel.close()
    (post,) = sink.posts_to("esra")
    assert len(reader.read(post.body)) <= 3000
    assert reader.told(post)["headline"].endswith("…")
    assert reader.told(post)["wire"] == settings.DATELINE_WIRE.name


def test_a_pause_ends_by_itself() -> None:
    now = clock.now()
    options = tapped.pausing({}, now - timedelta(hours=20))
    assert tapped.quiet(options, "tag:a", now) == ""
