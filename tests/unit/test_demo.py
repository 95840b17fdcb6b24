"""The demo's releases: invented, fit to file as they stand, one of them in all fifteen languages."""

import json
import re
from importlib import resources
from typing import Any

import pytest

from dateline.formats.body import clean, plain
from dateline.intake.readers import read
from dateline.words import sectors
from dateline.words.languages import FIFTEEN, canonical, language
from dateline.words.release import Version


def document(name: str) -> Any:
    return json.loads(resources.files("dateline.site.demo").joinpath(name).read_bytes())


ALL = Version.from_json(document("all_languages.json"))
RELEASES = [Version.from_json(each) for each in document("releases.json")]


def test_one_release_is_in_all_fifteen_languages() -> None:
    assert tuple(each.lang for each in ALL.renditions) == FIFTEEN
    assert ALL.main.lang == "en"
    assert ALL.sectors[:2] == ("dateline:top-story", "dateline:daily-news")
    assert ALL.contacts
    assert ALL.tickers
    assert ALL.countries


@pytest.mark.parametrize("tag", FIFTEEN)
def test_each_rendition_is_whole_and_quotes_in_its_own_marks(tag: str) -> None:
    rendition = ALL.rendition(tag)
    assert rendition is not None
    assert all((rendition.headline, rendition.subhead, rendition.place, rendition.boilerplate))
    assert 3 <= rendition.body_html.count("<p>") <= 5
    assert "<table>" in rendition.body_html
    before, after, *_ = language(tag).quotes
    assert re.search(f"{before}[^{before}{after}]+{after}", plain(rendition.body_html))
    assert '"' not in plain(rendition.body_html)


@pytest.mark.parametrize("version", [ALL, *RELEASES], ids=lambda version: version.main.headline[:20])
def test_each_release_can_be_filed_as_it_stands(version: Version) -> None:
    reading = read(json.dumps(version.as_json()).encode(), name="demo.json")
    assert reading.warnings == ()
    assert reading.version == version
    assert all(sectors.known(code) for code in version.sectors)
    for rendition in version.renditions:
        assert canonical(rendition.lang) == rendition.lang
        assert clean(rendition.body_html) == rendition.body_html
        assert clean(rendition.boilerplate) == rendition.boilerplate
        assert rendition.based_on is None or version.rendition(rendition.based_on)


@pytest.mark.parametrize("name", ["all_languages.json", "releases.json"])
def test_every_address_is_an_invented_one(name: str) -> None:
    text = resources.files("dateline.site.demo").joinpath(name).read_text(encoding="utf-8")
    hosts = re.findall(r"[@/]([\w-]+(?:\.[\w-]+)+)", text)
    assert hosts
    assert all(host.endswith(".example") for host in hosts)


def test_the_demo_is_of_many_tongues_and_of_issuers_and_providers() -> None:
    assert len(RELEASES) >= 8
    assert len({version.source_language for version in RELEASES}) >= 6
    assert len({version.source.provider for version in RELEASES if version.source.provider}) == 2
    assert sum(len(version.renditions) > 1 for version in RELEASES) >= 2
