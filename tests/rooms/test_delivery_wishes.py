"""A reader's quiet hours and cap, kept by the worker over a real mail server."""

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dateline.delivery import (
    caps,
    claims,
    control,
    digests,
    endpoints,
    outcomes,
    planning,
    recovering,
    standing,
    unsubscribe,
)
from dateline.delivery.models import Endpoint, Gathered, Letter, Outcome, Shard
from dateline.delivery.outcomes import Attempt
from dateline.routing import profiles
from dateline.routing.matching import Matching
from dateline.routing.models import Subscriber
from dateline.words import clock
from dateline.words.release import Rendition, Version
from tests.rooms import stories
from tests.rooms.delivering import account, delivering, settled
from tests.rooms.ends import Ends, until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("witness_file")]
ZONE = "Asia/Seoul"


def wish(there: Endpoint, **wishes: str) -> None:
    Endpoint.objects.filter(pk=there.pk).update(wishes=wishes)


def headlined(headline: str) -> Version:
    return replace(
        stories.STORY, renditions=(Rendition("en", headline=headline, place="Brest", body_html="<p>It.</p>"),)
    )


def hours_now() -> str:
    """Quiet hours in Seoul that began an hour ago."""
    local = clock.now().astimezone(ZoneInfo(ZONE))
    return f"{local - timedelta(hours=1):%H:%M}-{local + timedelta(hours=2):%H:%M}"


def test_at_night_nothing_comes_but_what_is_taken_back(sink: Ends) -> None:
    sleeper = stories.journalist("sleeper@gazette.example")
    with delivering():
        first = stories.released()
        until(settled)
        wish(sleeper, zone=ZONE, quiet=hours_now())
        stories.released()
        until(lambda: Shard.objects.filter(state="open", epoch__gt=0, lease_until__lte=clock.now()).exists())
        due = Shard.objects.get(state="open").due_at
        assert timedelta(hours=1, minutes=55) < due - clock.now() <= timedelta(hours=2, seconds=2)
        sleeper.refresh_from_db()
        assert "quiet hours until" in str(standing.of(2, sleeper, clock.now()))
        stories.withdrawn(first)
        until(lambda: len(sink.mails_to("sleeper@gazette.example")) == 2)
    assert [mail["Dateline-Signal"] for mail in sink.mails_to("sleeper@gazette.example")] == ["release", "withdrawal"]
    assert Shard.objects.get(state="open").left == 1


def _last(there: Endpoint) -> Outcome:
    return Outcome.objects.filter(endpoint=there).latest("pk")


def test_over_the_cap_nothing_more_comes_that_day_and_the_ledger_says_why(sink: Ends) -> None:
    there = stories.journalist("few@gazette.example")
    wish(there, zone=ZONE, cap="2")
    with delivering():
        for _ in range(3):
            stories.released()
            until(settled)
        assert control.resend(3, now=clock.now()) == 0
        assert recovering.recover(there, clock.now() - timedelta(hours=1), clock.now()) == []
        # To one, whatever came of it: once he takes more.
        wish(there, zone=ZONE, cap="3")
        last = _last(there)
        assert control.resend(3, now=clock.now(), to=there) == 1
        until(settled)
    assert len(sink.mails_to("few@gazette.example")) == 3
    assert _last(there).result == "delivered"
    assert (last.result, last.attempt, last.evidence) == ("declined", 0, "over the reader's own cap of 2 a day")


def test_who_was_over_the_cap_never_had_it_and_is_not_told_that_it_is_taken_back(sink: Ends) -> None:
    there = stories.journalist("few@gazette.example")
    wish(there, zone=ZONE, cap="1")
    with delivering():
        had = stories.released()
        until(settled)
        never = stories.released()
        until(settled)
        # What he asks for now would not bring him a withdrawal: only that he had the story does.
        profiles.set_rules(there.subscriber, [{"languages": ["ko"]}])
        stories.withdrawn(never)
        stories.withdrawn(had)
        until(settled)
    assert [mail["Dateline-Seq"] for mail in sink.mails_to("few@gazette.example")] == ["1", "4"]
    assert (account(never).total.owed, account(never).total.declined) == (1, 1)


def test_a_digest_to_one_who_left_meanwhile_is_not_wanted_and_one_who_paused_gets_what_he_was_owed(sink: Ends) -> None:
    left, paused = stories.journalist("left@gazette.example"), stories.journalist("paused@gazette.example")
    for each in (left, paused):
        wish(each, digest="hourly")
    with delivering():
        filed = stories.released()
        until(settled)
        unsubscribe.act(unsubscribe.token(left))
        endpoints.pause(paused, paused=True)
        Gathered.objects.update(due_at=clock.now())
        until(lambda: Letter.objects.exclude(state=Letter.State.OWED).count() == 2)
    assert [to for to, _ in sink.mails] == ["paused@gazette.example"]
    assert sorted((row.state, row.evidence[:12]) for row in account(filed).receipts) == [
        ("declined", "unsubscribed"),
        ("delivered", "250 2.0.0 Ok"),
    ]


def test_a_digest_is_one_mail_of_what_still_stands_and_the_report_says_what_became_of_it(sink: Ends) -> None:
    there = stories.journalist("calm@gazette.example")
    wish(there, zone=ZONE, digest="hourly")
    with delivering():
        kept = stories.released(headlined("Tide turns"))
        until(settled)
        wrong = stories.released(headlined("Tide stands still"))
        stories.corrected(kept, stories.CORRECTED)
        until(settled)
        assert not sink.mails
        assert Gathered.objects.filter(letter=None).count() == 3
        stories.withdrawn(wrong)
        until(lambda: len(sink.mails_to("calm@gazette.example")) == 1)
        assert account(kept).total.waiting == 2
        assert "which is waiting: goes in the digest of" in str(standing.of(1, there, clock.now()))
        Gathered.objects.update(due_at=clock.now())
        until(lambda: len(sink.mails_to("calm@gazette.example")) == 2)
        until(lambda: Letter.objects.get().state == Letter.State.DELIVERED)
    digest = sink.mails_to("calm@gazette.example")[1]
    said = digest.get_body(("plain",)).get_content()
    assert said.count("Tide turns back") == said.count("Tide turns") == 1
    assert "Tide stands still" not in said
    assert digest["List-Unsubscribe-Post"]
    assert account(kept).total.delivered == 2
    assert "which is delivered: 250" in str(standing.of(1, there, clock.now()))


def test_a_digest_of_what_was_all_taken_back_is_not_sent(sink: Ends) -> None:
    there = stories.journalist("calm@gazette.example")
    wish(there, digest="hourly")
    with delivering():
        wrong = stories.released()
        until(settled)
        stories.withdrawn(wrong)
        until(lambda: sink.mails)
        Gathered.objects.update(due_at=clock.now())
        until(lambda: Letter.objects.filter(state=Letter.State.CANCELED).exists())
    assert len(sink.mails) == 1


def test_of_a_burst_no_more_comes_than_the_cap(sink: Ends) -> None:
    """All are claimed in the same moment, before any has an outcome."""
    there = stories.journalist("few@gazette.example")
    wish(there, zone=ZONE, cap="2")
    for _ in range(6):
        stories.released()
    with delivering():
        until(settled)
    assert len(sink.mails_to("few@gazette.example")) == 2
    assert Outcome.objects.filter(endpoint=there, result=Outcome.Result.DECLINED).count() == 4


def test_what_is_written_down_while_a_cap_is_counted_counts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process has the first under way, and its outcome comes between the two questions."""
    there, now = stories.journalist("few@gazette.example"), clock.now()
    wish(there, zone=ZONE, cap="2")
    for _ in range(2):
        stories.released()
    planning.plan(Matching(), now, random.Random(1))
    first = claims.claim(now)
    assert first is not None
    second = Shard.objects.exclude(pk=first.shard).get()
    read = caps._under_way

    def then_delivered(of: Shard, *given: Any) -> Any:
        found = read(of, *given)
        done = Attempt(first.shard, first.epoch, first.seq, there.pk, 1, Outcome.Result.DELIVERED, "250 Ok", now, 1)
        outcomes.record([done])
        return found

    monkeypatch.setattr(caps, "_under_way", then_delivered)
    there.refresh_from_db()
    assert caps.over(second, {there.pk: there.wishes}, now) == {}


def test_a_cap_counts_digests_and_what_is_over_it_is_in_tomorrows(sink: Ends) -> None:
    there = stories.journalist("calm@gazette.example")
    wish(there, zone=ZONE, digest="hourly", cap="1")
    with delivering():
        for headline in ("Tide turns", "Tide stands still"):
            stories.released(headlined(headline))
            until(settled)
            Gathered.objects.filter(letter=None).update(due_at=clock.now())
            until(lambda: not Gathered.objects.filter(letter=None, due_at__lte=clock.now()).exists())
        until(lambda: sink.mails)
    assert len(sink.mails_to("calm@gazette.example")) == 1
    waiting = Gathered.objects.get(letter=None)
    assert waiting.due_at.astimezone(ZoneInfo(ZONE)).date() > clock.now().astimezone(ZoneInfo(ZONE)).date()


def test_what_a_digest_has_told_is_taken_back_by_a_mail_at_once_whatever_the_reader_wants_by_then(sink: Ends) -> None:
    there = stories.journalist("calm@gazette.example")
    wish(there, zone=ZONE, digest="hourly")
    with delivering():
        wrong = stories.released(headlined("Tide stands still"))
        until(settled)
        Gathered.objects.update(due_at=clock.now())
        until(lambda: Letter.objects.filter(state=Letter.State.DELIVERED).exists())
        profiles.set_rules(there.subscriber, [{"countries": ["KR"]}])
        wish(there, zone=ZONE, digest="hourly", quiet=hours_now(), cap="1")
        endpoints.pause(there, paused=True)
        stories.withdrawn(wrong)
        until(lambda: len(sink.mails_to("calm@gazette.example")) == 2)
    assert sink.mails_to("calm@gazette.example")[1]["Dateline-Signal"] == "withdrawal"


def test_who_paused_everything_is_told_what_was_taken_back_and_nothing_else(sink: Ends) -> None:
    there = stories.journalist("away@gazette.example")
    with delivering():
        wrong = stories.released()
        until(settled)
        Subscriber.objects.filter(pk=there.subscriber_id).update(paused=True)
        stories.released(headlined("Another"))
        until(settled)
        stories.withdrawn(wrong)
        until(settled)
    assert [mail["Dateline-Signal"] for mail in sink.mails_to("away@gazette.example")] == ["release", "withdrawal"]


def test_readers_of_digests_are_taken_whole(sink: Ends, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many are due at once, each has one mail."""
    monkeypatch.setattr(digests, "_READERS", 2)
    for number in range(5):
        wish(stories.journalist(f"calm-{number}@gazette.example"), digest="hourly")
    with delivering():
        for headline in ("Tide turns", "Tide stands still", "Tide comes"):
            stories.released(headlined(headline))
        until(settled)
        Gathered.objects.update(due_at=clock.now())
        until(lambda: len(sink.mails) == 5)
    assert Letter.objects.count() == 5
