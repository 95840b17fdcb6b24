"""Leaving by the address in a mail (RFC 8058): machines post, people are asked, and nobody leaves for another."""

import pytest
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from dateline.delivery import confirming, endpoints, links, suppression, unsubscribe
from dateline.delivery.models import Endpoint
from dateline.routing.models import Subscriber
from dateline.vault import keys
from dateline.words import clock
from tests.rooms import stories
from tests.rooms.pages import BROWSER, texts, tree

pytestmark = pytest.mark.django_db
ADDRESS = "esra@gazette.example"
FORM = "application/x-www-form-urlencoded"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def there() -> Endpoint:
    return stories.journalist(ADDRESS)


@pytest.fixture
def anybody() -> Client:
    """Without a cookie, and held to the check that a form needs one."""
    return Client(enforce_csrf_checks=True)


def path(there: Endpoint) -> str:
    return f"/unsubscribe/{unsubscribe.token(there)}"


def is_ended(there: Endpoint) -> bool:
    there.refresh_from_db()
    return there.state == Endpoint.State.ENDED


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"List-Unsubscribe=One-Click", FORM),
        (encode_multipart(BOUNDARY, ONE_CLICK), MULTIPART_CONTENT),
        (b"", FORM),
        (b"no form at all", MULTIPART_CONTENT),
    ],
)
def test_a_post_of_any_form_ends_it_without_cookie_or_redirect(
    there: Endpoint, anybody: Client, body: bytes, kind: str
) -> None:
    answer = anybody.generic("POST", path(there), body, content_type=kind)
    assert answer.status_code == 200
    assert not answer.cookies
    assert is_ended(there)
    assert suppression.of(ADDRESS, clock.now()) is None


@pytest.mark.parametrize("method", ["get", "head"])
def test_to_look_only_asks(there: Endpoint, anybody: Client, method: str) -> None:
    answer = getattr(anybody, method)(path(there), headers=BROWSER)
    assert answer.status_code == 200
    assert not answer.cookies
    assert not is_ended(there)


@pytest.mark.parametrize("method", ["put", "delete", "options"])
def test_nothing_else_does_anything(there: Endpoint, anybody: Client, method: str) -> None:
    assert getattr(anybody, method)(path(there)).status_code == 405
    assert not is_ended(there)


def test_a_guess_is_nobodys(there: Endpoint, anybody: Client) -> None:
    """A name that is known does not help, and neither does what was signed for something else."""
    other = stories.journalist("other@gazette.example")
    stolen = unsubscribe.token(other)[links.NAME :]
    guesses = [
        there.name,
        there.name + stolen,
        there.name + "A" * 22,
        confirming.token(there),
        links.for_entry(keys.named(links.ACKNOWLEDGE), there.name, 1),
        unsubscribe.token(there)[:-1],
        unsubscribe.token(there) + "A",
        "%00" * 16,
        "م" * 38,
    ]
    for guess in guesses:
        assert anybody.post(f"/unsubscribe/{guess}", ONE_CLICK).status_code in {404, 422}, guess
        assert anybody.get(f"/unsubscribe/{guess}").status_code in {404, 422}, guess
    assert not is_ended(there)
    assert not is_ended(other)


def test_one_objects_by_it_once_and_is_left_alone_in_all_the_wire(there: Endpoint, anybody: Client) -> None:
    """Who stands on a list that somebody gave us has no account to object with."""
    bought = endpoints.add(Subscriber.objects.create(kind="journalist", name="A list"), "email", ADDRESS)
    anybody.post(path(there), {"never": "on"})
    assert is_ended(there)
    bought.refresh_from_db()
    assert bought.barred(clock.now()) is not None
    found = suppression.of(ADDRESS, clock.now())
    assert found is not None
    assert (found.reason, found.until) == ("objection", None)


def test_the_pages_say_where_the_address_came_from(anybody: Client) -> None:
    esra = Subscriber.objects.create(kind="journalist", name="Esra", address_from="a fair in 2025")
    listed = endpoints.add(esra, "email", ADDRESS)
    typed = confirming.add_mail(esra, "b@gazette.example", came_from="typed by Esra", lang="en", now=clock.now())
    assert "a fair in 2025" in " ".join(texts(tree(anybody.get(path(listed), headers=BROWSER)), "main p"))
    asks = anybody.get(f"/confirm/{confirming.token(typed)}", headers=BROWSER)
    assert "typed by Esra" in " ".join(texts(tree(asks), "main p"))
