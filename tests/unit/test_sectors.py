"""The sectors: named in all fifteen languages, found by any of those names, true to the IPTC's tree."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.words import sectors
from dateline.words.languages import FIFTEEN
from dateline.words.sector_synonyms import SYNONYMS
from dateline.words.sectors import Sector, parse_vocabulary
from tests.shared import shared

NEWEST = "standards/mediatopics/cptall-en-GB_2025-10-09.json"
TEN_LANGUAGES = "standards/mediatopics/cptall-x-all_2020-03_10lang.json"
OWN = sectors.own_codes()
JAZZ = "medtop:20000025"


@pytest.fixture
def loads() -> Iterator[None]:
    """What a test loads, it does not leave to the next."""
    yield
    sectors.load({})


def concept(code: str, *broader: str, **names: str) -> dict[str, Any]:
    """One as IPTC publishes it."""
    names = {tag.replace("_", "-"): name for tag, name in names.items()}
    return {"qcode": code, "prefLabel": names, "broader": list(broader)}


def published(*concepts: dict[str, Any]) -> bytes:
    return json.dumps({"conceptSet": list(concepts)}).encode()


def test_the_list_has_what_a_press_release_wire_needs() -> None:
    assert 60 <= len(OWN) <= 100
    assert sectors.names(["dateline:top-story", "dateline:daily-news"], "en") == ["Top story", "Daily news"]
    assert all(code.startswith(("medtop:", "dateline:")) for code in OWN)


@pytest.mark.parametrize("tag", FIFTEEN)
def test_every_sector_has_a_name_of_its_own_that_finds_it_again(tag: str) -> None:
    named = sectors.names(OWN, tag)
    assert len(set(named)) == len(OWN)
    for code, name in zip(OWN, named, strict=True):
        assert name
        assert name == name.strip()
        assert name != code
        assert sectors.find(name) == code


@pytest.mark.parametrize("tag", ["ko", "ja", "ar", "zh-Hans", "zh-Hant", "th", "ru"])
def test_no_name_was_left_in_latin_letters(tag: str) -> None:
    assert [name for name in sectors.names(OWN, tag) if name.isascii()] == []


def test_every_synonym_finds_one_of_our_sectors_and_says_something_new() -> None:
    english = {name.casefold() for name in sectors.names(OWN, "en")}
    for text, code in SYNONYMS.items():
        assert sectors.find(text) == code
        assert code in OWN
        assert text.casefold() not in english


@given(st.sampled_from(OWN), st.sampled_from(FIFTEEN), st.sampled_from([str.upper, str.lower, str.title]))
def test_case_and_spaces_do_not_matter(code: str, tag: str, shout: Any) -> None:
    said = shout(sectors.name(code, tag))
    if said.casefold() == sectors.name(code, tag).casefold():
        assert sectors.find(f"  {said.replace(' ', '  ')}\n") == code


@given(st.text(max_size=30))
def test_a_text_finds_a_known_sector_or_none(text: str) -> None:
    found = sectors.find(text)
    assert found is None or sectors.known(found)


def test_an_ampersand_is_an_and() -> None:
    assert sectors.find("Mergers & Acquisitions") == sectors.find("mergers and acquisitions") == "medtop:20000204"
    assert sectors.find("Oil&Gas") == "medtop:20001243"


@pytest.mark.parametrize("code", ["", "medtop:00000000", "medtop:2000025", "top-story"])
def test_an_unknown_code_is_its_own_name_and_is_contained_in_nothing(code: str) -> None:
    assert not sectors.known(code)
    assert sectors.name(code, "de") == code
    assert sectors.ancestors(code) == ()


def test_a_language_without_names_takes_its_parents_and_at_last_english() -> None:
    assert sectors.name("medtop:20000257", "pt-PT") == "Energias renováveis"
    assert sectors.name("medtop:20000257", "sw") == "Renewable energy"


@pytest.mark.parametrize("code", OWN)
def test_what_contains_a_sector_comes_nearest_first_and_never_itself(code: str) -> None:
    line = sectors.ancestors(code)
    assert code not in line
    assert len(set(line)) == len(line)
    assert all(sectors.ancestors(wide) == line[at + 1 :] for at, wide in enumerate(line) if wide in OWN)


def test_our_codes_and_their_tree_are_the_iptcs() -> None:
    data = shared(NEWEST).read_bytes()
    raw = {each["qcode"]: each for each in json.loads(data)["conceptSet"]}
    theirs = parse_vocabulary(data)
    ours = [code for code in OWN if code.startswith("medtop:")]
    assert len(ours) >= 60
    assert [code for code in ours if code not in raw or raw[code].get("retired")] == []
    assert {code: sectors.ancestors(code) for code in ours} == {code: theirs[code].ancestors for code in ours}


def test_the_full_vocabulary_is_known_beside_ours(loads: None) -> None:
    assert not sectors.known(JAZZ)
    sectors.load(parse_vocabulary(shared(TEN_LANGUAGES).read_bytes()))
    assert sectors.known(JAZZ)
    assert [sectors.name(JAZZ, tag) for tag in ("sv", "da", "zh-Hans", "pt", "fi")] == [
        "Jazz", "jazzmusik", "爵士音乐", "música jazz", "jazz music",
    ]  # fmt: skip
    assert sectors.ancestors(JAZZ)[-1] == "medtop:01000000"
    assert sectors.find("Jazzmusik") == JAZZ
    assert sectors.own_codes() == OWN
    assert len(sectors.all_codes()) == len(set(sectors.all_codes())) > 1200
    assert sectors.name("medtop:04000000", "de") == "Wirtschaft und Finanzen"
    sectors.load({})
    assert sectors.find("Jazzmusik") is None


def test_iptcs_own_language_codes_become_tags(loads: None) -> None:
    names = {"en_GB": "x", "se": "s", "dk": "d", "no_NB": "b", "no_NN": "n", "pt_BR": "p", "zh_Hans": "z"}
    found = parse_vocabulary(published(concept("medtop:1", **names)))
    assert set(found["medtop:1"].names) == {"en", "sv", "da", "nb", "nn", "pt", "zh-Hans"}


def test_our_own_name_goes_before_a_loaded_one(loads: None) -> None:
    sectors.load({"medtop:20000005": Sector({"en": "Film"}), "medtop:9": Sector({"en": "Whaling"})})
    assert sectors.find("Film") == "medtop:20000307"
    assert sectors.find("WHALING") == "medtop:9"


def test_containment_is_followed_upward_by_code_or_address_and_ends_in_a_circle() -> None:
    data = published(
        concept("medtop:1", "http://cv.iptc.org/newscodes/mediatopic/2"),
        concept("medtop:2", "medtop:3"),
        concept("medtop:3", "medtop:1"),
    )
    assert parse_vocabulary(data)["medtop:1"].ancestors == ("medtop:2", "medtop:3")


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"null", b"{}", b'{"conceptSet": 3}', b'{"conceptSet": [3]}', b"\xff\xfe", b"[" * 100_000,
     b'{"conceptSet": [{"qcode": "a", "prefLabel": []}]}', b'{"conceptSet": [{"qcode": "a", "broader": 3}]}'],
    ids=range(10),
)  # fmt: skip
def test_a_file_that_is_no_vocabulary_has_no_sectors(data: bytes) -> None:
    assert parse_vocabulary(data) == {}


@given(st.dictionaries(st.sampled_from(FIFTEEN), st.text(max_size=9)), st.lists(st.text(max_size=9), max_size=3))
def test_a_sector_reads_back_from_the_json_that_keeps_it(names: dict[str, str], wider: list[str]) -> None:
    sector = Sector(names, tuple(wider))
    assert Sector.from_json(json.loads(json.dumps(sector.as_json()))) == sector
