"""What we write, read by those who wrote the standards: schemas, a strict feed reader, an HTML parser."""

import json
from dataclasses import replace
from functools import cache
from typing import Any
from xml.sax import SAXException

import feedparser
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator, Draft202012Validator, FormatChecker
from lxml import etree, html
from referencing import Registry, Resource

from dateline.formats import atom, json_feed, newsml_g2, ninjs, page_html, plain_text, rss
from dateline.formats.feed import Feed, item
from dateline.formats.said import said, xml_safe
from dateline.words.entry import Entry
from dateline.words.languages import FIFTEEN, language
from dateline.words.release import Version
from tests.entries import KINDS, NOW, STORY, WIRE, kinds, versions
from tests.shared import shared

# A single example renders several documents; the machine may be busy with others.
SLOW = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])


@cache
def g2() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(shared("standards/newsml-g2/NewsML-G2_2.35-spec-All-Power.xsd")))


@cache
def ninjs_schema() -> Draft202012Validator:
    geojson = json.loads(shared("standards/geojson/GeoJSON.json").read_bytes())
    schema = json.loads(shared("standards/ninjs/ninjs-schema_3.1.json").read_bytes())
    resource: Resource[Any] = Resource.from_contents(geojson)
    # The schema names GeoJSON's with an empty fragment.
    known = Registry().with_resources([(geojson["$id"], resource), (geojson["$id"].rstrip("#"), resource)])
    return Draft202012Validator(schema, registry=known, format_checker=FormatChecker())


@cache
def json_feed_schema() -> Draft7Validator:
    schema = json.loads(shared("standards/jsonfeed/schema-v1.1.json").read_bytes())
    return Draft7Validator(schema, format_checker=FormatChecker())


def check_g2(made: Entry, lang: str) -> None:
    root = etree.fromstring(newsml_g2.render(made, lang, WIRE))
    assert g2().validate(root), g2().error_log
    # What the schema lets pass (research on the standard lists it).
    assert root.find(".//{*}pubStatus").get("qcode") in {"stat:usable", "stat:canceled"}
    assert root.findtext(".//{*}versionCreated").endswith("Z")
    assert int(root.get("version")) >= 1
    assert len(root.find("{*}contentSet")) == 1
    assert root.find("{*}contentSet")[0].get("contenttype") in {"application/xhtml+xml", "text/plain"}


def check_ninjs(made: Entry, lang: str) -> None:
    document = json.loads(ninjs.render(made, lang, WIRE))
    assert [error.message for error in ninjs_schema().iter_errors(document)] == []
    assert document["pubStatus"] in {"usable", "canceled"}


def check_html(made: Entry, lang: str) -> None:
    data = page_html.render(made, lang, WIRE)
    document = html.document_fromstring(data.decode().removeprefix("<!DOCTYPE html>\n"))
    assert document.get("lang") == lang
    assert document.get("dir") == language(lang).direction
    assert document.findtext("head/title").split() == said(made, lang, WIRE).headline.split()
    assert len(document.findall(".//article")) == len(document.findall(".//h1")) == 1
    assert not document.xpath("//script|//style|//iframe|//@onclick|//@style")
    assert data.rstrip().endswith(b"</article></body></html>")


def check_feeds(made: Entry, lang: str) -> None:
    feed = Feed("Wire", lang, "https://wire.example/f", "https://wire.example/", (item(made, lang, WIRE, NOW),), NOW)
    for maker in (rss, atom):
        read = feedparser.parse(maker.render(feed))
        assert read.bozo == 0, read.get("bozo_exception", SAXException("no reason"))
        gone = maker is atom and made.rendition(lang) is None
        assert [each.id for each in read.entries] == ([] if gone else [f"{made.guid}/{lang}"])
    document = json.loads(json_feed.render(feed))
    assert [error.message for error in json_feed_schema().iter_errors(document)] == []


def check_text(made: Entry, lang: str) -> None:
    text = plain_text.render(made, lang, WIRE).decode()
    assert "\n\n\n" not in text
    assert text.endswith(f"{made.guid}/{lang} {made.editions[lang]} 2026-11-23T09:00:00.000Z\n")


CHECKS = [check_g2, check_ninjs, check_html, check_feeds, check_text]


@pytest.mark.parametrize("check", CHECKS, ids=lambda each: each.__name__)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("lang", FIFTEEN)
def test_every_kind_of_entry_is_valid_in_every_language(lang: str, kind: str, check: Any) -> None:
    # In this language alone: the others would cost more than what is tested.
    shown = tuple(each for each in STORY.renditions if each.lang == lang)
    check(KINDS[kind](replace(STORY, renditions=shown)), lang)


@pytest.mark.parametrize("check", CHECKS, ids=lambda each: each.__name__)
def test_odd_text_is_valid_too(check: Any) -> None:
    # The schemas are read once, and a lack of them is told before any example is made.
    g2(), ninjs_schema(), json_feed_schema()

    @SLOW
    @given(versions(), kinds())
    def odd(version: Version, make: Any) -> None:
        made = make(version)
        check(made, version.renditions[0].lang)

    odd()


@SLOW
@given(versions(), st.sampled_from(["headline", "subhead"]))
def test_every_format_gives_back_the_same_words(version: Version, member: str) -> None:
    made = KINDS["release"](version)
    lang = version.renditions[0].lang
    wanted = "".join(xml_safe(getattr(version.renditions[0], member)).split())
    texts = (
        plain_text.render(made, lang, WIRE).decode(),
        html.document_fromstring(page_html.render(made, lang, WIRE).decode()).text_content(),
        etree.fromstring(newsml_g2.render(made, lang, WIRE)).xpath("string()"),
    )
    assert [wanted in "".join(text.split()) for text in texts] == [True] * 3


def test_the_schemas_catch_what_they_are_there_for() -> None:
    root = etree.fromstring(newsml_g2.render(KINDS["release"](STORY), "en", WIRE))
    root.set("version", "0")
    assert not g2().validate(root)
    document = ninjs.document(KINDS["release"](STORY), "en", WIRE)
    assert not ninjs_schema().is_valid(document | {"signal": "correction"})
    assert not ninjs_schema().is_valid(document | {"pubStatus": "cancelled"})
    assert not json_feed_schema().is_valid({"version": "https://jsonfeed.org/version/1.1", "items": []})
    assert feedparser.parse(b"<rss><channel><title>\x01</title></channel></rss>").bozo
