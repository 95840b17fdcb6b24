"""The newsroom, as a reader meets it."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client

from dateline.intake.models import FiledVersion
from dateline.site import messages
from dateline.wire import log
from dateline.words import sectors
from dateline.words.languages import FIFTEEN
from dateline.words.release import Rendition
from tests.rooms.pages import BROWSER, NARROW, SECTORED, key, select, texts, tree
from tests.rooms.stories import STORY

Released = Callable[..., FiledVersion]


@pytest.mark.parametrize(
    ("accept", "lang"),
    [
        ("de-CH, en;q=0.8", "de"),
        ("fr, de;q=0.4, ar;q=0.9", "ar"),
        ("zh-TW", "en"),
        ("", "en"),
        ("not a header;;q=x", "en"),
        ("de;q=0, ar;q=0.1", "ar"),
    ],
)
def test_the_front_door_leads_to_the_readers_language_among_those_with_news(
    released: Released, client: Client, accept: str, lang: str
) -> None:
    released()
    answer = client.get("/", headers={"accept-language": accept})
    assert (answer.status_code, answer["Location"]) == (302, f"/{lang}/")
    assert "Accept-Language" in answer["Vary"]


@pytest.mark.django_db
def test_an_empty_wire_says_so(browser: Client) -> None:
    assert browser.get("/")["Location"] == "/en/"
    page = tree(browser.get("/en/"))
    assert texts(page, ".empty") == ["Nothing has been released here yet."]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/zh-TW/", 301),
        ("/DE/", 301),
        ("/qqq/", 404),
        ("/sw/", 404),
        ("/en/sector/medtop:none/", 404),
        ("/nothing", 404),
    ],
)
@pytest.mark.django_db
def test_addresses_that_are_not_quite_right(browser: Client, path: str, status: int) -> None:
    answer = browser.get(path)
    assert answer.status_code == status
    if status == 404:
        assert "<h1>There is nothing here</h1>" in answer.content.decode()


def test_the_newsroom_shows_time_place_headline_source_and_sectors(released: Released, browser: Client) -> None:
    released(SECTORED)
    released(replace(SECTORED, urgency=5))
    page = tree(browser.get("/en/"))
    assert texts(page, ".lead h2") == ["Tide turns"]
    (story,) = select(page, ".stories li")
    assert re.fullmatch(r"\d\d:\d\d UTC", texts(story, "time")[0])
    assert texts(story, ".place") == ["BREST"]
    assert texts(story, "h3") == ["Tide turns"]
    assert texts(story, ".meta p")[0] == f"Tidewell Energy · {sectors.name('medtop:04000000', 'en')}"
    assert page.get("dir") == "ltr"
    assert tree(browser.get("/ar/")).get("dir") == "rtl"


def test_the_list_goes_on_page_by_page_and_shows_each_story_once(released: Released, browser: Client) -> None:
    for number in range(65):
        rendition = Rendition("en", headline=f"Story {number}", place="Brest", body_html="<p>So.</p>")
        released(replace(STORY, renditions=(rendition,)))
    seen: list[str] = []
    path = "/en/"
    while path:
        page = tree(browser.get(path))
        seen += texts(page, ".lead h2, .stories h3")
        older = select(page, "a[rel=next]")
        path = f"/en/{older[0].get('href')}" if older else ""
    assert seen == [f"Story {number}" for number in reversed(range(65))]


def test_a_sector_has_a_page_and_what_lies_within_it_is_on_it(released: Released, browser: Client) -> None:
    released(replace(STORY, sectors=(NARROW,)))
    released()
    names = select(tree(browser.get("/en/sector/")), ".names a")
    assert len(names) >= 60
    wide = sectors.ancestors(NARROW)[-1]
    page = tree(browser.get(f"/de/sector/{wide}/"))
    assert texts(page, ".lead h2, .stories h3") == ["Die Flut kehrt"]


def test_what_has_not_changed_is_not_sent_again(released: Released, browser: Client) -> None:
    filed = released()
    for path in ("/en/", f"/en/{key(filed)}", f"/en/{key(filed)}.json", "/feeds/", "/sitemap.xml"):
        first = browser.get(path)
        assert first["Cache-Control"] == "no-cache"
        assert browser.get(path, headers={"if-none-match": first["ETag"], **BROWSER}).status_code == 304
    released()
    assert browser.get("/en/", headers={"if-none-match": first["ETag"], **BROWSER}).status_code == 200


def test_a_date_is_a_validator_only_when_its_second_is_over(
    released: Released, browser: Client, time_machine: object
) -> None:
    released()
    at = log.last_released_at()
    time_machine.move_to(at, tick=False)
    assert "Last-Modified" not in browser.get("/en/")
    time_machine.move_to(at + timedelta(seconds=2), tick=False)
    told = browser.get("/en/")["Last-Modified"]
    assert browser.get("/en/", headers={"if-modified-since": told, **BROWSER}).status_code == 304


@pytest.mark.parametrize("lang", FIFTEEN)
def test_the_page_itself_speaks_the_language_of_its_address(released: Released, browser: Client, lang: str) -> None:
    rendition = Rendition(lang, headline="H", place="Brest", body_html="<p>B.</p>")
    filed = released(replace(STORY, renditions=(rendition,), source_language=lang))
    wording = messages.read(lang)
    newsroom = browser.get(f"/{lang}/", headers={"accept-language": "en"})
    assert newsroom["Content-Language"] == lang
    for text in ("Newsroom", "Sectors", "Follow", "Feeds", "Sign in"):
        assert str(wording.get(text).string) in newsroom.content.decode()
    page = browser.get(f"/{lang}/{key(filed)}").content.decode()
    for text in ("Languages", "Formats", "Proof", "Editions", "Released"):
        assert str(wording.get(text).string) in page


@pytest.mark.django_db
def test_our_own_fault_is_a_page_that_says_nothing_of_what_broke(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*asked: object, **more: object) -> None:
        raise ZeroDivisionError("Secret")

    monkeypatch.setattr(log, "current", fail)
    reader = Client(raise_request_exception=False, headers=BROWSER | {"accept-language": "de"})
    answer = reader.get("/de/")
    assert answer.status_code == 500
    assert texts(tree(answer), "h1") == ["Hier ist etwas kaputtgegangen"]
    assert b"Secret" not in answer.content
