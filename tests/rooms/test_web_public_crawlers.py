"""What crawlers, watchers and mail programs ask for."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from lxml import etree

from dateline.delivery import unsubscribe
from dateline.delivery.models import Endpoint
from dateline.intake.models import FiledVersion
from dateline.people import notices
from dateline.wire.tail import TailServer
from dateline.words import clock
from dateline.words.release import Signal
from tests.rooms import stories
from tests.rooms.pages import BROWSER, key, texts, tree
from tests.rooms.stories import STORY

Released = Callable[..., FiledVersion]


def test_sitemaps_have_every_address_once_and_no_withdrawn_or_test_one(released: Released, client: Client) -> None:
    kept, gone = released(), released()
    tested = released(replace(STORY, signal=Signal.TEST))
    stories.corrected(kept, stories.CORRECTED)
    stories.withdrawn(gone)
    index = etree.fromstring(client.get("/sitemap.xml").content)
    addresses = [each.text for each in index.iter("{*}loc")]
    assert [each.rpartition("/")[2] for each in addresses] == ["sitemap-1.xml"]
    told = [
        each.text.partition("//")[2].partition("/")[2]
        for each in etree.fromstring(client.get("/sitemap-1.xml").content).iter("{*}loc")
    ]
    assert sorted(told) == sorted(f"{lang}/{key(kept)}" for lang in ("en", "de", "ar"))
    assert key(tested) not in str(told)
    assert client.get("/sitemap-2.xml").status_code == 404


def test_the_news_sitemap_has_two_days_and_what_google_asks_for(
    released: Released, client: Client, time_machine: object
) -> None:
    old = released()
    time_machine.move_to(clock.now() + timedelta(days=3))
    new = released()
    stories.corrected(old, stories.CORRECTED)
    root = etree.fromstring(client.get("/news-sitemap.xml").content)
    news = {"n": "http://www.google.com/schemas/sitemap-news/0.9"}
    assert {each.text.rpartition("/")[2] for each in root.iter("{*}loc")} == {key(new)}
    titles = [each.text for each in root.iterfind(".//n:title", news)]
    assert sorted(titles) == sorted(["Tide turns", "Die Flut kehrt", "المد يعود"])
    assert {each.text for each in root.iterfind(".//n:language", news)} == {"en", "de", "ar"}
    assert {each.text for each in root.iterfind(".//n:name", news)} == {"Wire"}


def test_crawlers_and_programs_find_their_way(released: Released, client: Client) -> None:
    released()
    robots = client.get("/robots.txt").content.decode()
    assert "Disallow: /work" in robots
    assert robots.count("Sitemap: http") == 2
    known = client.get("/.well-known/dateline.json").json()
    assert known["origin"] == "wire.example"
    assert known["key"] == client.get("/api/v1/wire/key").json()["key"]
    figures = client.get("/metrics").content.decode()
    assert "dateline_log_size 1.0" in figures
    assert 'dateline_versions{state="released"} 1.0' in figures
    assert "Tide" not in figures


@pytest.mark.django_db
def test_health_says_what_does_not_answer(client: Client) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json() == {"ok": False, "database": True, "wire": False, "seq": 0}


@pytest.mark.django_db(transaction=True)
def test_the_wire_is_well_whatever_was_said_of_profiles(client: Client) -> None:
    """What it has to say of them comes before the size of its log, which is what is looked for."""
    for _ in range(100):
        notices.say("profile", clock.now(), subscriber=1, languages=["en"])
    settings.DATELINE_RUN.mkdir(parents=True, exist_ok=True)
    wire = TailServer(settings.DATELINE_RUN / "tail.sock")
    wire.start()
    try:
        assert client.get("/healthz").json() == {"ok": True, "database": True, "wire": True, "seq": 0}
    finally:
        wire.stop()


@pytest.mark.django_db
def test_one_click_ends_the_mail_and_needs_no_cookie() -> None:
    endpoint = stories.journalist("esra@gazette.example")
    path = f"/unsubscribe/{unsubscribe.token(endpoint)}"
    anybody = Client(enforce_csrf_checks=True, headers=BROWSER)
    assert texts(tree(anybody.get(path)), "h1") == ["Stop the mail?"]
    endpoint.refresh_from_db()
    assert endpoint.state != Endpoint.State.ENDED
    answer = anybody.post(path, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 200
    assert not answer.cookies
    endpoint.refresh_from_db()
    assert endpoint.state == Endpoint.State.ENDED
    assert texts(tree(anybody.get(path)), "h1") == ["You will get no more mail from this wire."]
    assert anybody.post(path[:-2] + "xx").status_code == 404
