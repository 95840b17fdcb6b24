"""The operator's page, with the worker: what is owed, why, and each act; and never a text that is not public."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client

from dateline.delivery.models import Hold, Shard
from dateline.people.models import User
from dateline.people.roles import Role
from dateline.words import clock
from tests.rooms import stories
from tests.rooms.delivering import delivering, settled
from tests.rooms.ends import Ends, until
from tests.rooms.pages import BROWSER, select, texts, tree

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("witness_file")]
PAGE = "/work/operator"


@pytest.fixture
def operator() -> Client:
    User.objects.create_user("op@wire.example", "a long password", name="Ola Berg", role=Role.OPERATOR)
    client = Client(headers=BROWSER)
    assert client.login(username="op@wire.example", password="a long password")
    return client


def test_an_operator_stops_a_channel_and_lets_it_go_on(operator: Client, sink: Ends) -> None:
    stories.outlet("Gazette", sink.hook("gazette"))
    assert "Nothing is owed." in operator.get(PAGE).content.decode()
    operator.post(PAGE, {"act": "pause", "channel": "webhook"})
    with delivering():
        stories.released()
        until(Shard.objects.exists)
        shown = tree(operator.get(f"{PAGE}/now"))
        *cells, held = texts(shown, "table[id=lanes] tbody td")
        assert cells[:3] == ["Webhook", "", "1"]
        assert "Paused Ola Berg" in held
        told = tree(operator.post(PAGE, {"act": "why", "seq": "1", "who": "Gazette"}))
        assert texts(told, "section[id=told] p") == ["Owed, and paused by Ola Berg."]
        assert sink.posts == []
        operator.post(PAGE, {"act": "resume", "channel": "webhook"})
        until(settled)
    assert len(sink.posts) == 1
    shown = tree(operator.get(f"{PAGE}/now"))
    assert texts(shown, "table[id=lanes] tbody td") == ["Webhook", "", "0", "", "1", "0", "0", "0", "Pause"]


def test_calling_off_is_asked_once_more_and_can_be_undone(operator: Client, sink: Ends) -> None:
    gazette = stories.outlet("Gazette", sink.hook("gazette"))
    Hold.objects.create(channel="webhook", lane="", by="Ola Berg", at=clock.now())
    with delivering():
        stories.released()
        until(Shard.objects.exists)
    asked = operator.post(PAGE, {"act": "cancel", "seq": "1"})
    assert Shard.objects.get().left == 1
    fields = {each.get("name"): each.get("value") for each in select(tree(asked), "main input")}
    told = operator.post(PAGE, {**fields, "act": "cancel"}, follow=True)
    assert "Called off for: 1" in told.content.decode()
    assert Shard.objects.get().left == 0
    assert "Owed again to: 1" in operator.post(PAGE, {"act": "resend", "seq": "1"}, follow=True).content.decode()
    Hold.objects.all().delete()
    with delivering():
        until(settled)
    assert len(sink.posts) == 1
    # To one, whatever he has.
    operator.post(PAGE, {"act": "resend", "seq": "1", "who": gazette.name})
    with delivering():
        until(settled)
    assert len(sink.posts) == 2


def test_what_the_operator_asks_amiss_is_said_on_the_page(operator: Client) -> None:
    amiss = [
        ({"act": "why", "seq": "1", "who": "Nobody"}, 404, "There is no endpoint"),
        ({"act": "cancel", "sure": "on", "seq": "9"}, 404, "Nobody was owed entry 9"),
        ({"act": "resend", "seq": "eleven"}, 422, "no entry"),
        ({"act": "pause", "channel": "pigeon"}, 422, "no channel"),
        ({"act": "pause", "channel": "email", "lane": "a" * 300}, 422, "longer than 255"),
        ({"act": "resume", "channel": "email", "lane": "a\x00b"}, 422, "a NUL"),
        ({"act": "why", "seq": "1", "who": "a\x00b"}, 422, "a NUL"),
        ({"act": "dance"}, 422, "no such act"),
    ]
    for sent, status, told in amiss:
        answer = operator.post(PAGE, sent)
        assert answer.status_code == status
        (fault,) = texts(tree(answer), ".errors li")
        assert told in fault


def test_only_what_anybody_may_read_has_its_headline_there(operator: Client) -> None:
    stories.outlet("Gazette", "https://gazette.example/hook", groups=["media"])
    hidden = replace(stories.STORY.renditions[0], headline="For the media alone")
    Hold.objects.create(channel="webhook", lane="", by="Ola Berg", at=clock.now())
    with delivering():
        stories.released()
        stories.released(replace(stories.STORY, renditions=(hidden,), audience=("media",)))
        until(lambda: Shard.objects.count() == 2)
    shown = operator.get(PAGE).content.decode()
    assert "Tide turns" in shown
    assert "For the media alone" not in shown


def test_the_page_says_that_it_is_late_and_who_has_not_acknowledged(operator: Client, sink: Ends) -> None:
    stories.outlet("Gazette", sink.hook("gazette"))
    esra = stories.journalist("esra@gazette.example")
    with delivering():
        filed = stories.released()
        until(settled)
        assert select(tree(operator.get(PAGE)), "p[id=late][hidden]")
        stories.withdrawn(filed)
        until(settled)
    cells = texts(tree(operator.get(PAGE)), "section[id=withdrawals] tbody td")
    assert cells == ["2", "Withdrawal", "0/2", f"Gazette {esra.subscriber.shown_as}"]
    assert "Esra" not in cells[-1]
    Shard.objects.filter(seq=1).update(state="open", left=1, due_at=clock.now() - timedelta(minutes=2))
    page = tree(operator.get(PAGE))
    assert not select(page, "p[id=late][hidden]")
    assert texts(page, "p[id=late]") == ["Deliveries are overdue by more than a minute."]


def test_its_forms_need_their_token(operator: Client) -> None:
    strict = Client(enforce_csrf_checks=True, headers=BROWSER)
    assert strict.login(username="op@wire.example", password="a long password")
    assert strict.post(PAGE, {"act": "pause", "channel": "webhook"}, headers={"origin": "null"}).status_code == 403
    assert not Hold.objects.exists()
