"""An address is used only after whoever reads its mail has said that it is theirs."""

import re

import pytest
from django.test import Client

from dateline.delivery import confirming, letters
from dateline.delivery.deciding import Answer, Meaning, Patience
from dateline.delivery.models import Endpoint, Letter
from dateline.people.models import User
from dateline.people.roles import Role
from dateline.routing import profiles
from dateline.routing.models import Subscriber
from dateline.words import clock
from dateline.words.errors import NotFound, TooMany
from tests.rooms import stories
from tests.rooms.delivering import delivering, settled
from tests.rooms.ends import Ends, until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("witness_file")]
ADDRESS = "esra@gazette.example"


@pytest.fixture
def esra() -> Subscriber:
    person = User.objects.create_user("e@gazette.example", "a long password", name="Esra", role=Role.SUBSCRIBER)
    made = Subscriber.objects.create(kind="journalist", name="Esra", user=person, languages=["en"])
    profiles.set_rules(made, [{"everything": True}])
    return made


def asked(esra: Subscriber) -> Endpoint:
    return confirming.add_mail(esra, ADDRESS, came_from="typed by Esra", lang="en", now=clock.now())


def test_nothing_is_sent_before_yes_and_the_question_is_one_mail(esra: Subscriber, sink: Ends) -> None:
    person = Client()
    assert esra.user is not None
    person.force_login(esra.user)
    sink.mail_says[ADDRESS] = ["451 4.3.0 later"]
    with delivering():
        person.post("/work/subscription", {"act": "add", "channel": "email", "address": ADDRESS})
        until(lambda: sink.mails_to(ADDRESS))
        stories.released()
        until(settled)
        assert len(sink.mails_to(ADDRESS)) == 1
        question = sink.mails_to(ADDRESS)[0]
        path = re.search(r"/confirm/\S+", question.get_body(("plain",)).get_content())
        assert path
        stranger = Client()
        assert b"Yes, send it here" in stranger.get(path[0]).content
        assert Endpoint.objects.get().state == Endpoint.State.UNCONFIRMED
        assert b"Confirmed." in stranger.post(path[0], {"act": "yes"}).content
        stories.released()
        until(settled)
        until(lambda: len(sink.mails_to(ADDRESS)) == 2)
    assert sink.mails_to(ADDRESS)[1]["List-Unsubscribe"]
    assert Letter.objects.get().attempts == 2
    assert "subscription page" in Endpoint.objects.get().came_from


def test_no_means_never(esra: Subscriber) -> None:
    path = f"/confirm/{confirming.token(asked(esra))}"
    assert Client().post(path, {"act": "never"}).status_code == 200
    assert Endpoint.objects.get().state == Endpoint.State.ENDED
    Client().post(path, {"act": "yes"})
    assert Endpoint.objects.get().state == Endpoint.State.ENDED


def test_a_guessed_or_old_token_is_nobodys(esra: Subscriber) -> None:
    made = asked(esra)
    good = confirming.token(made)
    bad = good[:-1] + ("A" if good[-1] != "A" else "B")
    assert Client().get(f"/confirm/{bad}").status_code == 404
    with pytest.raises(NotFound):
        confirming.endpoint(good, clock.now() + confirming.STANDS)


def test_nobody_is_pestered_through_us(esra: Subscriber) -> None:
    for number in range(confirming.MOST):
        confirming.add_mail(esra, f"{number}@gazette.example", came_from="", lang="en", now=clock.now())
    with pytest.raises(TooMany):
        asked(esra)
    assert Letter.objects.count() == confirming.MOST


def test_two_workers_hold_no_letter_at_once_and_the_last_attempt_fails_it(esra: Subscriber) -> None:
    asked(esra)
    now = clock.now()
    held = letters.claim(now)
    assert held is not None
    assert letters.claim(now) is None
    later = now + letters.HOLD
    second = letters.claim(later)
    assert second is not None
    once = Patience(attempts=1)
    letters.finish(held, Answer(Meaning.DELIVERED, "250 late"), once, later)
    assert Letter.objects.get().state == Letter.State.OWED
    letters.finish(second, Answer(Meaning.AGAIN, "451 later"), once, later)
    assert (Letter.objects.get().state, Letter.objects.get().evidence) == (Letter.State.FAILED, "451 later")


@pytest.mark.parametrize("lang", ["ar", "ko"])
def test_the_question_is_put_in_the_readers_language(esra: Subscriber, sink: Ends, lang: str) -> None:
    with delivering():
        confirming.add_mail(esra, ADDRESS, came_from="", lang=lang, now=clock.now())
        until(lambda: sink.mails_to(ADDRESS))
    mail = sink.mails_to(ADDRESS)[0]
    assert mail["Content-Language"] == lang
    facing = "rtl" if lang == "ar" else "ltr"
    assert f'dir="{facing}"' in mail.get_body(("html",)).get_content()
