"""An operator's hand on the ledger: stop, go on, call off, send again, and be told why."""

from datetime import timedelta

import pytest
from click.testing import CliRunner
from django.test import Client
from pytest_django import Settings

from dateline.cli import delivery as command
from dateline.delivery import (
    barring,
    control,
    endpoints,
    ledger,
    letters,
    overview,
    standing,
    suppression,
    unsubscribe,
    worker,
)
from dateline.delivery.deciding import Patience
from dateline.delivery.models import Cursor, Endpoint, Gathered, Outcome, Shard, Suppression
from dateline.words import clock
from dateline.words.errors import BadInput, Conflict, NotFound
from tests.rooms import stories
from tests.rooms.delivering import account, delivering, settled
from tests.rooms.ends import Ends, until
from tests.rooms.mailhosts import Host, hosts
from tests.rooms.stories import CORRECTED

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("witness_file")]


def said(*words: str) -> str:
    done = CliRunner().invoke(command.command, list(words))
    if done.exception is not None:
        raise done.exception
    return done.output


def owed() -> dict[tuple[str, str], int]:
    return {(line.channel, line.lane): line.owed for line in overview.lines(clock.now()) if line.owed}


def test_a_channel_that_is_paused_owes_and_the_other_goes_on(sink: Ends) -> None:
    stories.outlet("Gazette", sink.hook("gazette"))
    stories.journalist("esra@gazette.example")
    said("pause", "webhook")
    with delivering():
        stories.released()
        until(lambda: sink.mails)
        until(lambda: owed() == {("webhook", ""): 1})
        assert "paused by" in said("status")
        assert "Owed, and paused by" in said("why", "1", "Gazette")
        assert sink.posts == []
        said("resume", "webhook")
        until(settled)
    assert len(sink.posts) == 1
    with pytest.raises(NotFound):
        control.let_go("webhook", "")
    with pytest.raises(BadInput, match="pigeon"):
        control.hold("pigeon", "", by="me", now=clock.now())


@pytest.mark.parametrize("readers", [3, 60])
def test_one_domain_can_wait_while_others_do_not_whether_it_has_shards_of_its_own_or_not(
    settings: Settings, readers: int
) -> None:
    host = Host()
    with hosts(host):
        settings.DATELINE_SMTP_URL = host.url
        for number in range(readers):
            stories.journalist(f"reader-{number}@slow.example")
            stories.journalist(f"reader-{number}@quick.example")
        control.hold("email", "Slow.example", by="Ada", now=clock.now())
        with delivering():
            stories.released()
            until(lambda: len(host.mails) == readers)
            assert {to.partition("@")[2] for _, to, _, _ in host.mails} == {"quick.example"}
            control.let_go("email", "slow.example")
            until(settled)
    assert len(host.mails) == 2 * readers


def test_a_withdrawal_passes_a_pause(sink: Ends) -> None:
    stories.outlet("Gazette", sink.hook("gazette"))
    with delivering():
        filed = stories.released()
        until(settled)
        control.hold("webhook", "", by="Ada", now=clock.now())
        stories.withdrawn(filed)
        until(lambda: len(sink.posts) == 2)
    assert sink.posts[1].headers["dateline-signal"] == "withdrawal"


def test_what_is_called_off_is_not_sent_and_can_be_owed_again(settings: Settings) -> None:
    host = Host(tarpit=0.05)
    with hosts(host):
        settings.DATELINE_SMTP_URL = host.url
        for number in range(200):
            stories.journalist(f"reader-{number}@gazette.example")
        with delivering():
            filed = stories.released()
            until(lambda: len(host.mails) > 10)
            assert "Called off for" in said("cancel", "1", "--yes")
            until(settled)
        had = len(host.mails)
        told = account(filed).total
        assert 10 < had < 150
        assert (told.delivered, told.canceled) == (had, 200 - had)
        host.tarpit = 0.0
        assert f"Owed again to {200 - had}." in said("resend", "1")
        with delivering():
            until(settled)
    assert account(filed).total.delivered == 200
    assert sorted(to for _, to, _, _ in host.mails) == sorted(
        f"reader-{number}@gazette.example" for number in range(200)
    )
    assert said("resend", "1") == "Nobody lacks it.\n"


def test_who_failed_gets_it_again_under_the_same_id_and_nobody_else(sink: Ends) -> None:
    stories.outlet("Broken", sink.hook("broken"))
    stories.outlet("Gazette", sink.hook("gazette"))
    sink.hook_says["broken"] = [{"status": 400, "text": "what is this?"}]
    with delivering():
        filed = stories.released()
        until(settled)
        assert "HTTP 400 what is this?" in said("why", "1", "Broken")
        assert "Owed again to 1." in said("resend", "1")
        until(settled)
    broken = sink.posts_to("broken")
    assert len(broken) == 2
    assert len({post.headers["webhook-id"] for post in broken}) == 1
    assert len(sink.posts_to("gazette")) == 1
    told = account(filed)
    assert (told.total.owed, told.total.delivered) == (2, 2)
    lines = said("why", "1", "Broken").splitlines()
    assert lines[0].startswith("Delivered at")
    assert [line.split("  ")[3] for line in lines[1:]] == ["failed", "delivered"]


def test_one_recipient_gets_it_again_whatever_he_has(sink: Ends) -> None:
    gazette = stories.outlet("Gazette", sink.hook("gazette"))
    with delivering():
        stories.released()
        until(settled)
        assert "Owed again to 1." in said("resend", "1", "--to", gazette.name)
        until(settled)
    assert len(sink.posts) == 2


@pytest.mark.parametrize(
    ("reason", "result"), [(Suppression.Reason.OBJECTION, "declined"), (Suppression.Reason.BOUNCE, "failed")]
)
def test_who_objected_in_between_is_sent_nothing_and_lacks_nothing_as_who_bounced_does(
    sink: Ends, client: Client, reason: Suppression.Reason, result: str
) -> None:
    there, left = stories.journalist("esra@gazette.example"), stories.journalist("left@gazette.example")
    hook = stories.outlet("Gazette", sink.hook("gazette"))
    control.hold("email", "", by="Ada", now=clock.now())
    control.hold("webhook", "", by="Ada", now=clock.now())
    with delivering():
        filed = stories.released()
        until(lambda: sum(owed().values()) == 3)
        suppression.suppress(there.address, reason, "said so", clock.now())
        unsubscribe.act(unsubscribe.token(left))
        endpoints.end(hook, barring.ENDED)
        control.let_go("email", "")
        control.let_go("webhook", "")
        until(settled)
        assert "declined" in said("status")
        assert said("resend", "1") == ("Nobody lacks it.\n" if result == "declined" else "Owed again to 1.\n")
        until(settled)
    assert (sink.mails, sink.posts) == ([], [])
    told = account(filed)
    assert (told.total.declined, told.total.failed) == ((3, 0) if result == "declined" else (2, 1))
    assert {row.evidence: row.state for row in told.receipts} == {
        f"suppressed: {reason}: said so": result,
        "unsubscribed": "declined",
        "ended by the subscriber": "declined",
    }
    label = "Not wanted" if result == "declined" else "Failed"
    assert said("why", "1", there.name).startswith(f"{label} at ")
    counted = {(line.channel, line.lane): (line.declined, line.failed) for line in overview.lines(clock.now())}
    assert counted["webhook", ""] == (1, 0)
    assert f'dateline_delivery_outcomes{{result="declined"}} {told.total.declined}.0' in metrics(client)


def metrics(client: Client) -> str:
    return client.get("/metrics").content.decode()


def test_what_was_replaced_or_is_unknown_is_not_sent_again(sink: Ends) -> None:
    gazette = stories.outlet("Gazette", sink.hook("gazette"))
    with delivering():
        filed = stories.released()
        until(settled)
        stories.corrected(filed, CORRECTED)
        until(settled)
    with pytest.raises(Conflict, match="Send entry 2 again"):
        control.resend(1, now=clock.now())
    with pytest.raises(NotFound):
        control.resend(7, now=clock.now())
    with pytest.raises(NotFound):
        control.endpoint_of("nobody")
    endpoints.end(gazette, "gone")
    assert control.resend(2, now=clock.now()) == 0


def test_who_was_never_owed_it_is_told_which_rule_failed(sink: Ends) -> None:
    stories.outlet("Gazette", sink.hook("gazette"))
    other = stories.outlet("Ilbo", sink.hook("ilbo"), [{"languages": ["ko"]}])
    with delivering():
        stories.released()
        until(settled)
    told = str(standing.of(1, other, clock.now()))
    assert told.startswith("It was not owed entry 1: ")
    assert not Shard.objects.filter(recipients__contains=f"[{other.pk},").exists()


def test_it_is_said_when_deliveries_are_late_and_grow_later(
    sink: Ends, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(worker, "WATCH_EVERY", 0.2)
    monkeypatch.setattr(worker, "LATE", 0.5)
    stories.outlet("Gazette", sink.hook("gazette"))
    control.hold("webhook", "", by="Ada", now=clock.now())
    told: list[str] = []
    monkeypatch.setattr(worker.log, "warning", lambda event, **_: told.append(event), raising=False)
    with delivering(Patience(first=60)):
        stories.released()
        until(lambda: told)
    assert told[0] == "deliveries are late"
    assert not Outcome.objects.exists()


def test_what_nobody_plans_or_posts_is_overdue_too() -> None:
    """A process that is down plans nothing: without this its ledger would look as if nothing were owed."""
    there = stories.journalist("calm@gazette.example")
    stories.released()
    in_a_minute = clock.now() + timedelta(minutes=1, seconds=1)
    assert 60 <= ledger.totals(in_a_minute).oldest_due_seconds < 65
    Cursor.objects.create(reader="delivery", seq=1)
    assert ledger.overdue(in_a_minute) == 0
    waiting = Gathered.objects.create(endpoint=there, seq=1, lang="en", due_at=clock.now())
    assert 60 <= ledger.overdue(in_a_minute) < 65
    waiting.delete()
    letters.post("calm@gazette.example", "en", "confirm", {"url": "https://wire.example/"}, clock.now())
    assert 60 <= ledger.overdue(in_a_minute) < 65


def test_the_command_ends_with_1_when_it_is_late(client: Client) -> None:
    stories.outlet("Gazette", "http://127.0.0.1:9/gazette")
    assert CliRunner().invoke(command.command, ["status", "--alarm", "0"]).exit_code == 0
    stories.released()
    done = CliRunner().invoke(command.command, ["status", "--alarm", "0"])
    assert done.exit_code == 1
    assert "Deliveries are late" in done.output
    assert CliRunner().invoke(command.command, ["status", "--alarm", "60"]).exit_code == 0
    [line] = [line for line in metrics(client).splitlines() if line.startswith("dateline_delivery_oldest_due_seconds")]
    assert float(line.split()[1]) > 0


def test_a_long_domain_is_shown_whole() -> None:
    domain = "a-rather-long-department.of-the.university-press.example"
    control.hold("email", domain, by="Ada Quill", now=clock.now())
    assert domain in said("status")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"state": "paused"}, "it is paused."),
        ({"state": "unconfirmed"}, "it is unconfirmed."),
        ({"suppressed_why": "bounce: 550"}, "its address gets nothing (bounce: 550)."),
        ({}, "it was paused or not confirmed, or its rules were others then."),
    ],
)
def test_who_was_owed_nothing_though_his_rules_fit_is_told_why(changed: dict[str, str], told: str) -> None:
    there = stories.journalist("esra@gazette.example")
    stories.released()
    Endpoint.objects.update(**changed)
    there.refresh_from_db()
    assert str(standing.of(1, there, clock.now())) == f"It was not owed entry 1: {told}"
    Endpoint.objects.update(made_at=clock.now())
    there.refresh_from_db()
    assert str(standing.of(1, there, clock.now())).endswith("it was added later.")
