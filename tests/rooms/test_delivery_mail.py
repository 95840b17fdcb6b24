"""Mail to servers as they are: each end of an attempt is named in the ledger, and harms nobody else's delivery."""

import email
import ssl
import subprocess
from email.policy import default
from pathlib import Path

import pytest
from pytest_django import Settings

from dateline.delivery import ledger, links, signing
from dateline.delivery.deciding import Patience
from dateline.delivery.mailing import session, smtp
from dateline.delivery.mailing.routes import Destination
from dateline.delivery.models import MailKey, Outcome, Retry
from dateline.delivery.outward import Names, OwnNetworkError
from dateline.vault import keys
from dateline.words import clock
from tests import signatures
from tests.rooms import stories
from tests.rooms.delivering import HASTE, account, delivering, settled
from tests.rooms.ends import until
from tests.rooms.mailhosts import Host, hosts, postfix, routed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("witness_file")]


def receipts(filed: object) -> dict[str, ledger.Receipt]:
    """By the recipient's address; it stands in no receipt."""
    names = {row.subscriber.shown_as: row.address for row in stories.Endpoint.objects.select_related("subscriber")}
    return {names[row.recipient]: row for row in account(filed).receipts}


@pytest.mark.parametrize("offers", [("PIPELINING",), ()])
def test_each_end_is_named_and_the_others_are_not_harmed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, offers: tuple[str, ...]
) -> None:
    monkeypatch.setattr(smtp, "PATIENCE", 0.5)
    host = Host(
        offers=offers,
        rcpt={
            "nobody": ["550 5.1.1 No such user"],
            "later": ["451 4.3.0 Not now", "450 4.2.0 Not now either"],
            "gone": ["drop"],
            "silent": ["silence"],
        },
        end={
            "full": ["452 4.2.2 Mailbox full"],
            "spam": ["554 5.7.1 We do not like it"],
            "middle": ["drop in the middle"],
            "dot": ["drop"],
            "twice": ["take and drop"],
            "closing": ["421 4.3.2 Shutting down"],
        },
    )
    names = ["nobody", "later", "gone", "silent", "full", "spam", "middle", "dot", "twice", "closing"]
    good = [f"good-{number}" for number in range(30)]
    with hosts(host):
        settings.DATELINE_SMTP_URL = host.url
        for name in names + good:
            stories.journalist(f"{name}@gazette.example")
        with delivering():
            filed = stories.released()
            until(settled)
    got = {name: receipts(filed)[f"{name}@gazette.example"] for name in names}
    failed = {name: row.evidence for name, row in got.items() if row.state == "failed"}
    assert failed == {"nobody": "550 5.1.1 No such user", "spam": "554 5.7.1 We do not like it"}
    assert {row.state for name, row in got.items() if name not in failed} == {"delivered"}
    said = " | ".join(Outcome.objects.filter(result="deferred").values_list("evidence", flat=True))
    assert "452 4.2.2 Mailbox full" in said
    assert "451 4.3.0 Not now" in said
    assert "uncertain: no answer to the final dot" in said
    assert {len(host.to(f"{name}@gazette.example")) for name in good} == {1}
    # What was taken without an answer comes again with the same id, so that the reader's own server can drop it.
    ids = {email.message_from_bytes(each)["Message-ID"] for each in host.to("twice@gazette.example")}
    assert len(host.to("twice@gazette.example")) == 2
    assert len(ids) == 1


def test_a_host_that_limits_is_paced_and_another_is_not_punished_for_it(settings: Settings, tmp_path: Path) -> None:
    slow, quick = Host(window=(20, 0.5), most=7, at_once=3), Host()
    with hosts(slow, quick):
        settings.DATELINE_SMTP_URL = routed(tmp_path, slow_example=slow, quick_example=quick)
        for number in range(120):
            stories.journalist(f"reader-{number}@slow.example")
            stories.journalist(f"reader-{number}@quick.example")
        with delivering(Patience(first=0.2, longest=1.0)):
            filed = stories.released()
            until(lambda: len(quick.mails) == 120)
            assert len(slow.mails) < 120
            until(settled)
    assert account(filed).total.delivered == 240
    assert len(slow.mails) == 120
    assert slow.most_open <= 4
    assert slow.refused < 60


def test_a_greylisted_reader_gets_it_when_his_server_said(settings: Settings) -> None:
    host = Host(grey=1.0)
    with hosts(host):
        settings.DATELINE_SMTP_URL = host.url
        stories.journalist("esra@gazette.example")
        with delivering(Patience(first=0.1, longest=0.2, attempts=20)):
            filed = stories.released()
            until(settled)
    (row,) = account(filed).receipts
    assert (row.state, row.attempts) == ("delivered", 2)


def test_a_silent_host_holds_up_nobody(settings: Settings, tmp_path: Path) -> None:
    tar, quick = Host(tarpit=30), Host()
    with hosts(tar, quick):
        settings.DATELINE_SMTP_URL = routed(tmp_path, tar_example=tar, quick_example=quick)
        for number in range(20):
            stories.journalist(f"reader-{number}@tar.example")
            stories.journalist(f"reader-{number}@quick.example")
        with delivering():
            stories.released()
            until(lambda: len(quick.mails) == 20, 25)
    assert tar.mails == []


def test_a_withdrawal_stops_what_is_not_yet_sent(settings: Settings) -> None:
    host = Host(tarpit=0.05)
    with hosts(host):
        settings.DATELINE_SMTP_URL = host.url
        for number in range(400):
            stories.journalist(f"reader-{number}@gazette.example")
        with delivering():
            filed = stories.released()
            until(lambda: len(host.mails) > 20)
            stories.withdrawn(filed)
            at = clock.now().timestamp()
            until(settled)
    told = account(filed)
    first, second = told.by_entry.values()
    assert first.superseded > 200
    assert second.delivered == 400
    subjects = [(str(email.message_from_bytes(each, policy=default)["Subject"]), to) for _, to, each, _ in host.mails]
    withdrawn = {to for subject, to in subjects if subject == "Withdrawn"}
    assert withdrawn >= {to for subject, to in subjects if subject != "Withdrawn"}
    late = Outcome.objects.filter(seq=1, result="delivered").order_by("-at").first()
    assert late is not None
    assert late.at.timestamp() - at < 1.0


@pytest.fixture
def certificate(tmp_path: Path) -> ssl.SSLContext:
    """One that nobody has signed."""
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    line = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"]
    subprocess.run([*line, "-keyout", str(key), "-out", str(cert)], check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    return context


def test_a_certificate_that_nobody_signed_is_better_than_none_and_not_good_enough_for_a_relay(
    settings: Settings, certificate: ssl.SSLContext
) -> None:
    host = Host(tls=certificate)
    with hosts(host):
        stories.journalist("esra@gazette.example")
        settings.DATELINE_SMTP_URL = host.url
        with delivering():
            filed = stories.released()
            until(settled)
        assert account(filed).total.delivered == 1
        settings.DATELINE_SMTP_URL = host.url.replace("smtp://", "smtp+tls://")
        with delivering():
            stories.released()
            until(Retry.objects.exists)
            until(settled)
    assert "certificate verify failed" in Outcome.objects.filter(seq=2).latest("pk").evidence
    assert len(host.mails) == 1


@pytest.mark.parametrize("name", ["127.0.0.1", "169.254.169.254", "::1", "localhost"])
async def test_a_domain_whose_mail_server_is_on_the_own_network_is_not_connected_to(name: str) -> None:
    """Anybody may have a domain, and give an address in it."""
    host = Host()
    with hosts(host):
        there = Destination("lure.example", ((name, host.port),), outside=True)
        with pytest.raises(OwnNetworkError):
            await session.opened(there, "wire.example", Names())
    assert host.connections == 0


@pytest.mark.parametrize("greeting", ["554 5.7.1 Go away", "HTTP/1.1 400 Bad Request", "220-endless"])
def test_what_is_no_mail_server_is_named(settings: Settings, monkeypatch: pytest.MonkeyPatch, greeting: str) -> None:
    monkeypatch.setattr(session, "OPENING", 0.5)
    host = Host(greeting=greeting)
    with hosts(host):
        settings.DATELINE_SMTP_URL = host.url
        stories.journalist("esra@gazette.example")
        with delivering(HASTE):
            filed = stories.released()
            until(lambda: Retry.objects.exists() or Outcome.objects.exists())
            stories.withdrawn(filed)
    assert Outcome.objects.filter(result="delivered").count() == 0


def test_the_return_address_tells_whose_mail_came_back(settings: Settings) -> None:
    host = Host()
    with hosts(host):
        settings.DATELINE_SMTP_URL = host.url
        esra = stories.journalist("esra@gazette.example")
        with delivering():
            stories.released()
            until(settled)
    ((sender, _, _, _),) = host.mails
    local, _, domain = sender.partition("@")
    assert (local.partition("+")[0], domain) == tuple(settings.DATELINE_MAIL_FROM.split("@"))
    key = keys.named(links.BOUNCE)
    tag = local.partition("+")[2]
    assert tag == tag.lower() == links.bounce(key, esra.name, 1)
    others = {links.bounce(key, esra.name, 2), links.bounce(key, "0" * 16, 1), links.bounce(b"another", esra.name, 1)}
    assert tag.rpartition("-")[2] not in {each.rpartition("-")[2] for each in others}


def test_a_real_postfix_has_what_the_ledger_says_it_took_and_the_signatures_are_good(
    settings: Settings,
) -> None:
    made = signing.make(clock.now())
    signing.activate([each.selector for each in made])
    records = {
        f"{row.selector}._domainkey.wire.example": signing.signer(row, settings.DATELINE_MAIL_FROM).record()
        for row in MailKey.objects.all()
    }
    with postfix("gazette.example") as (url, inbox):
        settings.DATELINE_SMTP_URL = url
        for number in range(60):
            stories.journalist(f"reader-{number}@gazette.example", languages=["en" if number % 2 else "ar"])
        stories.journalist("esra@elsewhere.example")
        with delivering():
            filed = stories.released()
            until(settled)
            until(lambda: inbox.exists() and len(list(inbox.iterdir())) == 60)
        files = [each.read_bytes() for each in inbox.iterdir()]
    mails = [email.message_from_bytes(each, policy=default) for each in files]
    got = {str(mail["Message-ID"]).strip("<>").partition("@")[0] for mail in mails}
    rows = account(filed).receipts
    assert got == {row.message for row in rows if row.state == "delivered"}
    assert {row.evidence[:9] for row in rows if row.state == "delivered"} == {"250 2.0.0"}
    (refused,) = [row for row in rows if row.state == "failed"]
    assert "Relay access denied" in refused.evidence
    told = signatures.judged([each.replace(b"\n", b"\r\n") for each in files], records)
    assert told == [["good", "good"]] * 60
