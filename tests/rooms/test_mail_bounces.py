"""What comes back over LMTP: bounces by a real postfix, complaints, and what forgers send."""

import smtplib
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from dateline.delivery import bounces, confirming, endpoints, letters, links, own_data, suppression
from dateline.delivery.deciding import Answer, Meaning
from dateline.delivery.models import Bounce, Endpoint, Outcome, Suppression
from dateline.vault import keys
from dateline.words import clock
from dateline.words.errors import BadInput, NotFound
from tests.rooms import stories
from tests.rooms.delivering import HASTE, delivering, settled
from tests.rooms.ends import Ends, until
from tests.rooms.mailhosts import postfix

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("witness_file")]
GONE = "gone@gazette.example"


@pytest.fixture
def lmtp(monkeypatch: pytest.MonkeyPatch) -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    monkeypatch.setattr(settings, "DATELINE_LMTP", f"127.0.0.1:{port}")
    monkeypatch.setattr(settings, "DATELINE_MAIL_FROM", "wire@wire.example")
    return port


@pytest.fixture
def there(sink: Ends) -> Endpoint:
    return stories.journalist(GONE)


@pytest.fixture
def mailhost(tmp_path: Path, sink: Ends, lmtp: int) -> Iterator[str]:
    """It relays one address to a server that has no such user, and what comes back for the wire to our LMTP."""
    back = f"lmtp:inet:127.0.0.1:{lmtp}"
    more = f"""relay_domains = wire.example
transport_maps = inline:{{ {{{GONE} = smtp:[127.0.0.1]:{sink.smtp_port}}}, {{wire.example = {back}}} }}
"""
    with postfix(tmp_path, "gazette.example", more) as (url, _):
        yield url


def tag(there: Endpoint, seq: int = 1) -> str:
    return f"wire+{links.bounce(keys.named(links.BOUNCE), there.name, seq)}@wire.example"


def report(status: str, action: str = "failed") -> bytes:
    return returned(
        "delivery-status",
        f"Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; {GONE}\nAction: {action}\nStatus: {status}\n"
        f"Diagnostic-Code: smtp; {status} as <{GONE}> says\n",
    )


def complaint(sender: str, kind: str = "abuse") -> bytes:
    return returned("feedback-report", f"Feedback-Type: {kind}\nVersion: 1\nOriginal-Mail-From: <{sender}>\n")


def returned(kind: str, fields: str) -> bytes:
    head = f"From: <>\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type={kind}; boundary=b\n\n"
    parts = f"--b\nContent-Type: text/plain\n\nSee below.\n--b\nContent-Type: message/{kind}\n\n{fields}\n--b--\n"
    return (head + parts).encode()


def said(port: int, to: str, content: bytes) -> tuple[int, bytes]:
    """What the inbox answers: to the recipient, or else to the mail."""
    with smtplib.LMTP("127.0.0.1", port) as client:
        client.ehlo_or_helo_if_needed()
        client.mail("")
        code, words = client.rcpt(to)
        return (code, words) if code >= 400 else client.data(content)


def test_what_a_real_mail_server_bounces_ends_the_sending_for_a_while(
    there: Endpoint, sink: Ends, mailhost: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "DATELINE_SMTP_URL", mailhost)
    sink.mail_says[GONE] = ["550 5.1.1 no such user here"]
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
    good = tag(there)
    forged = good.replace("@", "0@") if not good.split("@")[0].endswith("0") else good.replace("0@", "1@")
    with delivering():
        until(lambda: _open(lmtp))
        assert said(lmtp, forged, report("5.1.1"))[0] == 550
        assert said(lmtp, "stranger@wire.example", report("5.1.1"))[0] == 550
        assert said(lmtp, good, b"\xff\xfe not: a mail \x00\r\n")[0] == 250
        assert said(lmtp, good, report("4.2.2", "delayed"))[0] == 250
        assert said(lmtp, "wire@wire.example", complaint(forged))[0] == 250
        assert said(lmtp, "wire@wire.example", report("5.1.1"))[0] == 250
    assert [row.kind for row in Bounce.objects.all()] == ["delay"]
    assert not Suppression.objects.exists()


def test_a_complaint_is_for_good_and_praise_is_none(there: Endpoint, sink: Ends, lmtp: int) -> None:
    with delivering():
        until(lambda: _open(lmtp))
        assert said(lmtp, "abuse@wire.example", complaint(tag(there), "not-spam"))[0] == 250
        assert not Suppression.objects.exists()
        assert said(lmtp, "abuse@wire.example", complaint(tag(there)))[0] == 250
        stories.released()
        until(settled)
    assert (Suppression.objects.get().reason, Suppression.objects.get().until) == ("complaint", None)
    assert not sink.mails
    with pytest.raises(BadInput):
        endpoints.add(stories.journalist("other@gazette.example").subscriber, "email", GONE.upper())


def test_three_soft_bounces_in_a_week_are_a_rest_of_a_week(there: Endpoint) -> None:
    sent = bounces.sent_from(tag(there))
    now = clock.now()
    for day in (-9, -2, -1):
        bounces.take(sent, report("5.2.2"), now + timedelta(days=day))
    assert suppression.of(GONE, now) is None
    bounces.take(sent, report("5.2.2"), now)
    found = suppression.of(GONE, now)
    assert found is not None
    assert found.until == now + suppression.FULL


def test_an_objection_is_wire_wide_and_outlives_the_deletion_of_who_objected(there: Endpoint, sink: Ends) -> None:
    second = endpoints.add(stories.journalist("desk@gazette.example").subscriber, "email", GONE)
    own_data.forget(there.subscriber, clock.now(), never=True)
    with delivering():
        stories.released()
        until(settled)
    assert [to for to, _ in sink.mails] == ["desk@gazette.example"]
    with pytest.raises(BadInput):
        confirming.add_mail(second.subscriber, GONE, came_from="", lang="en", now=clock.now())
    bounces.take(bounces.sent_from(tag(second)), report("5.1.1"), clock.now())
    assert Suppression.objects.get().reason == "objection"
    suppression.lift(GONE)
    with pytest.raises(NotFound):
        suppression.lift(GONE)


def _open(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
