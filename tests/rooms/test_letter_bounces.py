"""What comes back of the house's own letters: found by their return addresses, and treated as a release's mail is."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.test import Client

from dateline.delivery import bounces, confirming, endpoints, letters, links, own_data, owners, suppression
from dateline.delivery.models import Bounce, Endpoint, Gathered, Letter, Suppression
from dateline.people.models import User
from dateline.people.roles import Role
from dateline.routing.models import Subscriber
from dateline.words import clock
from tests.rooms import stories
from tests.rooms.delivering import delivering, settled
from tests.rooms.ends import Ends, until
from tests.rooms.mailhosts import Host, hosts
from tests.rooms.pages import texts, tree
from tests.rooms.returning import GONE, complaint, forged, is_open, report, said, tag

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("witness_file")]


@pytest.fixture
def host(lmtp: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    """A mail server that tells what return addresses it was given."""
    made = Host()
    with hosts(made):
        monkeypatch.setattr(settings, "DATELINE_SMTP_URL", made.url)
        yield made


def account() -> Subscriber:
    """A subscriber's, who gets mail at the same address."""
    person = User.objects.create_user(GONE, "a long password", name="Esra Aydin", role=Role.SUBSCRIBER)
    return Subscriber.objects.create(kind="journalist", name="Esra Aydin", user=person)


def confirm() -> None:
    confirming.add_mail(account(), GONE, came_from="", lang="en", now=clock.now())


def digest() -> None:
    """Of two entries."""
    there = stories.journalist(GONE)
    Endpoint.objects.filter(pk=there.pk).update(wishes={"digest": "hourly"})
    stories.released()
    stories.released()
    until(settled)
    Gathered.objects.update(due_at=clock.now())


def left_alone() -> None:
    owners.left_alone(endpoints.add(account(), "webhook", "http://127.0.0.1:9/").pk, clock.now(), "503", clock.now())


def well_again() -> None:
    there = endpoints.add(account(), "webhook", "http://127.0.0.1:9/")
    told = letters.post(GONE, "en", "left_alone", {"webhook": there.name}, clock.now())
    Letter.objects.filter(pk=told.pk).update(state=Letter.State.DELIVERED)
    owners.well_again(there.pk, clock.now())


def ended() -> None:
    owners.ended(endpoints.add(account(), "webhook", "http://127.0.0.1:9/").pk, clock.now())


OWED = {each.__name__: each for each in (confirm, digest, left_alone, well_again, ended)}


def letter(kind: str = "ended", address: str = GONE) -> Letter:
    return letters.post(address, "en", kind, {"url": "https://wire.example/"}, clock.now())


def back_to(row: Letter) -> str:
    return tag(row.name, links.NO_ENTRY)


@pytest.mark.parametrize("kind", OWED)
def test_a_letter_of_each_kind_is_found_by_its_return_address(host: Host, lmtp: int, kind: str) -> None:
    with delivering():
        OWED[kind]()
        until(lambda: host.mails)
        until(lambda: is_open(lmtp))
        assert said(lmtp, host.mails[0][0], report("5.1.1"))[0] == 250
    row = Bounce.objects.get()
    assert row.letter is not None
    assert (row.letter.kind, row.endpoint, row.seq) == (kind, None, None)
    assert (row.kind, row.status) == ("hard", "5.1.1")
    against = suppression.of(GONE, clock.now())
    assert against is not None
    assert against.until is not None
    assert (against.reason, against.until - against.since) == ("bounce", suppression.BOUNCED)


def test_a_question_that_a_real_mail_server_returns_shows_beside_the_address(
    mailhost: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "DATELINE_SMTP_URL", mailhost)
    page, esra = Client(), account()
    assert esra.user is not None
    page.force_login(esra.user)
    page.post("/work/subscription", {"act": "add", "channel": "email", "address": GONE})
    assert "question is on its way" in shown(page)
    with delivering():
        until(Bounce.objects.exists)
    assert Endpoint.objects.get().state == Endpoint.State.UNCONFIRMED
    assert "Nothing is sent to this address. bounce: 5.1.1" in shown(page)
    assert "question is on its way" not in shown(page)


def shown(page: Client) -> str:
    return " ".join(" ".join(texts(tree(page.get("/work/subscription")), ".endpoints li")).split())


def test_what_no_letter_of_ours_had_is_refused_and_changes_nothing(sink: Ends, lmtp: int) -> None:
    there, row, deleted = stories.journalist(GONE), letter(), letter()
    deleted.delete()
    of_entry = tag(there.name).rpartition("-")[2]
    with delivering():
        until(lambda: is_open(lmtp))
        for address in (
            forged(back_to(row)),
            back_to(deleted),
            # Neither is an entry's a letter's, nor the other way round.
            tag(there.name, links.NO_ENTRY),
            tag(row.name, 1),
            f"wire+{row.name}-0-{of_entry}",
        ):
            assert said(lmtp, address, report("5.1.1"))[0] == 550
            assert said(lmtp, "abuse@wire.example", complaint(address))[0] == 250
        assert said(lmtp, back_to(row), b"Subject: I am on holiday\r\n\r\n")[0] == 250
    assert not Bounce.objects.exists()
    assert not Suppression.objects.exists()


def test_a_complaint_of_a_letter_is_for_good_and_praise_is_none(sink: Ends, lmtp: int) -> None:
    row = letter()
    with delivering():
        until(lambda: is_open(lmtp))
        said(lmtp, "abuse@wire.example", complaint(back_to(row), "not-spam"))
        assert suppression.of(GONE, clock.now()) is None
        said(lmtp, "abuse@wire.example", complaint(back_to(row)))
    assert (Suppression.objects.get().reason, Suppression.objects.get().until) == ("complaint", None)
    assert Bounce.objects.get().letter == row


def test_letters_and_entries_that_could_not_be_brought_there_count_together_and_other_addresses_apart() -> None:
    there, second, now = stories.journalist(GONE), stories.journalist(GONE.upper()), clock.now()
    for days, back in ((8, tag(there.name)), (2, tag(there.name)), (1, tag(second.name))):
        soft(back, now - timedelta(days=days))
    soft(back_to(letter(address="other@gazette.example")), now)
    assert suppression.of(GONE, now) is None
    soft(back_to(letter()), now)
    for each in (there, second):
        each.refresh_from_db()
        assert each.suppressed_until == now + suppression.FULL
    assert suppression.of("other@gazette.example", now) is None


def soft(back: str, now: datetime) -> None:
    assert bounces.take(bounces.sent_from(back), report("5.2.2"), now) is not None


def test_what_came_back_is_given_out_with_ones_data_and_forgotten_with_it() -> None:
    esra = account()
    there = endpoints.add(esra, "email", GONE)
    stranger = letter(address="stranger@gazette.example")
    for back in (tag(there.name), back_to(letter()), back_to(stranger)):
        bounces.take(bounces.sent_from(back), report("4.4.1", "delayed"), clock.now())
    told = own_data.export(esra, clock.now())["came_back"]
    assert [(row["seq"], row["endpoint"], row["letter"]) for row in told] == [
        (1, there.name, None),
        (None, None, "ended"),
    ]
    assert GONE in json.dumps(told)
    own_data.forget(esra, clock.now())
    entrys, strangers = Bounce.objects.order_by("pk")
    assert (entrys.evidence, entrys.digest, entrys.status) == ("", "", "4.4.1")
    assert strangers.letter == stranger


def test_what_comes_back_after_its_subscriber_was_forgotten_suppresses_nobody() -> None:
    esra = account()
    there, sent = endpoints.add(esra, "email", GONE), letter()
    own_data.forget(esra, clock.now())
    assert bounces.sent_from(back_to(sent)) is None
    assert bounces.take(bounces.sent_from(tag(there.name)), complaint(""), clock.now()) is not None
    assert not Suppression.objects.exists()
