"""Feeds as a feed reader sees them: whole, walkable back to the first entry, and true after a withdrawal."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import feedparser
import pytest
from django.test import Client
from lxml import etree

from dateline.intake.models import FiledVersion
from dateline.wire import log, series
from dateline.words import sectors
from dateline.words.release import Rendition, Source
from tests.rooms import stories
from tests.rooms.pages import NARROW, select, texts, tree
from tests.rooms.stories import STORY

Released = Callable[..., FiledVersion]
KINDS = ("rss", "atom", "json")
ATOM = {
    "a": "http://www.w3.org/2005/Atom",
    "at": "http://purl.org/atompub/tombstones/1.0",
    "fh": "http://purl.org/syndication/history/1.0",
}


@pytest.fixture
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Archive pages of five entries, and a current document of two."""
    monkeypatch.setattr(series, "RANGE", 5)
    monkeypatch.setattr(series, "NEWEST", 2)


def ids(document: bytes, kind: str) -> list[str]:
    if kind == "json":
        return [each["id"] for each in json.loads(document)["items"]]
    parsed = feedparser.parse(document)
    assert parsed.bozo == 0, parsed.get("bozo_exception")
    return [each.id for each in parsed.entries]


def link(answer: object, rel: str) -> str:
    """The path of a `Link` header."""
    for each in answer["Link"].split(", "):
        address, _, known = each.partition("; ")
        if known == f'rel="{rel}"':
            return urlsplit(address.strip("<>")).path
    return ""


def walk(client: Client, path: str) -> Iterator[tuple[str, bytes]]:
    """The document, and every archive page back to the first."""
    while path:
        answer = client.get(path)
        assert answer.status_code == 200
        yield path, answer.content
        path = link(answer, "prev-archive")


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_well_formed_and_says_what_was_released(released: Released, client: Client, kind: str) -> None:
    released(replace(STORY, source=Source(issuer="Oasis", provider="Levant Feed"), sectors=(NARROW,)))
    answer = client.get(f"/feeds/ar.{kind}")
    assert ids(answer.content, kind) == [f"{log.entry(1).guid}/ar"]
    told = answer.content.decode()
    for text in ("المد يعود", "عاد المد", "Levant Feed", sectors.name(NARROW, "ar"), "محتوى من طرف ثالث"):
        assert text in told
    assert answer["Content-Type"].startswith(("application/rss+xml", "application/atom+xml", "application/feed+json"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.django_db
def test_a_feed_of_nothing_is_a_feed(client: Client, kind: str) -> None:
    answer = client.get(f"/feeds/th.{kind}")
    assert answer.status_code == 200
    assert ids(answer.content, kind) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.usefixtures("short_pages")
def test_archives_lead_back_to_the_first_entry_and_hold_each_once(
    released: Released, client: Client, kind: str
) -> None:
    for number in range(23):
        released(replace(STORY, renditions=(Rendition("en", f"Story {number}", body_html="<p>So.</p>"),)))
    first, *archived = list(walk(client, f"/feeds/en.{kind}"))
    assert [path for path, _ in archived] == [f"/feeds/en/archive/{page}.{kind}" for page in (4, 3, 2, 1)]
    held = Counter(each for _, document in archived for each in ids(document, kind))
    assert set(held.values()) == {1}
    everything = {f"{log.entry(seq).guid}/en" for seq in range(1, 24)}
    assert set(held) | set(ids(first[1], kind)) == everything
    assert ids(archived[-1][1], kind)[-1] == f"{log.entry(1).guid}/en"


@pytest.mark.usefixtures("short_pages")
def test_a_rare_language_does_not_walk_through_empty_pages(released: Released, client: Client) -> None:
    english = replace(STORY, renditions=(STORY.main,))
    for number in range(21):
        released(STORY if number in {0, 17} else english)
    pages = [path for path, _ in walk(client, "/feeds/de.atom")]
    assert pages == ["/feeds/de.atom", "/feeds/de/archive/4.atom", "/feeds/de/archive/1.atom"]
    first = client.get("/feeds/de/archive/1.atom")
    assert link(first, "next-archive") == "/feeds/de/archive/4.atom"
    assert link(first, "current") == "/feeds/de.atom"
    assert etree.fromstring(first.content).find("fh:archive", ATOM) is not None
    assert client.get("/feeds/de/archive/5.atom").status_code == 404


@pytest.mark.usefixtures("short_pages")
def test_an_archive_page_stays_as_it_was_but_for_a_withdrawal(released: Released, client: Client) -> None:
    filed = released()
    for _ in range(11):
        released()
    before = client.get("/feeds/en/archive/1.atom")
    stories.corrected(filed, stories.CORRECTED)
    assert client.get("/feeds/en/archive/1.atom").content == before.content
    stories.withdrawn(filed)
    after = etree.fromstring(client.get("/feeds/en/archive/1.atom").content)
    (tombstone,) = after.iterfind("at:deleted-entry", ATOM)
    assert tombstone.get("ref") == f"{log.entry(1).guid}/en"
    assert tombstone.get("when") == log.entry(14).header["released_at"]
    assert len(after.findall("a:entry", ATOM)) == 4


@pytest.mark.parametrize("kind", KINDS)
def test_a_correction_comes_under_the_same_id_and_later(released: Released, client: Client, kind: str) -> None:
    filed = released()
    was = ids(client.get(f"/feeds/en.{kind}").content, kind)
    stories.corrected(filed, stories.CORRECTED)
    answer = client.get(f"/feeds/en.{kind}")
    assert ids(answer.content, kind) == was
    assert "Tide turns back" in answer.content.decode()
    if kind == "json":
        (item,) = answer.json()["items"]
        assert item["date_published"] == log.entry(1).header["released_at"]
        assert item["date_modified"] == log.entry(2).header["released_at"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_withdrawal_leaves_an_id_and_a_reason(released: Released, client: Client, kind: str) -> None:
    filed = released()
    stories.withdrawn(filed)
    told = client.get(f"/feeds/en.{kind}").content.decode()
    assert "Tide turns" not in told
    assert f"{log.entry(1).guid}/en" in told
    assert "Filed in error." in told


def test_a_sector_has_its_own_feed_and_what_lies_within_it_is_in(released: Released, client: Client) -> None:
    released(replace(STORY, sectors=(NARROW,)))
    released()
    wide = sectors.ancestors(NARROW)[-1]
    for code in (NARROW, wide):
        assert ids(client.get(f"/feeds/en/{code}.atom").content, "atom") == [f"{log.entry(1).guid}/en"]
    assert client.get("/feeds/en/medtop:none.atom").status_code == 404


def test_who_has_it_is_not_sent_it_again(released: Released, client: Client) -> None:
    released()
    first = client.get("/feeds/en.atom")
    again = client.get("/feeds/en.atom", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    released()
    assert client.get("/feeds/en.atom", headers={"if-none-match": first["ETag"]}).status_code == 200


def test_feeds_are_found_from_the_newsroom_and_from_their_list(
    released: Released, client: Client, browser: Client
) -> None:
    released(replace(STORY, sectors=(NARROW,)))
    found = [urlsplit(each.get("href")).path for each in select(tree(browser.get("/de/")), "link[rel=alternate][type]")]
    assert found == ["/feeds/de.rss", "/feeds/de.atom", "/feeds/de.json"]
    page = tree(browser.get("/feeds/"))
    assert texts(page, "table.ledger th bdi") == ["English", "العربية", "Deutsch"]
    for each in select(page, "table.ledger a")[:12]:
        assert client.get(each.get("href")).status_code == 200


@pytest.mark.django_db
def test_addresses_that_are_none(client: Client) -> None:
    for path in (
        "/feeds/qqq.rss",
        "/feeds/en.xml",
        "/feeds/en/archive/0.rss",
        "/feeds/en/archive/1.rss",
        "/feeds/sw.rss",
    ):
        assert client.get(path).status_code == 404
    assert client.post("/feeds/en.rss").status_code == 405
