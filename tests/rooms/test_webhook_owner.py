"""What the owner of a webhook needs: new secrets, a test, the log of attempts, and what was missed."""

from datetime import timedelta

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from dateline.delivery import endpoints, rotation
from dateline.delivery.models import Endpoint
from dateline.words import clock
from dateline.words.errors import BadInput, Conflict
from tests.rooms import stories
from tests.rooms.delivering import delivering, settled
from tests.rooms.ends import Ends, until

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
