"""What the owner of a webhook needs: new secrets, a test, the log of attempts, and what was missed."""

import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client, override_settings
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from dateline.delivery import endpoints, rotation
from dateline.delivery.models import Endpoint, Outcome
from dateline.people import tokens
from dateline.people.models import User
from dateline.people.roles import Role
from dateline.words import clock
from dateline.words.errors import BadInput, Conflict
from tests.rooms import stories
from tests.rooms.delivering import delivering, settled
from tests.rooms.ends import Ends, until
from tests.rooms.pages import texts, tree

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("witness_file")]


def test_after_a_rotation_both_secrets_verify_for_a_day_and_then_only_the_new_one(sink: Ends) -> None:
    hook = stories.outlet("Gazette", sink.hook("gazette"))
    old, now = endpoints.secret_of(hook), clock.now()
    middle = rotation.rotate(hook, now - rotation.OVERLAP)
    new = rotation.rotate(hook, now)
    assert len({old, middle, new}) == 3
    with delivering():
        stories.released()
        until(settled)
    (post,) = sink.posts_to("gazette")
    first, second = post.headers["webhook-signature"].split(" ")
    for secret in (new, middle):
        Webhook(secret).verify(post.body, post.headers)
    Webhook(new).verify(post.body, {**post.headers, "webhook-signature": first})
    Webhook(middle).verify(post.body, {**post.headers, "webhook-signature": second})
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(post.body, post.headers)


def test_who_rotates_often_keeps_few_secrets_and_only_a_webhook_rotates() -> None:
    hook, now = stories.outlet("Gazette", "https://127.0.0.1/hook"), clock.now()
    made = [rotation.rotate(hook, now + timedelta(minutes=number)) for number in range(6)]
    hook.refresh_from_db()
    kept = endpoints.secret_of(hook).split(" ")
    assert [each.partition("@")[0] for each in kept] == made[:1:-1]
    with pytest.raises(BadInput):
        rotation.rotate(stories.journalist("esra@gazette.example"), now)
    endpoints.end(hook, "ended by the subscriber")
    with pytest.raises(Conflict):
        rotation.rotate(Endpoint.objects.get(pk=hook.pk), now)


class Owner:
    """The owner of a webhook, at the API."""

    def __init__(self, hook: Endpoint) -> None:
        user = User.objects.create_user("esra@gazette.example", "a long password", name="Esra", role=Role.SUBSCRIBER)
        hook.subscriber.user = user
        hook.subscriber.save()
        token = tokens.new(Role.SUBSCRIBER, now=clock.now(), user=user)
        self.client = Client(headers={"Authorization": f"Bearer {token}"})
        self.address = f"/api/v1/subscription/endpoints/{hook.name}/"

    def post(self, act: str, status: int = 200, **body: object) -> Any:
        answer = self.client.post(self.address + act, json.dumps(body), content_type="application/json")
        assert answer.status_code == status, answer.content
        return answer.json()

    def attempts(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.client.get(f"{self.address}attempts").json()["attempts"]
        return found


def test_the_test_button_sends_a_signed_event_at_once_and_shows_the_answer(sink: Ends) -> None:
    hook = stories.outlet("Gazette", sink.hook("gazette"))
    sink.hook_says["gazette"] = [{"status": 503, "text": "We are painting."}]
    owner = Owner(hook)
    said = owner.post("test")
    assert (said["result"], said["evidence"]) == ("again", "HTTP 503 We are painting.")
    assert owner.post("test")["result"] == "delivered"
    first, second = sink.posts_to("gazette")
    assert Webhook(endpoints.secret_of(hook)).verify(first.body, first.headers)["type"] == "dateline-test"
    assert first.headers["webhook-id"] == said["message"] != second.headers["webhook-id"]
    with override_settings(DATELINE_PRIVATE_WEBHOOKS=False):
        refused = owner.post("test")
    assert (refused["result"], refused["evidence"]) == ("never", "the address is on this machine's own network")
    assert len(sink.posts) == 2
    assert not Outcome.objects.exists()


def test_what_failed_is_in_the_log_of_attempts_and_is_recovered_under_the_same_id(sink: Ends) -> None:
    hook, began = stories.outlet("Gazette", sink.hook("gazette")), clock.now()
    owner = Owner(hook)
    sink.hook_says["gazette"] = [{"status": 404, "text": "No such hook"}]
    with delivering():
        missed = stories.released().seq
        until(settled)
        had = stories.released().seq
        until(settled)
        later, earlier = owner.attempts()
        assert (earlier["seq"], earlier["result"], earlier["answer"]) == (missed, "failed", "HTTP 404 No such hook")
        assert (later["seq"], later["result"], later["attempt"]) == (had, "delivered", 1)
        post = sink.posts_to("gazette")[0]
        assert earlier["request"]["body"].encode() == post.body
        assert earlier["request"]["sha256"] == hashlib.sha256(post.body).hexdigest()
        assert earlier["request"]["headers"].items() <= post.headers.items()

        assert owner.post("recover", since=clock.printed(clock.now())) == {"owed": []}
        assert owner.post("recover", since=clock.printed(began)) == {"owed": [missed]}
        until(settled)
        assert owner.post("recover", since=clock.printed(began)) == {"owed": []}
        assert owner.post("replay", seq=had) == {"owed": [had]}
        until(settled)
    ids = [post.headers["webhook-id"] for post in sink.posts_to("gazette")]
    assert ids == [ids[0], ids[1], ids[0], ids[1]]


def test_who_asks_twice_is_not_sent_it_twice_and_what_was_never_owed_is_refused(sink: Ends) -> None:
    hook, began = stories.outlet("Gazette", sink.hook("gazette")), clock.now()
    owner = Owner(hook)
    sink.hook_says["gazette"] = [{"status": 404}]
    with delivering():
        missed = stories.released().seq
        until(settled)
    assert owner.post("recover", since=clock.printed(began)) == {"owed": [missed]}
    assert owner.post("recover", since=clock.printed(began)) == {"owed": []}
    assert owner.post("replay", 409, seq=missed)["errors"][0]["code"] == "under-way"
    assert owner.post("replay", 422, seq=99)["errors"][0]["code"] == "not-owed"
    assert owner.post("recover", 422, since="yesterday")["errors"][0]["code"] == "bad-moment"
    assert owner.post("recover", 422, since="2999-01-01T00:00:00Z")["errors"][0]["code"] == "future"


def test_a_rotation_by_api_shows_the_new_secret_once(sink: Ends) -> None:
    hook = stories.outlet("Gazette", sink.hook("gazette"))
    owner = Owner(hook)
    new = owner.post("rotate")["secret"]
    owner.post("test")
    (post,) = sink.posts_to("gazette")
    assert Webhook(new).verify(post.body, post.headers)
    assert new not in owner.client.get("/api/v1/subscription").content.decode()


def test_the_page_shows_what_was_sent_and_answered_and_has_a_button_for_each_act(sink: Ends) -> None:
    hook = stories.outlet("<b>Gazette", sink.hook("gazette"))
    Owner(hook)
    sink.hook_says["gazette"] = [{"status": 404, "text": "<script>No such hook"}]
    with delivering():
        stories.released()
        until(settled)
        page, address = Client(), f"/work/subscription/endpoint/{hook.name}"
        page.force_login(User.objects.get(name="Esra"))
        shown = page.get(address).content.decode()
        assert "HTTP 404 &lt;script&gt;No such hook" in shown
        assert f"webhook-id: {sink.posts_to('gazette')[0].headers['webhook-id']}" in shown
        tried = tree(page.post(address, {"act": "test"}, follow=True))
        assert texts(tried, "p.message")[0].startswith("Answer: HTTP 204 · ")
        secret = page.post(address, {"act": "rotate"}).content.decode().split("whsec_")[1].split("<")[0]
        page.post(address, {"act": "recover"})
        until(settled)
        assert "never owed there" in page.post(address, {"act": "replay", "seq": "99"}, follow=True).content.decode()
    _, _, again = sink.posts_to("gazette")
    Webhook(f"whsec_{secret}").verify(again.body, again.headers)
    assert secret not in page.get(address).content.decode()
