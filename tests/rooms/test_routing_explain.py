"""Why somebody gets an entry, and what rules would have matched: through the API, over a real log."""

import json
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from dateline.people import tokens
from dateline.people.models import User
from dateline.people.roles import Role
from dateline.routing import profiles
from dateline.routing.models import Subscriber
from dateline.words import clock
from tests.rooms import stories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_head")]


@pytest.fixture
def esra() -> Subscriber:
    person = User.objects.create_user("esra@gazette.example", "a long password", name="Esra", role=Role.SUBSCRIBER)
    return Subscriber.objects.create(kind="journalist", name="Esra", user=person, languages=["de", "en"])


def token(role: Role, **values: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens.new(role, now=clock.now(), **values)}"}


def mine(of: Subscriber) -> dict[str, str]:
    return token(Role.SUBSCRIBER, user=of.user)


def post(path: str, headers: dict[str, str], **body: Any) -> Any:
    return Client().post(f"/api/v1{path}", json.dumps(body), content_type="application/json", headers=headers)


def explain(seq: int, headers: dict[str, str], subscriber: str = "") -> Any:
    return Client().get(f"/api/v1/wire/{seq}/explain?subscriber={subscriber}", headers=headers)


def test_it_says_which_rule_fits_and_what_failed_in_the_others(esra: Subscriber) -> None:
    stories.released(replace(stories.STORY, countries=("DE", "FR")))
    profiles.set_rules(
        esra, [{"countries": ["KR"]}, {"refused": {"country": ["DE"]}}, {"words": "tide"}, {"words": "merger"}]
    )
    told = explain(1, mine(esra)).json()
    assert (told["gets"], told["language"]) == (True, "de")
    korea, german, tide, merger = told["rules"]
    assert korea["failed"] == [{"attribute": "country", "said": "asks for country KR; the entry has DE, FR"}]
    assert german["failed"][0]["said"] == "refuses country DE, which the entry has"
    assert (tide["matches"], tide["failed"]) == (True, [])
    assert merger["failed"][0]["attribute"] == "words"
    profiles.set_rules(esra, [{"countries": ["KR"]}])
    assert explain(1, mine(esra)).json()["why"] == "No rule fits."
    esra.paused = True
    esra.save()
    assert explain(1, mine(esra)).json()["why"] == "The subscription is paused."


def test_the_desk_may_ask_about_anybody_and_nobody_else_may(esra: Subscriber) -> None:
    stories.released()
    profiles.set_rules(esra, [{"everything": True}])
    for name in (str(esra.pk), esra.pseudonym):
        assert explain(1, token(Role.EDITOR), name).json()["gets"] is True
        assert explain(1, token(Role.OPERATOR), name).json()["gets"] is True
        assert explain(1, token(Role.ISSUER_AUTHOR), name).status_code == 404
    other = User.objects.create_user("ada@gazette.example", "a long password", name="Ada", role=Role.SUBSCRIBER)
    assert explain(1, token(Role.SUBSCRIBER, user=other), str(esra.pk)).status_code == 404
    assert explain(9, mine(esra)).status_code == 404
    assert explain(1, token(Role.EDITOR), "nobody").status_code == 404


def test_what_is_for_the_media_is_explained_to_nobody_else(esra: Subscriber) -> None:
    stories.released(replace(stories.STORY, audience=("media",)))
    profiles.set_rules(esra, [{"everything": True}])
    assert explain(1, mine(esra)).status_code == 404
    esra.groups = ["media"]
    esra.save()
    assert explain(1, token(Role.EDITOR), str(esra.pk)).json()["gets"] is True


def test_a_preview_counts_releases_not_entries_and_none_that_was_withdrawn(esra: Subscriber) -> None:
    first = stories.released()
    stories.corrected(first, stories.CORRECTED)
    stories.released(replace(stories.STORY, countries=("KR",), audience=("media",)))
    gone = stories.released(replace(stories.STORY, countries=("KR",)))
    stories.withdrawn(gone)
    told = post("/rules/preview", mine(esra), query="tide OR country:KR").json()
    assert (told["matched"], told["looked"]) == (1, 4)
    assert [each["guid"] for each in told["releases"]] == [told["releases"][0]["guid"]]
    assert told["rules"] == [{"words": "tide"}, {"countries": ["KR"]}]
    assert post("/rules/preview", mine(esra), rules=told["rules"]).json()["query"] == told["query"]


@pytest.mark.parametrize("query", ["merger AND", '"open', "(", "NEAR/3", "x" * 100_000, "(" * 10_000, "*", "-"])
def test_a_query_that_cannot_be_read_says_at_which_column(esra: Subscriber, query: str) -> None:
    answer = post("/rules/preview", mine(esra), query=query)
    assert answer.status_code == 422
    fault = answer.json()["errors"][0]
    assert fault["where"].startswith("query:")
    assert fault["mend"]


def test_a_subscription_is_set_by_a_query_and_told_as_one(esra: Subscriber) -> None:
    body = json.dumps({"languages": ["de"], "query": '("as is" OR tide NEAR/2 power) AND country:DE'})
    answer = Client().put("/api/v1/subscription", body, content_type="application/json", headers=mine(esra))
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert told["rules"][0]["countries"] == ["DE"]
    again = json.dumps({"query": told["query"]})
    answer = Client().put("/api/v1/subscription", again, content_type="application/json", headers=mine(esra))
    assert answer.json()["rules"] == told["rules"]
    both = json.dumps({"query": "tide", "rules": [{"everything": True}]})
    answer = Client().put("/api/v1/subscription", both, content_type="application/json", headers=mine(esra))
    assert answer.status_code == 422
