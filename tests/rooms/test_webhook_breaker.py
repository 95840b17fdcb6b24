"""A webhook that is down is left alone; what it is owed waits, and goes out once it answers a probe."""

from datetime import timedelta

import pytest

from dateline.delivery.deciding import Patience
from dateline.delivery.models import Breaker, Endpoint, Outcome, Retry, Shard
from dateline.words import clock
from tests.rooms import stories
from tests.rooms.delivering import delivering, settled
from tests.rooms.ends import Ends, until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("witness_file")]
LONG = Patience(first=0.05, factor=1.0, longest=0.05, attempts=1000)


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
