"""The page of a release and its other formats."""

import json
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.test import Client

from dateline.formats.registry import FORMATS
from dateline.intake.models import FiledVersion
from dateline.wire import log
from dateline.words.languages import FIFTEEN, language
from dateline.words.release import Rendition, Signal, Source
from tests.rooms import stories
from tests.rooms.pages import SECTORED, key, select, texts, tree
from tests.rooms.stories import STORY

Released = Callable[..., FiledVersion]


def test_a_release_names_all_its_languages(released: Released, browser: Client) -> None:
    filed = released()
    for lang in ("en", "de", "ar"):
        page = tree(browser.get(f"/{lang}/{key(filed)}"))
        links = {each.get("hreflang"): each.get("href") for each in select(page, "link[hreflang]")}
        assert set(links) == {"en", "de", "ar", "x-default"}
        assert links["x-default"] == links["en"]
        assert select(page, "link[rel=canonical]")[0].get("href") == links[lang]
        assert page.get("lang") == lang


def test_what_is_printed_and_in_which_order(released: Released, browser: Client) -> None:
    rendition = replace(STORY.main, subhead="At last", boilerplate="<p>Tidewell makes water.</p>")
    filed = released(replace(SECTORED, renditions=(rendition,)))
    text = texts(tree(browser.get(f"/en/{key(filed)}")), "article.release")[0]
    day = re.search(r"BREST, (.*?) \(Wire\) –", text)
    assert day is not None
    order = [
        "Tide turns",
        "At last",
        "BREST,",
        "It turned at noon.",
        "Tidewell makes water.",
        "Contacts",
        "Ada Quill",
        "###",
    ]
    places = [text.index(each) for each in [*order, "Sectors:"]]
    assert places == sorted(places)


@pytest.mark.parametrize("lang", FIFTEEN)
def test_disclosure_is_on_every_page_and_in_every_format_of_every_language(
    released: Released, browser: Client, lang: str
) -> None:
    rendition = Rendition(lang, headline="H", place="Brest", body_html="<p>B.</p>", machine_translated=True)
    source = Source(issuer="Oasis", provider="Levant Feed", state_controlled="a state")
    filed = released(
        replace(STORY, renditions=(rendition,), source_language=lang, source=source, sponsored=True, ai_use="assisted")
    )
    rules = language(lang)
    wanted = [
        rules.label(kind) for kind in ("third_party", "sponsored", "state_controlled", "machine_translated", "ai_use")
    ]
    wanted.append(rules.third_party("Levant Feed"))
    addresses = [f"/{lang}/{key(filed)}", *(f"/{lang}/{key(filed)}.{extension}" for extension in FORMATS)]
    for address in addresses:
        answer = browser.get(address)
        found = answer.content.decode()
        if address.endswith(".json"):
            found = json.dumps(json.loads(found), ensure_ascii=False)
        assert not [each for each in wanted if each not in found], address
    newsroom = browser.get(f"/{lang}/").content.decode()
    assert not [each for each in wanted[:-1] if each not in newsroom]


def test_json_ld_says_what_the_page_says_and_cannot_be_broken_out_of(released: Released, browser: Client) -> None:
    cruel = '</script><script>alert("&")</script>'
    filed = released(replace(SECTORED, renditions=(replace(STORY.main, headline=cruel), STORY.renditions[1])))
    answer = browser.get(f"/en/{key(filed)}")
    page = tree(answer)
    (script,) = select(page, 'script[type="application/ld+json"]')
    found = json.loads(script.text)
    assert texts(page, "h1") == [cruel] == [found["headline"]]
    assert (found["@type"], found["inLanguage"]) == ("NewsArticle", "en")
    assert found["url"] == select(page, "link[rel=canonical]")[0].get("href")
    assert found["datePublished"] == select(page, ".byline time")[0].get("datetime")
    assert [each["@id"].split("/")[-2] for each in found["workTranslation"]] == ["de"]
    assert b"<script>alert" not in answer.content
    properties = {each.get("property"): each.get("content") for each in select(page, "meta[property]")}
    assert (properties["og:title"], properties["og:type"]) == (cruel, "article")


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("application/json", "application/json"),
        ("application/vnd.iptc.g2.newsitem+xml", "application/vnd.iptc.g2.newsitem+xml"),
        ("text/plain, text/html;q=0.5", "text/plain"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
        ("*/*", "text/html"),
    ],
)
def test_formats_by_negotiation(released: Released, client: Client, accept: str, media: str) -> None:
    filed = released()
    answer = client.get(f"/en/{key(filed)}", headers={"accept": accept})
    assert answer.status_code == 200
    assert answer["Content-Type"].partition(";")[0] == media
    assert {"Accept", "Cookie"} <= {each.strip() for each in answer["Vary"].split(",")}
    assert answer["Content-Language"] == "en"


def test_formats_by_extension_and_none_that_is_not_there(released: Released, client: Client) -> None:
    filed = released()
    for extension, known in FORMATS.items():
        answer = client.get(f"/de/{key(filed)}.{extension}")
        assert answer["Content-Type"].partition(";")[0] == known.media_type
        assert "Die Flut kehrt" in answer.content.decode()
    assert client.get(f"/en/{key(filed)}", headers={"accept": "image/png"}).status_code == 406
    assert client.get(f"/en/{key(filed)}.pdf").status_code == 404
    assert client.get(f"/fr/{key(filed)}").status_code == 404
    assert client.post(f"/en/{key(filed)}").status_code == 405


def test_a_correction_shows_what_changed_and_when(released: Released, browser: Client) -> None:
    filed = released()
    text = replace(STORY.main, body_html="<p>It turned at one.</p>")
    stories.corrected(filed, replace(STORY, renditions=(text,), signal=Signal.CORRECTION, ednote="Corrects the hour."))
    page = tree(browser.get(f"/en/{key(filed)}"))
    assert texts(page, ".history .edition b") == ["Correction", "Released"]
    assert texts(page, ".history del") == ["noon"]
    assert texts(page, ".history ins") == ["one"]
    assert texts(page, ".history .note") == ["Corrects the hour."]
    times = [each.get("datetime") for each in select(page, ".history time")]
    assert times == [log.entry(seq).header["released_at"] for seq in (2, 1)]
    assert texts(page, ".labels li") == ["Corrected"]
    assert texts(tree(browser.get(f"/de/{key(filed)}")), ".history .edition b") == ["Veröffentlicht"]


def test_an_older_edition_can_be_read_and_says_that_it_is_old(released: Released, browser: Client) -> None:
    filed = released()
    stories.corrected(filed, stories.CORRECTED)
    for query in ("seq=1", "version=1"):
        page = tree(browser.get(f"/en/{key(filed)}?{query}"))
        assert texts(page, "h1") == ["Tide turns"]
        assert "This is an older edition." in texts(page, ".notice")[0]
        assert select(page, 'meta[name=robots][content="noindex"]')
    assert texts(tree(browser.get(f"/en/{key(filed)}")), "h1") == ["Tide turns back"]
    assert browser.get(f"/en/{key(filed)}?seq=7").status_code == 404
