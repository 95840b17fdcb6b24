"""The subscriber's own side: when and how much, what was sent and why, taking it all along, and being forgotten."""

import json

import pytest
from django.test import Client

from dateline.delivery import endpoints
from dateline.delivery.models import Endpoint, Outcome
from dateline.people.models import User
from dateline.people.roles import Role
from dateline.reports.report import report
from dateline.routing import profiles
from dateline.routing.models import Subscriber
from tests.rooms import stories
from tests.rooms.delivering import delivering, settled
from tests.rooms.ends import Ends, until
from tests.rooms.pages import select, texts, tree

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("witness_file")]
ADDRESS = "esra@gazette.example"


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
