"""A new channel is one file, one line in the registry, and one file of tests: here all three are this one.

Nothing else knows it. The pages and the API offer it, the worker opens it and carries for it, retries, withdrawals
and reports are as for any other.
"""

from collections.abc import Mapping
from functools import partial
from typing import ClassVar

import pytest
from django.test import Client

from dateline.delivery import channels, overview
from dateline.delivery.channels.contract import Field, House, Send, Single
from dateline.delivery.deciding import Answer, Meaning
from dateline.delivery.models import Endpoint
from dateline.delivery.recipient import Recipient
from dateline.people.models import User
from dateline.people.roles import Role
from dateline.routing import profiles
from dateline.routing.models import Subscriber
from dateline.words import clock
from dateline.words.entry import Entry
from dateline.words.errors import BadInput, Fault
from tests.rooms import stories
from tests.rooms.delivering import account, delivering, settled
from tests.rooms.ends import until
from tests.rooms.pages import texts, tree

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("witness_file")]


class Pigeon(Single):
    """Carries a headline to a loft. The first flight of each is lost in the fog."""

    name = "pigeon"
    label = "Pigeon"
    address_form = "loft-7"
    fields = (Field("ring", "Ring"), Field("secret", "Whistle", secret=True))
    flown: ClassVar[list[tuple[str, str, str, str, str]]] = []

    def __init__(self, house: House) -> None:
        self._wire = house.wire

    @classmethod
    def check(cls, address: str, options: Mapping[str, str]) -> dict[str, str]:
        if not address.startswith("loft-"):
            raise BadInput([Fault("no-loft", f"{address} is no loft.", "/address", "Write it as loft-7.")])
        return {"ring": options.get("ring", "")}

    def prepare(self, entry: Entry, lang: str) -> Send:
        part = entry.rendition(lang) or {}
        return partial(self._fly, str(entry.signal), str(part.get("headline", "")))

    async def _fly(self, signal: str, headline: str, to: Recipient) -> Answer:
        if to.attempts == 0:
            return Answer(Meaning.AGAIN, "fog")
        self.flown.append((to.address, to.options["ring"], to.secret, signal, headline))
        return Answer(Meaning.DELIVERED, f"landed with {to.message}")

    async def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The line in the registry, from which the other two tables are made."""
    monkeypatch.setattr(Pigeon, "flown", [])
    monkeypatch.setitem(channels.KNOWN, Pigeon.name, Pigeon)
    monkeypatch.setitem(channels.LABELS, Pigeon.name, Pigeon.label)
    monkeypatch.setitem(channels.OFFERED, Pigeon.name, Pigeon.label)


@pytest.fixture
def page() -> Client:
    person = User.objects.create_user("esra@gazette.example", "a long password", name="Esra", role=Role.SUBSCRIBER)
    profiles.set_rules(Subscriber.objects.create(kind="outlet", name="Esra", user=person), [{"everything": True}])
    client = Client()
    client.force_login(person)
    return client


@pytest.mark.usefixtures("registered")
def test_it_is_offered_carries_tries_again_and_is_reported_like_any_other(page: Client) -> None:
    assert "Pigeon …" in texts(tree(page.get("/work/subscription")), "section[id=endpoints] a")
    asked = "/work/subscription/add/pigeon"
    assert {"Ring", "Whistle"} <= set(texts(tree(page.get(asked)), "form label"))
    refused = page.post(asked, {"address": "the moon", "ring": "7"})
    assert "the moon is no loft." in refused.content.decode()
    page.post(asked, {"address": "loft-7", "ring": "7", "secret": "trill"})
    assert Endpoint.objects.get().channel == "pigeon"
    with delivering():
        filed = stories.released()
        until(settled)
        stories.withdrawn(filed)
        until(settled)
    assert [flight[:4] for flight in Pigeon.flown] == [
        ("loft-7", "7", "trill", "release"),
        ("loft-7", "7", "trill", "withdrawal"),
    ]
    told = account(filed)
    assert (told.total.delivered, told.by_channel["pigeon"].delivered) == (2, 2)
    assert {receipt.evidence for receipt in told.receipts} == {f"landed with {each.message}" for each in told.receipts}
    [line] = overview.lines(clock.now())
    assert (line.channel, line.delivered, line.deferred) == ("pigeon", 2, 2)
    assert "Pigeon" in " ".join(texts(tree(page.get("/work/subscription")), "section[id=sent] summary"))
