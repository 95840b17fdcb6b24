"""Claims, leases and the order of a story; no network."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from dateline.delivery import claims, ledger, outcomes, planning
from dateline.delivery.models import Outcome, Shard
from dateline.desk import changes
from dateline.routing.matching import Matching
from dateline.words import clock
from dateline.words.release import Signal
from tests.rooms import stories
from tests.rooms.delivering import account
from tests.rooms.ends import Ends
from tests.rooms.stories import CORRECTED, STORY

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("witness_file")]


def test_a_shard_is_closed_by_the_log_itself_if_planning_is_behind() -> None:
    stories.outlet("Gazette", "http://127.0.0.1:9/gazette")
    filed = stories.released()
    plan(Matching())
    stories.withdrawn(filed)
    held = claims.claim(clock.now())
    assert held is not None
    assert held.recipients == []
    claims.release(held, clock.now())
    assert account(filed).total.superseded == 1


def test_withdrawals_are_claimed_before_older_stories() -> None:
    stories.outlet("Gazette", "http://127.0.0.1:9/gazette")
    first, second = stories.released(), stories.released()
    plan(Matching())
    stories.withdrawn(second)
    plan(Matching())
    held = claims.claim(clock.now())
    assert held is not None
    assert held.urgent
    assert held.entry.signal is Signal.WITHDRAWAL
    assert claims.claim(clock.now(), urgent_only=True) is None
    then = claims.claim(clock.now())
    assert then is not None
    assert then.seq == first.seq


def plan(matching: Matching) -> planning.Planned:
    return planning.plan(matching, clock.now(), random.Random(1))


def test_nobody_is_counted_twice_and_a_worker_that_lost_its_lease_writes_nothing(sink: Ends) -> None:
    stories.outlet("Gazette", sink.hook("gazette"))
    filed = stories.released()
    plan(Matching())
    slow = claims.claim(clock.now())
    assert slow is not None
    assert claims.claim(clock.now()) is None
    later = clock.now() + claims.LEASE + timedelta(seconds=1)
    successor = claims.claim(later)
    assert successor is not None
    assert (successor.shard, successor.epoch) == (slow.shard, slow.epoch + 1)
    claims.renew({slow.shard: slow}, later)
    assert slow.lost

    def delivered_by(held: claims.Claim) -> outcomes.Attempt:
        (owed,) = held.recipients
        return outcomes.Attempt(held.shard, held.epoch, held.seq, owed.endpoint, 1, "delivered", "HTTP 204", later, 3)

    assert outcomes.record([delivered_by(slow)]).dropped == 1
    assert outcomes.record([delivered_by(successor)]) == outcomes.Recorded(0, frozenset({successor.shard}))
    claims.release(slow, later)
    assert Shard.objects.get().epoch == successor.epoch
    claims.release(successor, later)
    assert Outcome.objects.count() == 1
    assert account(filed).total.delivered == 1


def test_one_who_is_being_sent_an_older_entry_waits_and_the_others_do_not() -> None:
    stories.outlet("Gazette", "http://127.0.0.1:9/gazette")
    filed = stories.released()
    plan(Matching())
    first = claims.claim(clock.now())
    assert first is not None
    stories.outlet("Newcomer", "http://127.0.0.1:9/newcomer")
    stories.corrected(filed, CORRECTED)
    plan(Matching())
    claims.renew({first.shard: first}, clock.now())
    assert first.superseded
    second = claims.claim(clock.now())
    assert second is not None
    assert [each.address for each in second.recipients] == ["http://127.0.0.1:9/newcomer"]
    claims.release(first, clock.now())
    claims.release(second, clock.now())
    assert account(filed).total.superseded == 1
    third = claims.claim(clock.now() + timedelta(seconds=1))
    assert third is not None
    assert len(third.recipients) == 2


def test_the_ledger_tells_what_is_owed_and_how_long_it_is_overdue() -> None:
    stories.outlet("Gazette", "http://127.0.0.1:9/gazette")
    stories.released()
    assert ledger.totals(clock.now()).behind == 1
    assert plan(Matching()) == planning.Planned((1,), 1)
    totals = ledger.totals(clock.now() + timedelta(seconds=60))
    assert (totals.owed, totals.behind) == (1, 0)
    assert 60 <= totals.oldest_due_seconds < 70
    assert totals.outcomes["delivered"] == 0
    assert plan(Matching()) == planning.Planned((), 0)


def test_who_is_no_longer_in_the_audience_gets_no_correction_but_learns_of_a_withdrawal() -> None:
    version = replace(STORY, audience=("media",))
    reader = stories.outlet("Gazette", "http://127.0.0.1:9/gazette", groups=["media"])
    filed = stories.released(version)
    matching = Matching()
    plan(matching)
    held = claims.claim(clock.now())
    assert held is not None
    outcomes.record([outcomes.Attempt(held.shard, 1, held.seq, reader.pk, 1, "delivered", "HTTP 204", clock.now(), 3)])
    claims.release(held, clock.now())
    reader.subscriber.groups = []
    reader.subscriber.save()
    stories.corrected(filed, replace(CORRECTED, audience=("media",)))
    assert plan(matching).recipients == 0
    stories.withdrawn(filed)
    assert plan(matching).recipients == 1


def test_an_erasure_reaches_whom_the_story_reached_in_the_language_he_had() -> None:
    reader = stories.outlet("Gazette", "http://127.0.0.1:9/gazette", [{"signals": ["release"]}], languages=["ar"])
    filed = stories.released()
    matching = Matching()
    plan(matching)
    held = claims.claim(clock.now())
    assert held is not None
    outcomes.record([outcomes.Attempt(held.shard, 1, held.seq, reader.pk, 1, "delivered", "HTTP 204", clock.now(), 3)])
    claims.release(held, clock.now())
    changes.erase(filed, [f"{filed.seq}:rendition/ar"], "By court order.", by=stories.CHIEF, now=clock.now())
    stories.release_due()
    assert plan(matching).recipients == 1
    erased = claims.claim(clock.now())
    assert erased is not None
    assert erased.urgent
    assert [each.lang for each in erased.recipients] == ["ar"]
