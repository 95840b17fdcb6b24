"""What comes back over LMTP: bounces by a real postfix, complaints, and what forgers send."""

from datetime import timedelta

import pytest
from django.conf import settings

from dateline.delivery import bounces, confirming, endpoints, letters, own_data, suppression
from dateline.delivery.deciding import Answer, Meaning
from dateline.delivery.models import Bounce, Endpoint, Outcome, Suppression
from dateline.words import clock
from dateline.words.errors import BadInput, NotFound
from tests.rooms import stories
from tests.rooms.delivering import HASTE, delivering, settled
from tests.rooms.ends import Ends, until
from tests.rooms.returning import GONE, complaint, forged, is_open, report, said, tag

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("witness_file")]


@pytest.fixture
def there(sink: Ends) -> Endpoint:
    return stories.journalist(GONE)


def test_what_a_real_mail_server_bounces_ends_the_sending_for_a_while(
    there: Endpoint, sink: Ends, mailhost: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "DATELINE_SMTP_URL", mailhost)
    with delivering():
        stories.released()
        until(Bounce.objects.exists)
        stories.released()
        until(settled)
    row = Bounce.objects.get()
    assert (row.kind, row.status, row.seq, row.endpoint) == ("hard", "5.1.1", 1, there)
    assert "no such user here" in row.evidence
    there.refresh_from_db()
    assert there.suppressed_until is not None
    assert clock.now() < there.suppressed_until <= clock.now() + suppression.BOUNCED
    assert list(Outcome.objects.values_list("seq", "result")) == [(1, "delivered")]


def test_a_server_that_says_at_once_that_there_is_nobody_is_believed_too(there: Endpoint, sink: Ends) -> None:
    sink.mail_says[GONE] = ["550 5.1.1 no such user here"]
    with delivering():
        stories.released()
        until(settled)
        stories.released()
        until(settled)
    assert Outcome.objects.get().result == "failed"
    assert Suppression.objects.get().reason == "bounce"


def test_a_letter_to_nobody_is_believed_too(sink: Ends, there: Endpoint) -> None:
    """A digest is a letter of the house; without this it would knock there each hour."""
    letter = letters.post(GONE, "en", "confirm", {"url": "https://wire.example/confirm/x"}, clock.now())
    letters.finish(letter, Answer(Meaning.NEVER, "550 5.1.1 No such user", nobody=True), HASTE, clock.now())
    there.refresh_from_db()
    assert there.suppressed_why == "bounce: 550 5.1.1 No such user"
    assert suppression.of(GONE, clock.now() + suppression.BOUNCED) is None


def test_a_suppression_ends_when_its_end_has_come(there: Endpoint, sink: Ends) -> None:
    suppression.suppress(GONE, Suppression.Reason.BOUNCE, "5.1.1", clock.now(), clock.now() + timedelta(seconds=1))
    with delivering():
        stories.released()
        until(settled)
        until(lambda: suppression.of(GONE, clock.now()) is None)
        stories.released()
        until(settled)
    assert list(Outcome.objects.values_list("seq", "result")) == [(2, "delivered")]


def test_forged_and_wandering_mail_changes_nothing(there: Endpoint, sink: Ends, lmtp: int) -> None:
    good = tag(there.name)
    with delivering():
        until(lambda: is_open(lmtp))
        assert said(lmtp, forged(good), report("5.1.1"))[0] == 550
        assert said(lmtp, "stranger@wire.example", report("5.1.1"))[0] == 550
        assert said(lmtp, good, b"\xff\xfe not: a mail \x00\r\n")[0] == 250
        assert said(lmtp, good, report("4.2.2", "delayed"))[0] == 250
        assert said(lmtp, "wire@wire.example", complaint(forged(good)))[0] == 250
        assert said(lmtp, "wire@wire.example", report("5.1.1"))[0] == 250
    assert [row.kind for row in Bounce.objects.all()] == ["delay"]
    assert not Suppression.objects.exists()


def test_a_complaint_is_for_good_and_praise_is_none(there: Endpoint, sink: Ends, lmtp: int) -> None:
    with delivering():
        until(lambda: is_open(lmtp))
        assert said(lmtp, "abuse@wire.example", complaint(tag(there.name), "not-spam"))[0] == 250
        assert not Suppression.objects.exists()
        assert said(lmtp, "abuse@wire.example", complaint(tag(there.name)))[0] == 250
        stories.released()
        until(settled)
    assert (Suppression.objects.get().reason, Suppression.objects.get().until) == ("complaint", None)
    assert not sink.mails
    with pytest.raises(BadInput):
        endpoints.add(stories.journalist("other@gazette.example").subscriber, "email", GONE.upper())


def test_three_soft_bounces_in_a_week_are_a_rest_of_a_week(there: Endpoint) -> None:
    sent = bounces.sent_from(tag(there.name))
    now = clock.now()
    for day in (-9, -2, -1):
        bounces.take(sent, report("5.2.2"), now + timedelta(days=day))
    assert suppression.of(GONE, now) is None
    bounces.take(sent, report("5.2.2"), now)
    found = suppression.of(GONE, now)
    assert found is not None
    assert found.until == now + suppression.FULL


def test_a_bounce_ends_no_suppression_sooner(there: Endpoint) -> None:
    sent, now = bounces.sent_from(tag(there.name)), clock.now()
    bounces.take(sent, report("5.1.1"), now)
    for _ in range(3):
        bounces.take(sent, report("5.2.2"), now)
    assert Suppression.objects.get().until == now + suppression.BOUNCED
    suppression.suppress(GONE, Suppression.Reason.OPERATOR, "asked by telephone", now)
    bounces.take(sent, report("5.1.1"), now)
    assert (Suppression.objects.get().reason, Suppression.objects.get().until) == ("operator", None)


def test_an_objection_is_wire_wide_and_outlives_the_deletion_of_who_objected(there: Endpoint, sink: Ends) -> None:
    second = endpoints.add(stories.journalist("desk@gazette.example").subscriber, "email", GONE)
    own_data.forget(there.subscriber, clock.now(), never=True)
    with delivering():
        stories.released()
        until(settled)
    assert [to for to, _ in sink.mails] == ["desk@gazette.example"]
    with pytest.raises(BadInput):
        confirming.add_mail(second.subscriber, GONE, came_from="", lang="en", now=clock.now())
    bounces.take(bounces.sent_from(tag(second.name)), report("5.1.1"), clock.now())
    assert Suppression.objects.get().reason == "objection"
    suppression.lift(GONE)
    with pytest.raises(NotFound):
        suppression.lift(GONE)
