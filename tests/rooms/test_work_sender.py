"""The page that says what to publish for the wire's mail to be believed."""

import pytest
from django.test import Client

from dateline.delivery import signing, suppression
from dateline.delivery.mailing import published
from dateline.delivery.models import Suppression
from dateline.people.models import User
from dateline.people.roles import Role
from dateline.words import clock
from tests.rooms.pages import select, texts, tree

pytestmark = pytest.mark.django_db


def test_each_record_stands_beside_what_is_published(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = signing.make(clock.now())
    good = signing.signer(keys[0], "wire@wire.example")
    zone = {(f"{good.selector}._domainkey.wire.example", "TXT"): [good.record()]}
    monkeypatch.setattr(published, "in_the_dns", lambda name, kind: zone.get((name, kind), []))
    suppression.suppress("gone@gazette.example", Suppression.Reason.BOUNCE, "5.1.1", clock.now())
    client = Client()
    client.force_login(User.objects.create_user("o@wire.example", "a long password", name="O", role=Role.OPERATOR))
    page = tree(client.get("/work/operator/sender"))
    assert texts(page, "section[id=records] .head .badge") == ["Missing", "Published", "Missing", "Missing", "Missing"]
    assert good.record() in [each.get("value") for each in select(page, "input.record")]
    assert "gone@gazette.example" not in client.get("/work/operator/sender").content.decode()
