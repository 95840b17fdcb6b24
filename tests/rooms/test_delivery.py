"""From the log to the last recipient, over a real mail server and a real webhook receiver."""

import json
import re
from dataclasses import replace

import pytest
from django.conf import settings
from standardwebhooks.webhooks import Webhook

from dateline.delivery import endpoints, unsubscribe
from dateline.delivery.deciding import Patience
from dateline.delivery.models import Endpoint, Outcome, Retry
from dateline.words.errors import NotFound
from tests.rooms import stories
from tests.rooms.delivering import HASTE, account, delivering, settled
from tests.rooms.ends import OK, Ends, until
from tests.rooms.stories import CORRECTED

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("witness_file")]


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
    assert re.search(r'<div class="story" lang="ar" dir="rtl" style="[^"]*direction:rtl', html)
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
    sink.hook_says["busy"] = [{"status": 503}]
    sink.slow["slow"] = 1.0
    with delivering(Patience(first=60)):
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


def test_retries_end_and_the_last_word_is_kept(sink: Ends) -> None:
    stories.journalist("greylisted@gazette.example")
    stories.journalist("unknown@gazette.example")
    stories.outlet("Broken", sink.hook("broken"))
    sink.mail_says["greylisted@gazette.example"] = ["450 4.2.0 The mailbox is locked"] * 2
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
    assert (last.signal, last.state, last.evidence, last.attempts) == ("withdrawal", "declined", "unsubscribed", 0)


def test_a_slow_outlet_starves_nobody_and_never_gets_more_at_once_than_it_takes(sink: Ends) -> None:
    stories.outlet("Tarpit", sink.hook("tarpit"))
    for number in range(20):
        stories.outlet(f"Outlet {number}", sink.hook(f"outlet-{number}"))
    sink.slow["tarpit"] = 0.8
    with delivering():
        for _ in range(5):
            stories.released()
        until(lambda: len(sink.posts) >= 100)
        assert len(sink.posts_to("tarpit")) < 5
        assert sink.most_at_once["tarpit"] <= 2
        until(settled)
    assert len(sink.posts_to("tarpit")) == 5


def test_a_withdrawal_waits_for_no_request_that_hangs_not_even_at_the_same_outlet(sink: Ends) -> None:
    stories.outlet("Tarpit", sink.hook("tarpit"))
    with delivering():
        gone = stories.released()
        until(settled)
        sink.slow["tarpit"] = 5.0
        for _ in range(3):
            stories.released()
        until(lambda: sink.at_once["tarpit"] == 2)
        sink.slow["tarpit"] = 0.0
        stories.withdrawn(gone)
        until(lambda: len(sink.posts) > 1)
        assert [post.headers["dateline-signal"] for post in sink.posts] == ["release", "withdrawal"]
        until(settled)


def test_who_asks_us_to_wait_is_left_alone_by_later_stories_too(sink: Ends) -> None:
    stories.outlet("Busy", sink.hook("busy"))
    sink.hook_says["busy"] = [{"status": 429, "headers": {"Retry-After": "2"}}]
    with delivering():
        stories.released()
        until(lambda: Retry.objects.count() == 1)
        stories.released()
        until(lambda: Retry.objects.count() == 2)
        assert len(sink.posts) == 1
        until(settled)
    assert [post.headers["dateline-seq"] for post in sink.posts] == ["1", "1", "2"]
    assert Outcome.objects.count() == 3
    assert not Retry.objects.exists()
