"""From the log to the last recipient, over a real mail server and a real webhook receiver."""

import base64
import json
import random
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from django.conf import settings
from standardwebhooks.webhooks import Webhook

from dateline.delivery import claims, endpoints, ledger, outcomes, planning, unsubscribe, worker
from dateline.delivery.channels.webhook import Webhook as Channel
from dateline.delivery.deciding import Meaning, Patience
from dateline.delivery.models import Endpoint, Outcome, Retry, Shard
from dateline.delivery.recipient import Recipient
from dateline.routing.matching import Matching
from dateline.wire.prepare import prepare
from dateline.words import clock
from dateline.words.entry import Entry
from dateline.words.errors import BadInput, Conflict, NotFound
from dateline.words.release import Rendition, Signal
from tests.rooms import stories
from tests.rooms.ends import OK, Ends, ends, until
from tests.rooms.stories import STORY

pytestmark = pytest.mark.django_db(transaction=True)
HASTE = Patience(first=0.05, factor=1.5, longest=0.3, attempts=4)
CORRECTED = replace(
    STORY,
    signal=Signal.CORRECTION,
    renditions=(Rendition("en", headline="Tide turns back", place="Brest", body_html="<p>At one.</p>"),),
)


@pytest.fixture(autouse=True)
def witness_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "DATELINE_WITNESS_FILE", tmp_path / "wire.head")


@pytest.fixture
def sink(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ends]:
    with ends() as made:
        monkeypatch.setattr(settings, "DATELINE_SMTP_URL", made.smtp_url)
        yield made


@contextmanager
def delivering(patience: Patience = HASTE) -> Iterator[None]:
    """A worker of its own, for as long as this lasts. What it raised, the test raises."""
    stop, fell = threading.Event(), []

    def work() -> None:
        try:
            worker.run(stop, patience)
        except BaseException as error:
            fell.append(error)
            raise

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(20)
        assert not thread.is_alive()
        assert not fell


def some_entry() -> Entry:
    """An entry as the log would have it, for what needs no log."""
    now = clock.now()
    made = prepare(STORY, filed=1, edit=1, release="r", guid="tag:r", number=1, wire=settings.DATELINE_WIRE, now=now)
    stamp = {"seq": 1, "released_at": clock.printed(now), "supersedes": None, "editions": {"en": 1}}
    return Entry(made.header | stamp, {name: part.content for name, part in made.parts.items()})


def to(address: str) -> Recipient:
    return Recipient(1, "ab12", address, endpoints.new_secret(), 2, "en", 0, "msg_1", "", "")


def settled() -> bool:
    """Everything in the log is planned, and every recipient has a final outcome."""
    totals = ledger.totals(clock.now())
    return totals.behind == 0 and totals.owed == 0 and not Shard.objects.filter(state="open").exists()


def delivered(account: ledger.Account) -> list[tuple[int, str, str]]:
    return [(row.seq, row.channel, row.lang) for row in account.receipts if row.state == "delivered"]


def account(filed: object) -> ledger.Account:
    return ledger.account(stories.entry(filed).guid, settings.DATELINE_WIRE.origin)


def texts(mail: object) -> tuple[str, str]:
    """The plain text and the HTML of a mail."""
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    return plain.get_content(), html.get_content()


def test_a_story_reaches_an_outlet_and_a_journalist_each_in_his_language(sink: Ends) -> None:
    gazette = stories.outlet("Gazette", sink.hook("gazette"), country="GB")
    stories.journalist("layla@sahifa.example", languages=["ar"], country="AE")
    stories.outlet("Ilbo", sink.hook("ilbo"), [{"languages": ["ko"]}])
    with delivering():
        filed = stories.released()
        until(settled)
    (post,) = sink.posts_to("gazette")
    Webhook(endpoints.secret_of(gazette)).verify(post.body, post.headers)
    assert json.loads(post.body)["headlines"][0]["value"] == "Tide turns"
    assert post.headers["dateline-signal"] == "release"
    (mail,) = sink.mails_to("layla@sahifa.example")
    plain, html = texts(mail)
    assert mail["Subject"] == "المد يعود"
    assert "عاد المد." in plain
    assert re.search(r'<div lang="ar" dir="rtl" style="[^"]*direction:rtl', html)
    assert sink.posts_to("ilbo") == []

    told = account(filed)
    assert (told.total.owed, told.total.delivered) == (2, 2)
    assert {row.recipient for row in told.receipts} == {"Gazette", told.receipts[0].recipient}
    assert told.by_country.keys() == {"GB", "AE"}
    assert told.by_language["ar"].delivered == 1
    evidence = {row.channel: (row.evidence, row.message) for row in told.receipts}
    assert evidence["email"] == (OK, mail["Message-ID"].strip("<>").partition("@")[0])
    assert evidence["webhook"] == ("HTTP 204", post.headers["webhook-id"])
    assert "layla" not in str(told)


def test_one_click_leaves_without_sign_in_and_a_second_changes_nothing(sink: Ends) -> None:
    there = stories.journalist("esra@gazette.example")
    with delivering():
        stories.released()
        until(settled)
        (mail,) = sink.mails_to("esra@gazette.example")
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        url = mail["List-Unsubscribe"].strip("<>")
        assert all(url in text for text in texts(mail))
        token = url.removeprefix(f"{settings.DATELINE_WIRE.base_url}/unsubscribe/")
        assert unsubscribe.endpoint(token) == there
        assert unsubscribe.act(token).state == Endpoint.State.ENDED
        assert unsubscribe.act(token).ended_why == "unsubscribed"
        stories.released()
        until(settled)
    assert len(sink.mails) == 1
    with pytest.raises(NotFound):
        unsubscribe.endpoint(token[:-1] + ("A" if token[-1] != "A" else "B"))
    with pytest.raises(NotFound):
        unsubscribe.act("nobody")


def test_who_was_ended_may_be_added_again_but_nobody_twice(sink: Ends) -> None:
    there = stories.journalist("esra@gazette.example")
    with pytest.raises(Conflict):
        endpoints.add(there.subscriber, "email", "esra@gazette.example")
    endpoints.end(there, "unsubscribed")
    assert endpoints.add(there.subscriber, "email", "esra@gazette.example").pk != there.pk


def test_a_correction_follows_under_the_same_thread_and_goes_to_whom_the_story_reached(sink: Ends) -> None:
    stories.journalist("esra@gazette.example")
    once = stories.outlet("Once", sink.hook("once"), [{"signals": ["release"]}])
    with delivering():
        filed = stories.released()
        until(settled)
        stories.corrected(filed, CORRECTED)
        until(settled)
    first, second = sink.mails_to("esra@gazette.example")
    assert second["In-Reply-To"] == first["Message-ID"] != second["Message-ID"]
    assert second["Dateline-Signal"] == "correction"
    signals = [post.headers["dateline-signal"] for post in sink.posts_to("once")]
    assert signals == ["release", "correction"]
    ids = {post.headers["webhook-id"] for post in sink.posts_to("once")}
    assert len(ids) == 2
    assert once.state == Endpoint.State.ACTIVE


def test_a_correction_does_not_overtake_and_takes_the_place_of_what_is_owed(sink: Ends) -> None:
    stories.outlet("Busy", sink.hook("busy"))
    stories.outlet("Slow", sink.hook("slow"))
    sink.hook_says["busy"] = [{"status": 503, "headers": {"Retry-After": "60"}}]
    sink.slow["slow"] = 1.0
    with delivering():
        filed = stories.released()
        until(lambda: Retry.objects.exists() and sink.at_once["slow"])
        stories.corrected(filed, CORRECTED)
        until(settled)
    assert [post.headers["dateline-signal"] for post in sink.posts_to("slow")] == ["release", "correction"]
    assert sink.most_at_once["slow"] == 1
    told = account(filed)
    states = {(row.recipient, row.signal): row.state for row in told.receipts}
    assert states == {
        ("Busy", "release"): "superseded",
        ("Busy", "correction"): "delivered",
        ("Slow", "release"): "delivered",
        ("Slow", "correction"): "delivered",
    }
    assert [post.headers["dateline-signal"] for post in sink.posts_to("busy")] == ["release", "correction"]


def test_a_reader_of_a_language_that_a_correction_leaves_alone_still_gets_the_story_first(sink: Ends) -> None:
    stories.outlet("Kurier", sink.hook("kurier"), languages=["de"])
    sink.hook_says["kurier"] = [{"status": 503}]
    with delivering(replace(HASTE, first=0.6)):
        filed = stories.released()
        until(Retry.objects.exists)
        stories.corrected(filed, CORRECTED)
        until(settled)
    told = [(post.headers["dateline-signal"], json.loads(post.body)["language"]) for post in sink.posts_to("kurier")]
    assert told == [("release", "de"), ("release", "de"), ("correction", "en")]


def test_a_withdrawal_cancels_what_is_owed_and_goes_ahead_without_text(sink: Ends) -> None:
    stories.journalist("esra@gazette.example")
    stories.outlet("Busy", sink.hook("busy"))
    sink.hook_says["busy"] = [{"status": 503, "headers": {"Retry-After": "60"}}]
    with delivering():
        filed = stories.released()
        until(lambda: Retry.objects.exists() and sink.mails)
        stories.withdrawn(filed)
        until(settled)
    taken_back = [post for post in sink.posts_to("busy") if post.headers["dateline-signal"] == "withdrawal"]
    assert len(taken_back) == 1
    assert json.loads(taken_back[0].body)["pubStatus"] == "canceled"
    _, mail = sink.mails_to("esra@gazette.example")
    assert mail["Subject"] == "Withdrawn"
    for told in (taken_back[0].body.decode(), *texts(mail), str(mail)):
        assert "Tide turns" not in told
        assert "noon" not in told
    assert {row.state for row in account(filed).receipts if row.signal == "withdrawal"} == {"delivered"}
    assert {row.state for row in account(filed).receipts if row.recipient == "Busy"} == {"superseded", "delivered"}


def test_what_was_taken_back_before_it_was_sent_is_sent_to_nobody(sink: Ends) -> None:
    stories.outlet("Gazette", sink.hook("gazette"))
    filed = stories.released()
    stories.withdrawn(filed)
    with delivering():
        until(settled)
    assert [post.headers["dateline-signal"] for post in sink.posts] == ["withdrawal"]
    assert account(filed).total.superseded == 1


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


def test_retries_end_and_the_last_word_is_kept(sink: Ends) -> None:
    stories.journalist("greylisted@gazette.example")
    stories.journalist("unknown@gazette.example")
    stories.outlet("Broken", sink.hook("broken"))
    sink.mail_says["greylisted@gazette.example"] = ["450 4.7.1 Try again later"] * 2
    sink.mail_says["unknown@gazette.example"] = ["550 5.1.1 No such user here"]
    sink.hook_says["broken"] = [{"status": 500, "text": "oh\x00no"}] * 9
    with delivering():
        filed = stories.released()
        until(settled)
    rows = {row.evidence: row for row in account(filed).receipts}
    assert (rows[OK].state, rows[OK].attempts) == ("delivered", 3)
    assert rows["550 5.1.1 No such user here"].state == "failed"
    assert (rows["HTTP 500 oh no"].state, rows["HTTP 500 oh no"].attempts) == ("failed", HASTE.attempts)
    assert not Retry.objects.exists()
    assert len(sink.posts) == HASTE.attempts
    assert len({post.headers["webhook-id"] for post in sink.posts}) == 1
    assert Outcome.objects.filter(result="deferred").count() == 2 + HASTE.attempts - 1


def test_a_relay_that_is_down_loses_nothing(sink: Ends, monkeypatch: pytest.MonkeyPatch) -> None:
    stories.journalist("esra@gazette.example")
    monkeypatch.setattr(settings, "DATELINE_SMTP_URL", "smtp://127.0.0.1:1")
    with delivering():
        filed = stories.released()
        until(Retry.objects.exists)
    assert account(filed).total.retrying == 1
    monkeypatch.setattr(settings, "DATELINE_SMTP_URL", sink.smtp_url)
    with delivering():
        until(settled)
    assert account(filed).total.delivered == 1


def test_a_redirect_is_a_failure_and_410_ends(sink: Ends) -> None:
    stories.outlet("Moved", sink.hook("moved"))
    gone = stories.outlet("Gone", sink.hook("gone"))
    sink.hook_says["moved"] = [{"status": 307, "headers": {"Location": sink.hook("elsewhere")}}]
    sink.hook_says["gone"] = [{"status": 410}]
    with delivering():
        filed = stories.released()
        until(settled)
        stories.released()
        until(settled)
    assert {row.recipient: row.state for row in account(filed).receipts} == {"Moved": "failed", "Gone": "failed"}
    assert sink.posts_to("elsewhere") == []
    assert len(sink.posts_to("gone")) == 1
    assert len(sink.posts_to("moved")) == 2
    gone.refresh_from_db()
    assert (gone.state, gone.ended_why) == ("ended", "HTTP 410")


def test_who_has_left_is_listed_when_a_story_that_reached_him_is_taken_back(sink: Ends) -> None:
    there = stories.journalist("esra@gazette.example")
    with delivering():
        filed = stories.released()
        until(settled)
        endpoints.end(there, "unsubscribed")
        stories.withdrawn(filed)
        until(settled)
    assert len(sink.mails) == 1
    last = account(filed).receipts[-1]
    assert (last.signal, last.state, last.evidence, last.attempts) == ("withdrawal", "failed", "unsubscribed", 0)


def test_a_slow_outlet_starves_nobody_and_never_gets_more_at_once_than_it_takes(sink: Ends) -> None:
    stories.outlet("Tarpit", sink.hook("tarpit"))
    for number in range(20):
        stories.outlet(f"Outlet {number}", sink.hook(f"outlet-{number}"))
    sink.slow["tarpit"] = 0.8
    with delivering():
        for _ in range(5):
            stories.released()
        until(lambda: len(sink.posts) >= 100, 5)
        assert len(sink.posts_to("tarpit")) < 5
        assert sink.most_at_once["tarpit"] <= 2
        until(settled, 20)
    assert len(sink.posts_to("tarpit")) == 5


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

    assert outcomes.record([delivered_by(slow)]) == 1
    assert outcomes.record([delivered_by(successor)]) == 0
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


def test_the_secret_of_a_webhook_is_sealed() -> None:
    made = stories.outlet("Gazette", "http://127.0.0.1:9/gazette")
    secret = endpoints.secret_of(made)
    assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 32
    assert secret.encode() not in bytes(made.secret)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://news.example/hook", "bad-address"),
        ("ftp://news.example/hook", "bad-address"),
        ("https://", "bad-address"),
        ("https://news.example:99999/", "bad-address"),
        ("https://user:word@192.0.2.1/", "bad-address"),
        ("https://127.0.0.1/hook", "own-network"),
        ("https://[::1]/hook", "own-network"),
        ("https://169.254.169.254/latest/meta-data", "own-network"),
        ("https://[::ffff:10.0.0.1]/", "own-network"),
        ("https://2130706433/", "own-network"),
        ("https://localhost/hook", "own-network"),
        ("https://nowhere.invalid/hook", "unknown-host"),
    ],
)
def test_an_address_on_the_own_network_is_refused(url: str, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "DATELINE_PRIVATE_WEBHOOKS", False)
    with pytest.raises(BadInput) as refused:
        stories.outlet("Gazette", url)
    assert refused.value.faults[0].code == code


@pytest.mark.parametrize("address", ["nobody", "a@b", "a@b.example\r\nBcc: c@d.example", "ä@b.example"])
def test_what_is_no_mail_address_is_refused(address: str) -> None:
    with pytest.raises(BadInput):
        stories.journalist(address)


async def test_a_name_that_leads_home_only_later_is_refused_at_the_connection(sink: Ends) -> None:
    channel = Channel(settings.DATELINE_WIRE, private=False, timeout=aiohttp.ClientTimeout(total=5))
    send = channel.prepare(some_entry(), "en")
    for host in ("localhost", "127.0.0.1"):
        answer = await send(to(f"http://{host}:{sink.http_port}/gazette"))
        assert answer.meaning is Meaning.NEVER
        assert "own network" in answer.evidence
    await channel.close()
    assert sink.posts == []


async def test_who_does_not_answer_in_time_is_tried_again(sink: Ends) -> None:
    sink.slow["tarpit"] = 1.0
    channel = Channel(settings.DATELINE_WIRE, private=True, timeout=aiohttp.ClientTimeout(total=0.2))
    send = channel.prepare(some_entry(), "en")
    assert (await send(to(sink.hook("tarpit")))).meaning is Meaning.AGAIN
    assert (await send(to("http://127.0.0.1:1/"))).meaning is Meaning.AGAIN
    await channel.close()
