"""Everything that is wrong with a file is said: what, where, and how to mend it."""

import json
from pathlib import Path
from typing import Any

import pytest

from dateline.intake.readers import LIMIT, read
from dateline.words.errors import BadInput, Fault, Refused, TooLarge

SAMPLES = Path(__file__).parents[1] / "samples"
G2 = (SAMPLES / "g2.xml").read_text("utf-8")
HEADLINE = G2[: G2.index("<headline>")].count("\n") + 1
UMLAUT = G2[: G2.index("Über")].count("\n") + 1
BOMB = (
    '<?xml version="1.0"?>\n<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>\n<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/">&c;</newsItem>'
)


def faults_of(data: bytes | str, name: str = "", media_type: str = "") -> tuple[Fault, ...]:
    with pytest.raises(Refused) as refusal:
        read(data.encode() if isinstance(data, str) else data, name=name, media_type=media_type)
    assert all(fault.what and fault.mend for fault in refusal.value.faults)
    return refusal.value.faults


def own(**members: Any) -> str:
    return json.dumps(members)


def rendition(**members: Any) -> str:
    return own(renditions=[{"lang": "en", **members}])


def test_what_is_larger_than_the_wire_takes() -> None:
    with pytest.raises(TooLarge):
        read(b"x" * (LIMIT + 1))


def test_a_body_longer_than_any_release_is_kept_to_be_mended() -> None:
    wire = b"Headline\n\n" + b"word " * 250_000
    markdown = b"---\nlang: en\n---\n" + b"word " * 250_000
    for data, name in [(wire, "a.txt"), (markdown, "a.md"), (rendition(body_html="x" * 1_100_000).encode(), "a.json")]:
        assert faults_of(data, name)[0].code == "too-long"


@pytest.mark.parametrize(
    ("data", "name", "code", "where"),
    [
        (b"", "", "empty", ""),
        (b" \r\n", "a.json", "empty", ""),
        (b"%PDF-1.7 ...", "a.pdf", "not-text", ""),
        (b"PK\x03\x04...", "a.docx", "not-text", ""),
        (b"<html><body>x</body></html>", "", "unknown-format", "line 1"),
        (G2.replace("</headline>", "</headlin>").encode(), "a.xml", "broken-xml", f"line {HEADLINE}"),
        (b"<a><b></a>", "a.xml", "broken-xml", "line 1, column"),
        (b"<rss version='2.0'/>", "a.xml", "no-news-item", "line 1"),
        (BOMB.encode(), "a.xml", "entities", "line 2, column"),
        (BOMB.encode("utf-16"), "a.xml", "entities", "line 2, column"),
        (G2.replace("<headline>", "<headline>&nbsp;").encode(), "a.xml", "broken-xml", f"line {HEADLINE}"),
        (b"<a>" * 5_000 + b"</a>" * 5_000, "a.xml", "too-deep", "line 1"),
        (G2.replace("stat:usable", "stat:canceled").encode(), "a.xml", "canceled", "line 2"),
        (G2.encode("cp1252"), "a.xml", "charset", f"line {UMLAUT}, column"),
        (G2.replace("utf-8", "utf-16").encode(), "a.xml", "charset", "line 1"),
        (G2.replace("utf-8", "rot13").encode(), "a.xml", "charset", "line 1"),
        ("Über\n\nÜber uns".encode("cp1252"), "a.txt", "charset", "line 1, column 1"),
        (b"Headline\n\nTe\x00xt", "a.txt", "control-character", "line 3, column 3"),
        (b"Headline\n\nTe\x07xt", "a.txt", "control-character", "line 3, column 3"),
        ("Headline\n\nTe\u202ext".encode(), "a.txt", "bidi-control", "line 3, column 3"),
        ("Headline\u2067\n\nText".encode(), "a.txt", "bidi-control", "line 1, column 9"),
        (b"One line alone", "a.txt", "no-body", "line 1"),
        (b"---\nheadline: x\nbody", "a.md", "broken-yaml", "line 1"),
        (b"---\nheadline: 'x\n---\nbody", "a.md", "broken-yaml", "line"),
        (b"---\n- x\n---\nbody", "a.md", "broken-yaml", "line 2"),
        (b"---\na: &a [x]\nb: *a\n---\nbody", "a.md", "alias", "line 3"),
        (b"---\na: " + b"[" * 5_000 + b"\n---\nbody", "a.md", "too-deep", "line 2"),
        (b"---\nlang: en\nheadlin: x\n---\nbody", "a.md", "unknown-member", "line 3, /headlin"),
        (b"---\nlang: en\nlang: de\n---\nbody", "a.md", "duplicate-member", "line 3"),
        (b"---\nlang: xx-nope\n---\nbody", "a.md", "bad-language", "line 2, /renditions/0/lang"),
        (b"---\nlang: en\nurgency: high\n---\nbody", "a.md", "wrong-type", "line 3, /urgency"),
        (b"---\nlang: en\ntickers:\n  - NYSE:X\n  - ACME\n---\nbody", "a.md", "unknown-ticker", "line 5, /tickers/1"),
        (b"---\nlang: en\n" + b"ednote: " + b"x" * 70_000 + b"\n---\nbody", "a.md", "too-long", "line 1"),
        (b'{"renditions": [}', "a.json", "broken-json", "line 1, column 17"),
        (b'{"a": 1, "a": 2}', "a.json", "duplicate-member", "a"),
        (b"[" * 20_000 + b"]" * 20_000, "a.json", "too-deep", "line 1"),
        (b'{"urgency": ' + b"9" * 5_000 + b"}", "a.json", "broken-json", ""),
        (b'{"urgency": NaN}', "a.json", "bad-value", ""),
        (b"[]", "a.json", "wrong-type", ""),
    ],
)
def test_a_file_that_cannot_be_read(data: bytes, name: str, code: str, where: str) -> None:
    faults = faults_of(data, name)
    assert faults[0].code == code
    assert faults[0].where.startswith(where)


@pytest.mark.parametrize(
    ("document", "code", "where"),
    [
        (own(headline="x"), "unknown-member", "/headline"),
        (own(renditions={}), "wrong-type", "/renditions"),
        (own(renditions=["x"]), "wrong-type", "/renditions/0"),
        (own(renditions=[{"headline": "x"}]), "missing", "/renditions/0/lang"),
        (rendition(headlin="x"), "unknown-member", "/renditions/0/headlin"),
        (rendition(headline=1), "wrong-type", "/renditions/0/headline"),
        (rendition(headline=None), "wrong-type", "/renditions/0/headline"),
        (rendition(headline="x" * 3_000), "too-long", "/renditions/0/headline"),
        (rendition(headline="a\u202eb"), "bidi-control", "/renditions/0/headline, character 2"),
        (rendition(headline="a\ud800b"), "control-character", "/renditions/0/headline, character 2"),
        (rendition(subhead="a\u0000b"), "control-character", "/renditions/0/subhead, character 2"),
        (rendition(body_html="<p>a&#8238;b</p>"), "bidi-control", "/renditions/0/body_html, character 5"),
        (rendition(body_html="<blockquote>" * 500), "too-deep", "/renditions/0/body_html"),
        (rendition(body_html="x", body_text="x"), "many-bodies", "/renditions/0/body_text"),
        (rendition(track="soon"), "bad-value", "/renditions/0/track"),
        (rendition(machine_translated="yes"), "wrong-type", "/renditions/0/machine_translated"),
        (own(renditions=[{"lang": "klingonisch"}]), "bad-language", "/renditions/0/lang"),
        (own(renditions=[{"lang": "en"}, {"lang": "EN"}]), "duplicate-language", "/renditions/1/lang"),
        (own(source_language="e!"), "bad-language", "/source_language"),
        (own(tickers=["ACME"]), "unknown-ticker", "/tickers/0"),
        (own(tickers=["XNYS:IBM", "Blorp Exchange:X"]), "unknown-ticker", "/tickers/1"),
        (own(sectors=["medtop:04000000", "Kite repairs"]), "unknown-sector", "/sectors/1"),
        (own(isins=["US45841N1071"]), "bad-isin", "/isins/0"),
        (own(countries=["Atlantis"]), "unknown-country", "/countries/0"),
        (own(embargo={"at": "tomorrow"}), "bad-time", "/embargo/at"),
        (own(embargo={"at": "2031-01-01T09:00", "zone": "Mars/Olympus"}), "unknown-zone", "/embargo/zone"),
        (own(urgency=0), "bad-value", "/urgency"),
        (own(urgency=True), "wrong-type", "/urgency"),
        (own(signal="scoop"), "bad-value", "/signal"),
        (own(contacts=[{"fax": "1"}]), "unknown-member", "/contacts/0/fax"),
        (own(source={"issuer": 1}), "wrong-type", "/source/issuer"),
        (own(sectors=["x"] * 2_000), "too-long", "/sectors"),
        (own(**{"a/b~c": 1}), "unknown-member", "/a~1b~0c"),
    ],
)
def test_our_json_with_a_fault_says_where_by_its_pointer(document: str, code: str, where: str) -> None:
    fault = faults_of(document, "a.json")[0]
    assert (fault.code, fault.where.split(" of ")[0]) == (code, where)


def test_all_faults_are_said_at_once() -> None:
    document = own(renditions=[{"lang": "klingonisch"}], tickers=["ACME", "NYSE:IBM"], countries=["Atlantis"])
    assert [fault.where for fault in faults_of(document)] == ["/renditions/0/lang", "/countries/0", "/tickers/0"]


def test_a_misspelt_member_is_told_what_it_may_have_meant() -> None:
    assert faults_of(rendition(headlin="x"))[0].mend == "Did you mean headline?"


def test_an_unknown_sector_gets_its_nearest_names() -> None:
    assert "(Biotechnology)" in faults_of(own(sectors=["biotecnology"]))[0].mend


def test_no_entity_is_fetched_or_read_from_a_file() -> None:
    outside = '<!DOCTYPE newsItem [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + G2.partition("?>")[2].strip()
    assert faults_of(outside.replace("<headline>", "<headline>&x;"), "a.xml")[0].code == "entities"


def test_an_entity_that_an_outer_dtd_would_explain_is_refused() -> None:
    outside = '<!DOCTYPE newsItem SYSTEM "http://127.0.0.1:9/x.dtd">' + G2.partition("?>")[2].strip()
    assert faults_of(outside.replace("<headline>", "<headline>&x;"), "a.xml")[0].code == "entities"


def test_mojibake_is_reported_and_carried() -> None:
    reading = read("Applebeeâ€™s opens\n\nItâ€™s open, and the doors are of glass.".encode())
    fault = next(fault for fault in reading.warnings if fault.code == "mojibake")
    assert fault.where == "line 1, column 9"
    assert reading.version.main.headline == "Applebeeâ€™s opens"


def test_capital_accents_before_guillemets_are_no_mojibake() -> None:
    warnings = read("CAFÉ» de LÀ\n\nLe café est à côté de la Seine.".encode()).warnings
    assert "mojibake" not in {fault.code for fault in warnings}


def test_lost_characters_are_reported() -> None:
    reading = read("Head\n\nCaf\ufffd is open, and the doors are of glass.".encode())
    assert "lost-characters" in {fault.code for fault in reading.warnings}


def test_a_ticker_at_an_exchange_that_only_looks_like_one_is_reported() -> None:
    reading = read(own(tickers=["NSYE:IBM"]).encode())
    assert reading.version.tickers == ("NSYE:IBM",)
    assert [fault.code for fault in reading.warnings] == ["unlisted-exchange"]


def test_right_to_left_text_needs_no_controls() -> None:
    document = own(renditions=[{"lang": "ar", "headline": "شركة\u200f تعلن"}])
    assert read(document.encode()).version.main.headline == "شركة\u200f تعلن"


def test_the_errors_are_bad_input_and_not_another_refusal() -> None:
    with pytest.raises(BadInput):
        read(b"")
