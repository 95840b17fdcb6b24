"""A reader's quiet hours and cap, kept by the worker over a real mail server."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from dateline.delivery.models import Endpoint, Outcome, Shard
from dateline.words import clock
from tests.rooms import stories
from tests.rooms.delivering import delivering, settled
from tests.rooms.ends import Ends, until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("witness_file")]
ZONE = "Asia/Seoul"


def wish(there: Endpoint, **wishes: str) -> None:
    Endpoint.objects.filter(pk=there.pk).update(wishes=wishes)


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
        stories.withdrawn(first)
        until(lambda: len(sink.mails_to("sleeper@gazette.example")) == 2)
    assert [mail["Dateline-Signal"] for mail in sink.mails_to("sleeper@gazette.example")] == ["release", "withdrawal"]
    assert Shard.objects.get(state="open").left == 1


def test_over_the_cap_nothing_more_comes_that_day_and_the_ledger_says_why(sink: Ends) -> None:
    there = stories.journalist("few@gazette.example")
    wish(there, zone=ZONE, cap="2")
    with delivering():
        for _ in range(3):
            stories.released()
            until(settled)
    assert len(sink.mails_to("few@gazette.example")) == 2
    last = Outcome.objects.filter(endpoint=there).order_by("pk").last()
    assert last is not None
    assert (last.result, last.attempt, last.evidence) == ("failed", 0, "over the reader's own cap of 2 a day")
