"""The subscriber's own side: when and how much, what was sent and why, taking it all along, and being forgotten."""

import json
import re

import pytest
from django.test import Client
from lxml import html

from dateline.delivery import barring, endpoints, letters, suppression
from dateline.delivery.deciding import Meaning
from dateline.delivery.models import Endpoint, Letter, Outcome, Suppression
from dateline.people.models import User
from dateline.people.roles import Role
from dateline.reports.report import report
from dateline.routing import profiles
from dateline.routing.models import Subscriber
from dateline.words import clock
from dateline.words.errors import BadInput
from tests.rooms import stories
from tests.rooms.delivering import delivering, settled
from tests.rooms.ends import Ends, until
from tests.rooms.pages import select, texts, tree
from tests.rooms.subscribed import Reading

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("witness_file")]
ADDRESS = "esra@gazette.example"
REASONS = "section[id=endpoints] p.hint, section[id=data] p"


@pytest.fixture
def esra() -> Subscriber:
    person = User.objects.create_user(ADDRESS, "a long password", name="Esra Aydin", role=Role.SUBSCRIBER)
    made = Subscriber.objects.create(kind="journalist", name="Esra Aydin", user=person, address_from="a fair in 2025")
    profiles.set_rules(made, [{"everything": True}])
    endpoints.add(made, "email", ADDRESS, came_from="a card that she gave us")
    return made


@pytest.fixture
def page(esra: Subscriber) -> Client:
    client = Client()
    assert esra.user is not None
    client.force_login(esra.user)
    return client


def sent_one(sink: Ends) -> None:
    with delivering():
        stories.released()
        until(settled)
    assert sink.mails_to(ADDRESS)


def test_one_sees_what_was_sent_and_why_and_where_the_address_came_from(page: Client, sink: Ends) -> None:
    sent_one(sink)
    shown = tree(page.get("/work/subscription"))
    [line] = texts(shown, "section[id=sent] details")
    assert "Delivered" in line
    assert "everything" in line
    assert "a card that she gave us" in " ".join(texts(shown, "section[id=endpoints] li"))
    assert "a fair in 2025" in " ".join(texts(shown, "section[id=data]"))


def test_what_one_does_not_want_is_no_failure_on_ones_page_nor_in_the_report(page: Client, sink: Ends) -> None:
    name = Endpoint.objects.get().name
    page.post("/work/subscription", {"act": "wishes", "name": name, "cap": "1"})
    sent_one(sink)
    with delivering():
        filed = stories.released()
        until(settled)
    [badge, other] = select(tree(page.get("/work/subscription")), "section[id=sent] span.badge")
    assert (badge.text, badge.get("class"), other.text) == ("Not wanted", "badge quiet", "Delivered")
    assert len(sink.mails_to(ADDRESS)) == 1
    told = report(stories.CHIEF, filed.release_id)
    assert {name: count for name, count in told["totals"].items() if count} == {"owed": 1, "declined": 1}
    User.objects.create_user("duc@wire.example", "a long password", name="Duc", role=Role.EDITOR)
    desk = Client()
    assert desk.login(username="duc@wire.example", password="a long password")
    shown = tree(desk.get(f"/work/report/{filed.release_id}"))
    assert "Not wanted1" in texts(shown, "dl.figures div")
    assert texts(shown, "td span.badge") == ["Not wanted"]


def test_what_is_paused_gets_nothing_new_until_it_goes_on(esra: Subscriber, page: Client, sink: Ends) -> None:
    name = Endpoint.objects.get().name
    page.post("/work/subscription", {"act": "pause", "name": name})
    with delivering():
        stories.released()
        until(settled)
        page.post("/work/subscription", {"act": "resume", "name": name})
        stories.released()
        until(settled)
    assert len(sink.mails_to(ADDRESS)) == 1


def test_hours_that_are_none_are_named_and_good_ones_kept(page: Client) -> None:
    name = Endpoint.objects.get().name
    wrong = page.post("/work/subscription", {"act": "wishes", "name": name, "quiet": "late", "zone": "Asia/Seoul"})
    assert wrong.status_code == 422
    assert b"late" in wrong.content
    right = {"act": "wishes", "name": name, "quiet": "22:00-07:00", "zone": "Asia/Seoul", "cap": "9"}
    assert page.post("/work/subscription", right).status_code == 302
    assert Endpoint.objects.get().wishes == {"quiet": "22:00-07:00", "zone": "Asia/Seoul", "cap": "9"}


def test_the_export_holds_everything_and_no_secret(esra: Subscriber, page: Client, sink: Ends) -> None:
    hook = endpoints.add(esra, "webhook", sink.hook("esra"))
    sent_one(sink)
    answer = page.get("/work/subscription/export")
    assert "attachment" in answer["Content-Disposition"]
    told = json.loads(answer.content)
    assert told["subscriber"]["name"] == "Esra Aydin"
    assert {each["result"] for each in told["sent"]} == {"delivered"}
    assert len(told["sent"]) == len(told["endpoints"]) == 2
    assert endpoints.secret_of(hook) not in answer.content.decode()


def test_who_is_forgotten_can_be_found_nowhere_and_the_ledger_still_adds_up(
    esra: Subscriber, page: Client, sink: Ends
) -> None:
    sink.mail_says[ADDRESS] = [f"250 ok <{ADDRESS}>"]
    with delivering():
        stories.released()
        until(settled)
    assert page.post("/work/subscription/forget").status_code == 302
    assert Endpoint.objects.get().address == ADDRESS
    assert page.post("/work/subscription/forget", {"sure": "on"}).status_code == 200
    assert page.get("/work/subscription").status_code == 302
    for model in (Endpoint, Outcome, Subscriber, User):
        for row in model.objects.values_list():
            assert "esra" not in str(row).lower()
    assert Outcome.objects.get().result == "delivered"
    with delivering():
        stories.released()
        until(settled)
    assert Outcome.objects.count() == 1


def test_languages_are_chosen_in_their_order_and_each_once(esra: Subscriber, page: Client) -> None:
    page.post("/work/subscription", {"act": "profile", "languages": ["ar", "", "en", "ar"]})
    esra.refresh_from_db()
    assert esra.languages == ["ar", "en"]
    chosen = select(tree(page.get("/work/subscription")), "section[id=how] option[selected]")
    assert [each.get("value") for each in chosen] == ["ar", "en"]


def test_what_was_ended_by_mistake_is_taken_up_again_and_what_others_ended_is_not(page: Client) -> None:
    there = Endpoint.objects.get()
    page.post("/work/subscription", {"act": "end", "name": there.name})
    assert texts(tree(page.get("/work/subscription")), "details.ended button") == ["Take it up again"]
    page.post("/work/subscription", {"act": "take-up", "name": there.name})
    there.refresh_from_db()
    assert (there.state, there.ended_why) == (Endpoint.State.ACTIVE, "")
    for why in ("HTTP 410 Gone", barring.UNSUBSCRIBED, barring.UNCONFIRMED):
        endpoints.end(there, why)
        assert not texts(tree(page.get("/work/subscription")), "details.ended button")
        assert page.post("/work/subscription", {"act": "take-up", "name": there.name}).status_code == 409


def test_what_nobody_confirmed_is_not_made_active_by_ending_it(esra: Subscriber, page: Client) -> None:
    page.post("/work/subscription", {"act": "add", "channel": "email", "address": "victim@gazette.example"})
    added = Endpoint.objects.latest("pk")
    page.post("/work/subscription", {"act": "end", "name": added.name})
    page.post("/work/subscription", {"act": "take-up", "name": added.name})
    added.refresh_from_db()
    assert added.state == Endpoint.State.ENDED
    page.post("/work/subscription", {"act": "add", "channel": "email", "address": ADDRESS})
    assert Endpoint.objects.filter(subscriber=esra, address=ADDRESS).count() == 1


def test_one_objects_once_and_keeps_the_account(esra: Subscriber, page: Client) -> None:
    other = Subscriber.objects.create(kind="journalist", name="A list that somebody bought")
    listed = endpoints.add(other, "email", ADDRESS.upper())
    page.post("/work/subscription", {"act": "object", "sure": "on"})
    assert "Nothing is sent to this address." in " ".join(texts(tree(page.get("/work/subscription")), ".endpoints li"))
    listed.refresh_from_db()
    barred = listed.barred(clock.now())
    assert barred is not None
    assert barred.meaning is Meaning.DECLINED
    with pytest.raises(BadInput, match="wants no mail from this wire"):
        endpoints.add(Subscriber.objects.create(kind="journalist", name="Another"), "email", ADDRESS)


@pytest.mark.parametrize("ended", [False, True])
def test_nobody_objects_for_another_and_sees_or_deletes_no_mail_of_his(
    esra: Subscriber, page: Client, ended: bool
) -> None:
    """Anybody may type anybody's address; until its reader confirms it, nothing follows from that for him."""
    victim = stories.journalist("victim@gazette.example")
    owed = letters.post(victim.address, "en", "digest", {"endpoint": victim.name}, clock.now())
    page.post("/work/subscription", {"act": "add", "channel": "email", "address": victim.address})
    if ended:
        page.post("/work/subscription", {"act": "end", "name": Endpoint.objects.latest("pk").name})
    told = json.loads(page.get("/work/subscription/export").content)
    assert [each["kind"] for each in told["letters"]] == ["confirm"]
    page.post("/work/subscription/forget", {"sure": "on", "never": "on"})
    victim.refresh_from_db()
    assert victim.barred(clock.now()) is None
    assert list(Letter.objects.all()) == [owed]
    assert suppression.of(ADDRESS, clock.now()) is not None


def test_a_browser_that_asked_says_where_its_address_came_from(page: Client) -> None:
    given = {"address": "https://127.0.0.1/push", **Reading().options, "actions": ["mute"]}
    assert page.post("/work/subscription/browser", given).status_code == 201
    assert "by Esra Aydin" in Endpoint.objects.get(channel="push").came_from


def test_an_arabic_reader_is_told_in_arabic_and_the_other_end_in_its_own_words(
    esra: Subscriber, page: Client, sink: Ends
) -> None:
    hook, paper = endpoints.add(esra, "webhook", sink.hook("esra")), Endpoint.objects.get(channel="email")
    sink.hook_says["esra"] = [{"status": 404, "text": "Moved away"}]
    profiles.set_rules(esra, [{"everything": True}, {"countries": ["KR"], "refused": {"language": ["de", "en"]}}])
    endpoints.wish(paper, {"cap": "1"}, clock.now())
    sent_one(sink)
    with delivering():
        stories.released()
        until(settled)
    suppression.suppress(ADDRESS, Suppression.Reason.OBJECTION, "said when it was asked", clock.now())
    page.post("/work/subscription", {"act": "add", "channel": "email", "address": "second@gazette.example"})
    page.post("/work/subscription", {"act": "end", "name": Endpoint.objects.latest("pk").name})
    endpoints.end_own(hook)
    User.objects.update(language="ar")
    told = "".join(page.get(path).content.decode() for path in _pages_of(hook))
    for english in ("A rule fits", "asks for", "refuses", "cap of", "objection", "ended by", "given on"):
        assert english not in told
    for value in ("KR", "HTTP 404 Moved away", "a card that she gave us", "Esra Aydin"):
        assert value in told
    shown = [tree(page.get(path)) for path in _pages_of(hook)]
    said = " ".join(_ours(each) for document in shown for each in select(document, f"{REASONS}, details.why p"))
    assert set(re.findall("[A-Za-z]+", said)) <= {"API", "UTC", "Webhook"}


def _pages_of(hook: Endpoint) -> list[str]:
    return ["/work/subscription", f"/work/subscription/endpoint/{hook.name}"]


def _ours(shown: html.HtmlElement) -> str:
    """What the page itself says there: values are isolated, rules and requests are code."""
    for each in select(shown, "bdi, code"):
        each.drop_tree()
    return shown.text_content()
