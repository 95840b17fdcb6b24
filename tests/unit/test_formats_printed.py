"""What is printed of an entry, in which order, in every format: nothing left out, nothing that was taken back."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from dateline.formats import newsml_g2, ninjs, page_html, plain_text
from dateline.formats.blocks import blocks, run_in
from dateline.formats.body import plain
from dateline.formats.registry import FORMATS, negotiate
from dateline.formats.said import said, xml_safe
from dateline.words import sectors
from dateline.words.entry import Entry
from dateline.words.languages import FIFTEEN, language
from dateline.words.release import Rendition
from tests.entries import KINDS, PROVIDED, STORY, WIRE, WITH_TEXT, WITHOUT_TEXT, entry, texts, withdrawal

NAMES = tuple(FORMATS)


def words(made: Entry, lang: str, name: str) -> str:
    """Everything that a reader of the format sees as text, in its order."""
    data = FORMATS[name].render(made, lang, WIRE)
    if name == "txt":
        return data.decode()
    if name == "html":
        return plain(page_html.article(said(made, lang, WIRE)))
    if name == "xml":
        root = etree.fromstring(data)
        return "\n".join(part.strip() for part in root.itertext() if part.strip())
    document = json.loads(data)
    shown = [document.get("edNote", ""), document.get("usageTerms", "")]
    shown += [each["value"] for each in document["headlines"]]
    return "\n".join([*shown, *(plain(each["value"]) for each in document.get("bodies", ()))])


def in_order(text: str, *pieces: str) -> bool:
    at = -1
    for piece in pieces:
        at = text.find(piece, at + 1)
        if at < 0:
            return False
    return True


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("lang", FIFTEEN)
def test_a_third_partys_release_prints_as_the_wires_do(lang: str, name: str) -> None:
    rules = language(lang)
    made = entry(PROVIDED)
    headline = made.rendition(lang)["headline"]
    dateline = rules.dateline("Brest", made.released_at.date(), WIRE.name)
    names = rules.list_separator.join(sectors.names(made.sectors, lang))
    printed = words(made, lang, name)
    joined = " ".join(printed.split())
    lead = dateline.strip().split()[-1]
    assert in_order(
        joined,
        headline,
        lead,
        f"{headline} (2)",
        f"BODY {lang} Q&A",
        "ABOUT Tidewell",
        " ".join(rules.third_party("Harbour News Service").split()),
        " ".join((rules.heading("sectors") + rules.heading_colon + names).split()),
        "the coast has to say & proves it.",
    )
    assert rules.end_mark not in joined.split()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("lang", FIFTEEN)
def test_an_issuers_own_release_has_dateline_boilerplate_contacts_and_end_mark(lang: str, name: str) -> None:
    rules = language(lang)
    made = entry(STORY)
    joined = " ".join(words(made, lang, name).split())
    assert in_order(
        joined,
        made.rendition(lang)["headline"],
        rules.dateline("Brest", made.released_at.date(), WIRE.name).strip().split()[-1],
        f"BODY {lang} Q&A",
        "5 m",
        "Last line.",
        "ABOUT Tidewell Energy",
        "Ada Quill",
        "press@tidewell.example",
        rules.end_mark,
    )
    assert "third" not in joined.lower()
    assert "coast has to say" not in joined


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("lang", ["en", "ar", "ja"])
def test_no_format_leaves_out_a_label_or_the_disclaimer(name: str, kind: str, lang: str) -> None:
    made = KINDS[kind](PROVIDED)
    rules = language(lang)
    shown = " ".join(words(made, lang, name).split())
    wanted = ["third_party", "sponsored", "state_controlled", "ai_use"]
    wanted += {"correction": ["corrected"], "update": ["updated"], "test": ["test"]}.get(kind, [])
    wanted += ["withdrawn"] if kind in WITHOUT_TEXT else []
    assert [each for each in wanted if rules.label(each) not in shown] == []
    assert " ".join(rules.third_party("Harbour News Service").split()) in shown


@pytest.mark.parametrize("kind", ["release", "canceled"])
def test_only_the_language_that_was_machine_translated_says_so(kind: str) -> None:
    made = KINDS[kind](STORY)
    assert "machine_translated" in dict(said(made, "th", WIRE).labels)
    assert "machine_translated" not in dict(said(made, "vi", WIRE).labels)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", WITHOUT_TEXT)
@pytest.mark.parametrize("lang", FIFTEEN)
def test_what_was_taken_back_has_no_text_anywhere(lang: str, kind: str, name: str) -> None:
    data = FORMATS[name].render(KINDS[kind](STORY), lang, WIRE).decode()
    headline = entry(STORY).rendition(lang)["headline"]
    for gone in (headline, headline.partition(" <")[0], "BODY", "ABOUT", "Ada Quill", "press@", "Last line", "BREST"):
        assert gone not in data
    assert "Tidewell-tides" not in data
    assert language(lang).label("withdrawn") in data
    assert f"tag:wire.example,2026:k3/{lang}" in data


def test_a_withdrawal_says_why_and_what_it_takes_back_does_not() -> None:
    assert said(withdrawal(), "en", WIRE).ednote == "Filed in error."
    noted = replace(STORY, ednote="About the tide at Brest.")
    assert said(entry(noted, canceled_by=11), "en", WIRE).ednote == ""


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", ["correction", "update", "withdrawal"])
def test_the_note_to_editors_stands_in_every_format(kind: str, name: str) -> None:
    note = {"correction": "CORRECTS the hour & <place>.", "update": "Adds a table.", "withdrawal": "Filed in error."}
    assert note[kind] in words(KINDS[kind](STORY), "fr", name)


def test_identity_edition_and_status_in_ninjs() -> None:
    first, second = (ninjs.document(KINDS[kind](STORY), "de", WIRE) for kind in ("release", "correction"))
    assert first["uri"] == second["uri"] == "tag:wire.example,2026:k3/de"
    assert (first["version"], second["version"]) == ("1", "2")
    assert {kind: ninjs.document(KINDS[kind](STORY), "de", WIRE)["pubStatus"] for kind in KINDS} == dict.fromkeys(
        WITH_TEXT, "usable"
    ) | dict.fromkeys(WITHOUT_TEXT, "canceled")
    assert first["organisations"][0]["symbols"] == [{"exchange": "XPAR", "symbol": "TIDE"}]
    assert {"role": "source", "value": "h-1"} in ninjs.document(entry(PROVIDED), "de", WIRE)["altIds"]


def test_identity_edition_status_and_signal_in_newsml_g2() -> None:
    told = {}
    for kind, make in KINDS.items():
        root = etree.fromstring(newsml_g2.render(make(STORY), "de", WIRE))
        status = root.find(".//{*}pubStatus").get("qcode")
        signal = root.find(".//{*}signal")
        told[kind] = (root.get("version"), status, None if signal is None else signal.get("qcode"))
        assert root.get("guid") == "tag:wire.example,2026:k3/de"
    assert told == {
        "release": ("1", "stat:usable", None),
        "provided": ("1", "stat:usable", None),
        "correction": ("2", "stat:usable", "sig:correction"),
        "update": ("2", "stat:usable", "sig:update"),
        "test": ("1", "stat:usable", None),
        "withdrawal": ("3", "stat:canceled", None),
        "canceled": ("1", "stat:canceled", None),
        "erased": ("1", "stat:canceled", None),
    }


@pytest.mark.parametrize(
    ("dateline", "body", "printed"),
    [
        ("BREST – ", "<p>One</p><p>Two</p>", '<p><span class="dateline">BREST – </span>One</p><p>Two</p>'),
        ("BREST – ", '<p dir="rtl">One</p>', '<p dir="rtl"><span class="dateline">BREST – </span>One</p>'),
        ("BREST – ", "<pre>One</pre>", '<p><span class="dateline">BREST – </span></p><pre>One</pre>'),
        ("A&B<C>", "<h2>One</h2>", '<p><span class="dateline">A&amp;B&lt;C&gt;</span></p><h2>One</h2>'),
        ("", "<p>One</p>", "<p>One</p>"),
    ],
)
def test_the_dateline_runs_into_the_first_paragraph(dateline: str, body: str, printed: str) -> None:
    assert run_in(dateline, body) == printed


@pytest.mark.parametrize(
    ("lang", "own", "printed"),
    [
        ("en", "PARIS (HARBOUR) --", "(Tidewire) – PARIS (HARBOUR) -- "),
        ("en", "PARIS--(HARBOUR NEWS)--", "(Tidewire) – PARIS--(HARBOUR NEWS)--"),
        ("en", "PARIS – ", "(Tidewire) – PARIS – "),
        ("ja", "（パリ）", "（Tidewire）（パリ）"),
    ],
)
def test_a_providers_own_dateline_is_printed_once_after_our_name(lang: str, own: str, printed: str) -> None:
    shown = Rendition(lang, headline="One", place="Paris", dateline=own, body_html="<p>Text.</p>")
    made = entry(replace(PROVIDED, renditions=(shown,), source_language=lang))
    assert said(made, lang, WIRE).dateline == printed
    assert blocks(said(made, lang, WIRE))[1] == ("body", f'<p><span class="dateline">{printed}</span>Text.</p>')


@pytest.mark.parametrize(
    ("accept", "extension"),
    [
        ("", "html"),
        ("*/*", "html"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "html"),
        ("application/json", "json"),
        ("application/vnd.iptc.ninjs+json;q=0.4, text/plain;q=0.3", "json"),
        ("application/xml;q=0.2, text/*;q=0.1", "xml"),
        ("text/plain, */*;q=0.1", "txt"),
        ("text/html;q=0, */*", "json"),
        ("TEXT/PLAIN ; Q=1.0", "txt"),
        ("text/plain;q=nan, application/json;q=0.001", "json"),
        ("text/plain;q=1.5, application/json;q=0.5", "json"),
        ("image/png", None),
        ("text/html;q=0", None),
        (";;,,=;q", None),
    ],
)
def test_the_format_is_the_one_that_accept_prefers(accept: str, extension: str | None) -> None:
    found = negotiate(accept)
    assert (found.extension if found else None) == extension


@given(st.text(max_size=80))
def test_no_accept_header_breaks_the_negotiation(accept: str) -> None:
    assert negotiate(accept) in {None, *FORMATS.values()}


@given(texts())
def test_what_xml_cannot_hold_is_dropped_and_nothing_else(text: str) -> None:
    kept = xml_safe(text)
    node = etree.Element("text")
    node.text = kept
    # XML reads each line end as one newline (section 2.11), unless it is written as a reference, as here.
    assert etree.fromstring(etree.tostring(node)).text == (kept or None)
    dropped = [char for char in text if char not in kept]
    assert all(char < " " or char in "\ufffe\uffff" for char in dropped)


def test_the_text_of_a_correction_reads_so() -> None:
    text = plain_text.render(KINDS["correction"](STORY), "en", WIRE).decode()
    assert text == (
        "Corrected\n\nTide turns <early> & often\n\nCORRECTS the hour & <place>.\n\nTide turns <early> & often (2)\n\n"
        "BREST, Nov. 23, 2026 (Tidewire) – BODY en Q&A\n\n5 m | 12:00\n\nLast line.\n\nABOUT Tidewell Energy\n\n"
        "Contacts\n\n• Ada Quill\nPress\n+33 2 98 00 00 00\npress@tidewell.example\n\n###\n\n"
        "Sectors: Economy, business and finance, Top story\n\n"
        "https://wire.example/en/k3\n\ntag:wire.example,2026:k3/en 2 2026-11-23T09:00:00.000Z\n"
    )
