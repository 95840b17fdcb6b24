"""A webhook that is down is left alone; what it is owed waits, and goes out once it answers a probe.

Its owner is told by mail.
"""

import random
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client

from dateline.delivery import endpoints, own_data, owners, planning, standing, suppression
from dateline.delivery.deciding import Patience
from dateline.delivery.models import Breaker, Endpoint, Letter, Outcome, Retry, Shard, Suppression
from dateline.people.models import User
from dateline.people.roles import Role
from dateline.routing.matching import Matching
from dateline.routing.models import Subscriber
from dateline.words import clock
from tests.rooms import stories
from tests.rooms.delivering import delivering, settled
from tests.rooms.ends import Ends, until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("witness_file")]
LONG = Patience(first=0.05, factor=1.0, longest=0.05, attempts=1000)
OWNER = "owner@gazette.example"


def down(there: Endpoint, **row: object) -> Breaker:
    """It has failed nine times, the first of them ten minutes ago."""
    began = clock.now() - timedelta(minutes=10)
    return Breaker.objects.create(endpoint=there, **{"failures": 9, "since": began, **row})


def test_the_tenth_failure_opens_it_and_then_nothing_is_sent_until_a_probe_is_answered(sink: Ends) -> None:
    dead, well = stories.outlet("Dead", sink.hook("dead")), stories.outlet("Well", sink.hook("well"))
    row = down(dead)
    sink.hook_says["dead"] = [{"status": 503}] * 50
    with delivering(LONG):
        for _ in range(3):
            stories.released()
        until(lambda: len(sink.posts_to("well")) == 3)
        until(lambda: Breaker.objects.filter(endpoint=dead, probe_at__isnull=False).exists())
        until(lambda: not Shard.objects.filter(state="open", due_at__lte=clock.now()).exists())
        tried = len(sink.posts_to("dead"))
        # A minute later: one probe, though three entries are owed, and then twice as long nothing.
        probe_due(row)
        until(lambda: len(sink.posts_to("dead")) == tried + 1)
        until(lambda: not Shard.objects.filter(state="open", due_at__lte=clock.now()).exists())
        row.refresh_from_db()
        assert (len(sink.posts_to("dead")), row.pause) == (tried + 1, 120)
        assert not Outcome.objects.filter(endpoint=dead, result="failed").exists()
        # It is well again: the probe is answered, and the rest goes out without waiting.
        sink.hook_says["dead"].clear()
        probe_due(row)
        until(settled)
    assert Outcome.objects.filter(endpoint=dead, result="delivered").count() == 3
    assert not Breaker.objects.exists()
    assert Outcome.objects.filter(endpoint=well).count() == 3


def test_why_says_that_it_is_left_alone_and_until_when() -> None:
    dead = stories.outlet("Dead", "http://127.0.0.1:9/dead")
    probe = clock.now() + timedelta(minutes=5)
    Breaker.objects.filter(pk=down(dead).pk).update(probe_at=probe)
    stories.released()
    planning.plan(Matching(), clock.now(), random.Random(1))
    told = str(standing.of(1, dead, clock.now()))
    assert told.startswith("Owed, and kept while the webhook is left alone")
    assert told.endswith(f"It is tried at {clock.printed(probe)}.")


def probe_due(row: Breaker) -> None:
    Breaker.objects.filter(pk=row.pk).update(probe_at=clock.now())
    Shard.objects.filter(state="open").update(due_at=clock.now())
    Retry.objects.update(due_at=clock.now())


def test_what_is_taken_back_is_tried_though_it_is_left_alone(sink: Ends) -> None:
    dead = stories.outlet("Dead", sink.hook("dead"))
    with delivering(LONG):
        filed = stories.released()
        until(settled)
        down(dead, probe_at=clock.now() + timedelta(hours=1))
        stories.withdrawn(filed)
        until(settled)
    assert [post.headers["dateline-signal"] for post in sink.posts_to("dead")] == ["release", "withdrawal"]


def owned(sink: Ends, path: str, lang: str = "en") -> Endpoint:
    """An outlet's webhook whose owner has an account."""
    person = User.objects.create_user(OWNER, "a long password", name="Ada", role=Role.SUBSCRIBER, language=lang)
    return stories.outlet("Gazette", sink.hook(path), user=person)


def said(sink: Ends) -> list[str]:
    """The text of each mail to the owner."""
    return [mail.get_body(("plain",)).get_content() for mail in sink.mails_to(OWNER)]


def told() -> list[tuple[str, str]]:
    return list(Letter.objects.order_by("pk").values_list("kind", "state"))


def test_its_owner_is_told_once_that_it_is_left_alone_and_once_that_it_is_well(sink: Ends, browser: Client) -> None:
    there = owned(sink, "dead-s3cret")
    row = down(there)
    sink.hook_says["dead-s3cret"] = [{"status": 503, "text": "down for\u202e repair"}] * 50
    page = f"/work/subscription/endpoint/{there.name}"
    browser.force_login(there.subscriber.user)
    with delivering(LONG):
        stories.released()
        until(lambda: sink.mails_to(OWNER))
        assert b"and is left alone" in browser.get(page).content
        tried = len(sink.posts)
        probe_due(row)
        until(lambda: len(sink.posts) == tried + 1)
        until(lambda: not Shard.objects.filter(state="open", due_at__lte=clock.now()).exists())
        assert told() == [("left_alone", "delivered")]
        sink.hook_says.clear()
        probe_due(row)
        until(lambda: len(sink.mails_to(OWNER)) == 2)
    down_for, well = said(sink)
    assert "HTTP 503 down for repair" in down_for
    assert f"{row.since:%Y-%m-%d %H:%M} UTC" in down_for
    assert "answers again" in well
    for text in (down_for, well):
        assert sink.hook("").rstrip("/") in text
        assert "s3cret" not in text
        assert f"{settings.DATELINE_WIRE.base_url}{page}" in text
    assert b"and is left alone" not in browser.get(page).content
    assert sink.mails_to(OWNER)[0]["List-Unsubscribe"] is None


def test_an_owner_in_arabic_is_told_once_that_a_webhook_has_ended_by_its_own_answer(sink: Ends) -> None:
    owned(sink, "gone", "ar")
    sink.hook_says["gone"] = [{"status": 410, "text": "Gone"}] * 2
    sink.slow["gone"] = 0.3
    with delivering():
        stories.released()
        stories.released()
        until(lambda: len(sink.posts_to("gone")) == 2)
        until(settled)
        until(lambda: sink.mails_to(OWNER))
    (mail,) = sink.mails_to(OWNER)
    assert "HTTP 410 Gone" in said(sink)[0]
    assert mail["Content-Language"] == "ar"
    assert 'dir="rtl"' in mail.get_body(("html",)).get_content()
    assert told() == [("ended", "delivered")]


def test_one_that_comes_and_goes_mails_its_owner_an_hour_apart_and_not_of_what_is_over(sink: Ends) -> None:
    there, now = owned(sink, "flaky"), clock.now()
    for minute in (0, 10, 20):
        at = now + timedelta(minutes=minute)
        owners.left_alone(there.pk, at, "HTTP 503", at)
        Letter.objects.filter(due_at__lte=at).update(state=Letter.State.DELIVERED)
        owners.well_again(there.pk, at + timedelta(minutes=5))
        Letter.objects.filter(due_at__lte=at + timedelta(minutes=5)).update(state=Letter.State.DELIVERED)
    assert [kind for kind, state in told() if state == "delivered"] == ["left_alone", "well_again"]
    late = now + timedelta(minutes=30)
    owners.left_alone(there.pk, late, "HTTP 503", late)
    last = Letter.objects.order_by("pk").last()
    assert last is not None
    assert (last.state, last.due_at) == ("owed", now + timedelta(minutes=5) + owners.APART)
    Endpoint.objects.filter(pk=there.pk).update(state=Endpoint.State.ENDED)
    owners.ended(there.pk, late)
    owners.left_alone(there.pk, late, "HTTP 503", late)
    assert list(Letter.objects.filter(state="owed").values_list("kind", flat=True)) == ["ended"]


def test_the_owner_is_the_account_or_else_an_address_that_mail_may_go_to(sink: Ends) -> None:
    there, now = owned(sink, "dead", "de"), clock.now()
    of = there.subscriber
    of.languages = ["ko", "en"]
    of.save()
    assert owners.of(of, now) == owners.Owner(OWNER, "de")
    suppression.suppress(OWNER, Suppression.Reason.OBJECTION, "", now)
    assert owners.of(of, now) is None
    endpoints.add(of, "email", "asked@gazette.example", confirmed=False)
    bounced = endpoints.add(of, "email", "bounced@gazette.example")
    suppression.of_endpoint(bounced.pk, Suppression.Reason.BOUNCE, "5.1.1", now)
    assert owners.of(of, now) is None
    owners.left_alone(there.pk, now, "HTTP 503", now)
    owners.well_again(there.pk, now)
    owners.ended(there.pk, now)
    assert not Letter.objects.exists()
    endpoints.add(of, "email", "desk@gazette.example")
    alone = Subscriber.objects.get(pk=of.pk)
    alone.user = None
    assert owners.of(alone, now) == owners.Owner("desk@gazette.example", "ko")


def test_what_its_owner_was_told_is_given_out_and_forgotten(sink: Ends) -> None:
    there, now = owned(sink, "dead"), clock.now()
    owners.left_alone(there.pk, now, "HTTP 503", now)
    given = own_data.export(there.subscriber, now)
    assert [(each["kind"], each["to"]) for each in given["letters"]] == [("left_alone", OWNER)]
    own_data.forget(there.subscriber, now)
    assert not Letter.objects.exists()
