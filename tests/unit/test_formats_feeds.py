"""Feeds: the same ids for good, tombstones for what is gone, links back to the first entry."""

import json
from dataclasses import replace
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from lxml import etree

from dateline.formats import atom, json_feed, rss
from dateline.formats.feed import SUMMARY, Feed, FeedItem, item
from dateline.words.release import Rendition
from tests.entries import KINDS, NOW, STORY, WIRE, WITHOUT_TEXT, corrected, entry

FEED = Feed(
    title="Wire & <tide>",
    lang="en",
    self_url="https://wire.example/feeds/en.atom",
    home_url="https://wire.example/en/",
    items=(),
    updated=NOW,
    prev_archive="https://wire.example/feeds/en/archive/9.atom",
)
ARCHIVE = replace(
    FEED,
    self_url="https://wire.example/feeds/en/archive/8.atom",
    prev_archive="https://wire.example/feeds/en/archive/7.atom",
    next_archive="https://wire.example/feeds/en/archive/9.atom",
    current="https://wire.example/feeds/en.atom",
)
FIRST = NOW - timedelta(hours=2)


def shown(kind: str, lang: str = "en") -> FeedItem:
    return item(KINDS[kind](STORY), lang, WIRE, FIRST)


def tree(maker: ModuleType, *items: FeedItem, feed: Feed = FEED) -> Any:
    return etree.fromstring(maker.render(replace(feed, items=items)))


def document(*items: FeedItem, feed: Feed = FEED) -> Any:
    return json.loads(json_feed.render(replace(feed, items=items)))


def test_a_correction_has_the_id_of_what_it_corrects_and_both_times() -> None:
    made = tree(atom, shown("correction"))
    assert made.findtext("{*}entry/{*}id") == "tag:wire.example,2026:k3/en"
    assert made.findtext("{*}entry/{*}published") == "2026-11-23T07:00:00.000Z"
    assert made.findtext("{*}entry/{*}updated") == "2026-11-23T09:00:00.000Z"
    told = document(shown("correction"))["items"][0]
    assert (told["id"], told["date_published"], told["date_modified"]) == (
        "tag:wire.example,2026:k3/en",
        "2026-11-23T07:00:00.000Z",
        "2026-11-23T09:00:00.000Z",
    )
    assert told["_dateline"] == {
        "about": "https://dateline.example/json-feed",
        "seq": 9,
        "signal": "correction",
        "edition": 2,
        "status": "usable",
    }
    node = tree(rss, shown("correction")).find("channel/item")
    assert node.findtext("guid") == "tag:wire.example,2026:k3/en"
    assert node.find("guid").get("isPermaLink") == "false"
    assert node.findtext("pubDate") == "Mon, 23 Nov 2026 07:00:00 GMT"


@pytest.mark.parametrize("kind", WITHOUT_TEXT)
def test_atom_has_a_tombstone_for_what_is_gone(kind: str) -> None:
    made = tree(atom, shown(kind), shown("update", "fr"))
    gone = made.find("{http://purl.org/atompub/tombstones/1.0}deleted-entry")
    assert (gone.get("ref"), gone.get("when")) == ("tag:wire.example,2026:k3/en", "2026-11-23T09:00:00.000Z")
    assert [each.findtext("{*}id") for each in made.findall("{*}entry")] == ["tag:wire.example,2026:k3/fr"]


@pytest.mark.parametrize("kind", WITHOUT_TEXT)
def test_rss_and_json_feed_have_a_note_in_its_place(kind: str) -> None:
    node = tree(rss, shown(kind, "de")).find("channel/item")
    assert node.findtext("guid") == "tag:wire.example,2026:k3/de"
    assert node.findtext("title") == "Zurückgezogen"
    told = document(shown(kind, "de"))["items"][0]
    assert told["title"] == "Zurückgezogen"
    assert told["_dateline"]["status"] == {"erased": "erased"}.get(kind, "canceled")
    for text in (etree.tostring(node, encoding="unicode"), json.dumps(told, ensure_ascii=False)):
        assert "BODY" not in text
        assert "Flut" not in text


def test_author_sectors_labels_rights_and_text() -> None:
    made = shown("provided")
    node = tree(rss, made).find("channel/item")
    assert node.findtext("{*}creator") == "Harbour News Service"
    assert [(each.get("domain"), each.text) for each in node.findall("category")][:3] == [
        ("medtop:04000000", "Economy, business and finance"),
        ("dateline:top-story", "Top story"),
        ("label:third_party", "Third-party content"),
    ]
    assert "BODY en" in node.findtext("{*}encoded")
    entry_node = tree(atom, made).find("{*}entry")
    assert entry_node.findtext("{*}author/{*}name") == "Harbour News Service"
    assert "Harbour News Service" in entry_node.findtext("{*}rights")
    assert entry_node.find("{*}content").get("type") == "html"
    told = document(made)["items"][0]
    assert told["authors"] == [{"name": "Harbour News Service"}]
    assert {"Top story", "Sponsored", "State-controlled source"} <= set(told["tags"])
    for content in (node.findtext("{*}encoded"), entry_node.findtext("{*}content"), told["content_html"]):
        assert "third-party content provider, Harbour News Service" in content


def test_the_current_feed_leads_to_its_archive_and_the_archive_on_and_back() -> None:
    assert {link.get("rel"): link.get("href") for link in tree(atom).findall("{*}link")} == {
        "self": FEED.self_url,
        "alternate": FEED.home_url,
        "prev-archive": FEED.prev_archive,
    }
    back = {link.get("rel"): link.get("href") for link in tree(atom, feed=ARCHIVE).findall("{*}link")}
    assert back == {
        "self": ARCHIVE.self_url,
        "alternate": ARCHIVE.home_url,
        "current": FEED.self_url,
        "prev-archive": ARCHIVE.prev_archive,
        "next-archive": ARCHIVE.next_archive,
    }
    rss_links = {link.get("rel") for link in tree(rss, feed=ARCHIVE).findall("channel/{*}link[@rel]")}
    assert rss_links == {"self", "current", "prev-archive", "next-archive"}
    assert document()["next_url"] == FEED.prev_archive
    assert "next_url" not in document(feed=replace(FEED, prev_archive=""))


def test_an_archive_page_says_that_it_is_one_and_has_the_feeds_id() -> None:
    mark = "{http://purl.org/syndication/history/1.0}archive"
    for maker, path in ((atom, mark), (rss, f"channel/{mark}")):
        assert tree(maker, feed=ARCHIVE).find(path) is not None
        assert tree(maker).find(path) is None
    assert tree(atom, feed=ARCHIVE).findtext("{*}id") == tree(atom).findtext("{*}id") == FEED.self_url


def test_a_summary_is_the_subhead_or_the_beginning_of_the_body() -> None:
    assert item(entry(), "en", WIRE, NOW).summary == "Tide turns <early> & often (2)"
    bare = Rendition("en", headline="One", body_html=f"<p>{'word ' * 200}</p>")
    told = item(entry(replace(STORY, renditions=(bare,))), "en", WIRE, NOW).summary
    assert told.endswith("word…")
    assert len(told) <= SUMMARY + 1
    chinese = Rendition("zh-Hans", headline="一", body_html=f"<p>{'潮' * 500}</p>")
    assert len(item(entry(replace(STORY, renditions=(chinese,))), "zh-Hans", WIRE, NOW).summary) <= SUMMARY + 1


def test_the_note_of_a_correction_stands_first_in_the_content() -> None:
    told = item(corrected(), "en", WIRE, NOW).content_html
    assert told.index("CORRECTS the hour &amp; &lt;place&gt;.") < told.index("BODY en")
