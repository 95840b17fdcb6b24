"""What its reader does not want is declined; what failed is a failure, whatever a stranger's answer says."""

from datetime import UTC, datetime, timedelta

import pytest

from dateline.delivery import barring
from dateline.delivery.deciding import Answer, Meaning
from dateline.delivery.models import Endpoint, Suppression, barred

NOW = datetime(2026, 11, 26, tzinfo=UTC)
LATER, BEFORE = NOW + timedelta(days=1), NOW - timedelta(days=1)
FREE = (None, "")


@pytest.mark.parametrize("why", [barring.UNSUBSCRIBED, barring.ENDED, barring.NOT_ASKED_FOR, barring.FORGOTTEN])
def test_what_the_subscriber_ended_is_declined(why: str) -> None:
    assert barred(Endpoint.State.ENDED, why, None, FREE, NOW) == Answer(Meaning.DECLINED, why)


@pytest.mark.parametrize(
    ("why", "evidence"),
    [
        ("HTTP 410 unsubscribed", "HTTP 410 unsubscribed"),
        ("HTTP 404 No such subscription", "HTTP 404 No such subscription"),
        (barring.LAPSED, barring.LAPSED),
        ("", "ended"),
    ],
)
def test_what_ended_otherwise_has_failed(why: str, evidence: str) -> None:
    assert barred(Endpoint.State.ENDED, why, None, FREE, NOW) == Answer(Meaning.NEVER, evidence)


@pytest.mark.parametrize(
    ("reason", "meaning"),
    [
        (Suppression.Reason.OBJECTION, Meaning.DECLINED),
        (Suppression.Reason.COMPLAINT, Meaning.DECLINED),
        (Suppression.Reason.BOUNCE, Meaning.NEVER),
        (Suppression.Reason.OPERATOR, Meaning.NEVER),
    ],
)
def test_a_readers_word_on_his_address_is_his_and_a_bounce_is_none(reason: str, meaning: Meaning) -> None:
    why = f"{reason}: objection: 5.1.1"
    assert barred(Endpoint.State.ACTIVE, "", None, (LATER, why), NOW) == Answer(meaning, f"suppressed: {why}")
    assert barred(Endpoint.State.ACTIVE, "", None, (BEFORE, why), NOW) is None


def test_a_lease_that_has_run_out_has_failed_and_one_that_runs_bars_nothing() -> None:
    assert barred(Endpoint.State.ACTIVE, "", BEFORE, FREE, NOW) == Answer(Meaning.NEVER, barring.LAPSED)
    assert barred(Endpoint.State.ACTIVE, "", LATER, FREE, NOW) is None
    assert barred(Endpoint.State.PAUSED, "", None, FREE, NOW) is None
