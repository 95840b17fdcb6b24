"""Notices in this browser: turned on by the page, acted on with one tap, undone on the page again."""

import pytest
from django.test import Client

from dateline.delivery import tapping, vapid
from dateline.delivery.models import Endpoint
from dateline.people.models import User
from dateline.people.roles import Role
from dateline.routing.models import Subscriber
from dateline.vault import keys
from tests.rooms.pages import BROWSER, select, texts, tree
from tests.rooms.subscribed import Reading

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_head")]
GUID = "tag:wire.example,2026:k3"


@pytest.fixture
def esra() -> Client:
    """A subscriber at her browser."""
    person = User.objects.create_user("esra@gazette.example", "a long password", name="Esra", role=Role.SUBSCRIBER)
    Subscriber.objects.create(kind="journalist", name="Esra", user=person, languages=["en"])
    client = Client(headers=BROWSER)
    client.force_login(person)
    return client


def added(esra: Client, **changed: object) -> str:
    """Where its taps are posted."""
    given = {"address": "http://127.0.0.1:9/esra", "actions": ["read", "mute"], **Reading().options, **changed}
    answer = esra.post("/work/subscription/browser", given)
    assert answer.status_code == 201
    return str(answer.json()["act"])


def test_the_page_gives_the_key_that_notices_are_signed_with(esra: Client) -> None:
    page = tree(esra.get("/work/subscription"))
    (form,) = select(page, "form[id=push]")
    assert form.get("data-key") == vapid.public(keys.named(vapid.KEY))
    assert form.get("hidden") is not None, "without the script there is nothing to press"
    assert "push" not in {each.get("value") for each in select(page, "select[name=channel] option")}


def test_a_browser_is_added_once_and_with_keys_only(esra: Client) -> None:
    act = added(esra)
    (row,) = Endpoint.objects.all()
    assert row.options["actions"] == "read mute"
    assert act == f"/push/{tapping.token(row)}"
    again = esra.post("/work/subscription/browser", {"address": row.address, **row.options})
    assert (again.status_code, again.json()["faults"][0]["code"]) == (409, "known-endpoint")
    bare = esra.post("/work/subscription/browser", {"address": "http://127.0.0.1:9/other"})
    assert (bare.status_code, bare.json()["faults"][0]["where"]) == (422, "/options/p256dh")


def test_a_tap_needs_no_sign_in_no_cookie_and_leads_nowhere_and_the_page_undoes_it(esra: Client) -> None:
    act, anybody = added(esra), Client(enforce_csrf_checks=True, headers=BROWSER)
    for given in ({"act": "mute", "guid": GUID}, {"act": "pause"}):
        answer = anybody.post(act, given)
        assert (answer.status_code, answer.content, bool(answer.cookies)) == (204, b"", False)
    (row,) = Endpoint.objects.all()
    assert row.options["muted"] == GUID
    assert row.state == Endpoint.State.ACTIVE
    shown = tree(esra.get("/work/subscription"))
    assert texts(shown, "span.badge.warn") == ["Paused", "Stories muted: 1"]
    assert esra.post("/work/subscription", {"act": "undo", "name": row.name}).status_code == 302
    row.refresh_from_db()
    assert {"muted", "paused_until"}.isdisjoint(row.options)
    assert row.options["auth"]
    assert texts(tree(esra.get("/work/subscription")), "span.badge.warn") == []


def test_what_is_no_tap_is_refused(esra: Client) -> None:
    act, anybody = added(esra), Client(headers=BROWSER)
    assert anybody.get(act).status_code == 405
    assert anybody.post(act, {"act": "end"}).status_code == 422
    assert anybody.post(act[:-2] + "xx", {"act": "pause"}).status_code == 404
    assert anybody.post(act, {"act": "mute", "guid": "a b"}).status_code == 422
    (row,) = Endpoint.objects.all()
    assert {"muted", "paused_until"}.isdisjoint(row.options)


def test_nobody_undoes_what_is_anothers(esra: Client) -> None:
    added(esra)
    (row,) = Endpoint.objects.all()
    other = User.objects.create_user("max@gazette.example", "a long password", name="Max", role=Role.SUBSCRIBER)
    client = Client(headers=BROWSER)
    client.force_login(other)
    assert client.post("/work/subscription", {"act": "undo", "name": row.name}).status_code == 404


def test_the_worker_stands_at_the_root_and_loads_nothing_from_elsewhere(client: Client) -> None:
    answer = client.get("/push-worker.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Content-Security-Policy"].startswith("default-src 'none'; connect-src 'self'")
    assert answer["Cache-Control"] == "no-cache"
    assert b"notificationclick" in answer.content
