"""One invented release in each format that the wire reads."""

from pathlib import Path

import pytest

from dateline.formats.body import plain
from dateline.intake.readers import FORMATS, Reading, read
from dateline.words.release import Contact, Embargo, Version

SAMPLES = Path(__file__).parents[1] / "samples"


def _read(name: str) -> Reading:
    return read((SAMPLES / name).read_bytes(), name=name)


def test_our_json_takes_markdown_and_text_for_bodies_and_names_for_codes() -> None:
    version = _read("own.json").version
    assert [each.lang for each in version.renditions] == ["en", "ko"]
    english, korean = version.renditions
    assert plain(english.body_html).endswith("\n\nYear | Kites\n2025 | 1,200")
    assert "<strong>first kite works</strong>" in english.body_html
    assert korean.body_html.count("<p>") == 2
    assert korean.based_on == "en"
    assert version.countries == ("KR", "DE")
    assert version.tickers == ("XETR:HLM",)
    assert version.embargo == Embargo("2031-04-01T09:00", "Asia/Seoul")


def test_markdown_reads_no_as_norwegian_and_as_false_where_each_is_meant() -> None:
    reading = _read("release.md")
    version = reading.version
    assert reading.format == "markdown"
    assert version.main.lang == "no"
    assert version.sponsored is False
    assert version.urgency == 3
    assert version.main.headline == "Nordlys Kraft bygger havvind utenfor Bergen"
    assert version.main.headline not in version.main.body_html
    assert version.main.body_html.count("<table>") == 1
    assert version.embargo == Embargo("2031-04-01T09:00", "Europe/Oslo")
    assert version.contacts == (Contact(name="Ingrid Vik", email="presse@nordlys.example"),)
    assert version.source.issuer == "Nordlys Kraft ASA"
    assert (version.countries, version.tickers) == (("NO",), ("XOSL:NLK",))


def test_plain_wire_text_is_unwrapped_and_taken_apart() -> None:
    version = _read("wire.txt").version
    main = version.main
    assert main.headline.endswith("Cannot Taste, and to the People Who Can")
    assert main.subhead == "Twelve cooks keep their jobs and their spoons"
    assert main.dateline == "SINGAPORE, March 3, 2031 /PRNewswire-AsiaNet/ -- "
    assert (main.place, version.countries) == ("SINGAPORE", ("SG",))
    assert main.body_html.startswith("<p>Tamarind Foods said today")
    assert "<h3>What the Cooks Say</h3>" in main.body_html
    assert 'href="https://tamarind.example/kitchen?a=1&amp;b=2"' in main.body_html
    assert main.boilerplate.startswith("<p>About Tamarind Foods<br>Tamarind Foods makes sauces in Singapore and sells")
    assert version.contacts == (
        Contact(name="Mei Tan", role="Head of Sauce", email="mei@tamarind.example", phone="+65 5550 0100"),
    )
    assert (version.source.issuer, version.source.guid) == ("Tamarind Foods Pte", "PR00017")


def test_newsml_g2_in_german_with_an_embargo_and_a_ticker_that_is_none() -> None:
    reading = _read("g2.xml")
    version = reading.version
    assert version.main.lang == "de"
    assert version.embargo == Embargo("2031-04-01T07:00:00.000Z")
    assert version.main.dateline == "HAMBURG, 1. April 2031 (GLOBE NEWSWIRE) -- "
    assert plain(version.main.body_html) == "Elbwerk rechnet mit mehr.\n\nUmsatz | 12 Mio."
    assert plain(version.main.boilerplate) == "Über Elbwerk\n\nElbwerk baut Schleusen."
    assert (version.source.provider, version.countries, version.tickers) == ("Beispieldienst", ("DE",), ("XETR:ELB",))
    assert [(fault.code, fault.where) for fault in reading.warnings] == [("unknown-ticker", "line 13")]
    assert version.contacts[0].name == "Jan Petersen"
    assert version.contacts[0].phone == "+49 40 555 0100"


def test_newsml_1_in_two_languages_after_a_blank_line() -> None:
    version = _read("newsml1.xml").version
    assert [each.lang for each in version.renditions] == ["en", "es"]
    assert [each.dateline for each in version.renditions] == [
        "SALEM, Ore.--(BUSINESS WIRE)--",
        "SALEM, Oregón--(BUSINESS WIRE)--",
    ]
    assert version.embargo == Embargo("2031-04-01T09:00:00.000Z")
    assert version.source.guid == "urn:newsml:provider.example:20310401:17"
    assert version.tickers == ("XNYS:CDR",)


@pytest.mark.parametrize(
    ("sample", "media_type", "name", "wanted"),
    [
        ("own.json", "application/json", "", "json"),
        ("own.json", "", "", "json"),
        ("release.md", "text/markdown; charset=utf-8", "", "markdown"),
        ("release.md", "text/plain", "release.md", "markdown"),
        ("release.md", "application/octet-stream", "", "markdown"),
        ("g2.xml", "application/xml", "", "newsml-g2"),
        ("g2.xml", "", "", "newsml-g2"),
        ("newsml1.xml", "text/xml", "", "newsml-1"),
        ("newsml1.xml", "", "item.newsml", "newsml-1"),
        ("wire.txt", "text/plain", "", "plain"),
        ("wire.txt", "", "release.tst", "plain"),
    ],
)
def test_the_format_is_told_by_media_type_then_name_then_content(
    sample: str, media_type: str, name: str, wanted: str
) -> None:
    assert read((SAMPLES / sample).read_bytes(), name=name, media_type=media_type).format == wanted


@pytest.mark.parametrize("sample", sorted(path.name for path in SAMPLES.iterdir()))
def test_every_sample_reads_again_from_its_own_json(sample: str) -> None:
    version = _read(sample).version
    assert Version.from_json(version.as_json()) == version


def test_every_format_has_a_sample() -> None:
    assert {_read(path.name).format for path in SAMPLES.iterdir()} == {each.name for each in FORMATS}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_taken_for_what_it_says(encoding: str) -> None:
    text = (SAMPLES / "release.md").read_text("utf-8")
    assert read(text.encode(encoding), name="release.md").version == _read("release.md").version


def test_xml_in_a_legacy_charset_is_read_in_it() -> None:
    text = (SAMPLES / "g2.xml").read_text("utf-8").replace('encoding="utf-8"', 'encoding="iso-8859-1"')
    assert read(text.encode("cp1252"), name="g2.xml").version == _read("g2.xml").version
