"""The hub is killed between its 202 and the verification: what it accepted is carried out by the next."""

from pathlib import Path

import pytest
from django.test import Client

from dateline.delivery.models import Following, HubRequest
from tests.rooms import stories
from tests.rooms.delivering import settled
from tests.rooms.ends import Ends, until
from tests.rooms.follower import Follower
from tests.rooms.test_delivery_crash import process
from tests.rooms.websub import ask, followed, topic
from tests.shared import PATIENCE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("witness_file")]


def test_what_was_accepted_is_carried_out_by_whoever_comes_next(
    sink: Ends, reader: Follower, client: Client, tmp_path: Path
) -> None:
    with process(sink, tmp_path / "first") as first:
        until(lambda: b"delivery is up" in (tmp_path / "first").read_bytes())
        reader.slow = 60.0
        assert ask(client, topic("en.rss"), reader.url("cb"), **{"hub.secret": "kelp"}).status_code == 202
        until(lambda: reader.asked["cb"])
        first.kill()
        first.wait(PATIENCE)
    assert ask(client, topic("de.rss"), reader.url("nobody-there")).status_code == 202
    assert HubRequest.objects.count() == 2
    assert not Following.objects.exists()
    reader.slow = 0.0
    with process(sink, tmp_path / "second") as second:
        until(lambda: followed(2))
        stories.released()
        until(settled)
        second.terminate()
        assert second.wait(PATIENCE) == 0
    one, two = reader.asked["cb"]
    assert one.query["hub.challenge"] != two.query["hub.challenge"]
    assert len(reader.told["cb"]) == len(reader.told["nobody-there"]) == 1
    assert "X-Hub-Signature" in reader.told["cb"][0].headers
    logged = (tmp_path / "first").read_text() + (tmp_path / "second").read_text()
    assert "kelp" not in logged
    assert "/cb" not in logged
