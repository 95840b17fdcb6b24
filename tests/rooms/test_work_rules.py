"""The rules on the subscriber's page: as fields and as one line, what they would have sent, and why."""

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from dateline.people.models import User
from dateline.people.roles import Role
from dateline.routing import profiles
from dateline.routing.models import Rule, Subscriber
from tests.rooms import stories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_head")]


@pytest.fixture
def esra() -> Subscriber:
    person = User.objects.create_user("esra@gazette.example", "a long password", name="Esra", role=Role.SUBSCRIBER)
    return Subscriber.objects.create(kind="journalist", name="Esra", user=person, languages=["en"])


def page(of: Subscriber) -> Client:
    client = Client()
    assert of.user is not None
    client.force_login(of.user)
    return client


def previewed(of: Subscriber, **values: str) -> Any:
    return page(of).post("/work/subscription/preview", values)


def test_a_line_is_saved_and_the_fields_follow(esra: Subscriber) -> None:
    line = 'tide AND country:DE OR "as is"'
    answer = page(esra).post("/work/subscription", {"act": "query", "query": line})
    assert answer.status_code == 302
    assert [rule.document() for rule in Rule.objects.order_by("pk")] == [
        {"countries": ["DE"], "words": "tide"},
        {"words": '"as is"'},
    ]
    shown = page(esra).get("/work/subscription").content.decode()
    assert 'value="tide"' in shown
    assert "country:DE" in shown


def test_the_fields_write_the_line_and_count_what_it_would_have_sent(esra: Subscriber) -> None:
    stories.released(replace(stories.STORY, countries=("DE",)))
    told = previewed(esra, **{"0-countries": "de", "0-words": "tide"}).json()
    assert (told["matched"], told["rules"]) == (1, [{"countries": ["DE"], "words": "tide"}])
    assert previewed(esra, query=told["query"]).json()["rules"] == told["rules"]
    assert "1" in told["said"]
    assert previewed(esra, query="tide AND country:KR").json()["matched"] == 0


def test_a_fault_has_its_column_and_what_was_typed_comes_back(esra: Subscriber) -> None:
    profiles.set_rules(esra, [{"everything": True}])
    refused = previewed(esra, query="tide AND")
    assert refused.status_code == 422
    assert refused.json()["faults"][0]["where"].startswith("query:")
    again = page(esra).post("/work/subscription", {"act": "query", "query": "tide AND"})
    assert again.status_code == 422
    assert "tide AND" in again.content.decode()
    assert Rule.objects.get().everything


def test_why_is_said_of_the_newest_entries_that_may_be_read(esra: Subscriber) -> None:
    stories.released(replace(stories.STORY, countries=("DE",)))
    stories.released(replace(stories.STORY, audience=("media",)))
    profiles.set_rules(esra, [{"countries": ["KR"]}])
    shown = page(esra).get("/work/subscription").content.decode()
    assert "asks for country <bdi>KR</bdi>; the entry has <bdi>DE</bdi>" in shown
    assert shown.count('class="why"') == 1


def test_only_a_subscriber_previews(esra: Subscriber) -> None:
    assert Client().post("/work/subscription/preview", {"query": "tide"}).status_code in {302, 401, 403}
    assert page(esra).get("/work/subscription/preview").status_code == 405
    editor = User.objects.create_user("ed@wire.example", "a long password", name="Ed", role=Role.EDITOR)
    client = Client()
    client.force_login(editor)
    assert client.post("/work/subscription/preview", {"query": "tide"}).status_code in {403, 404}
