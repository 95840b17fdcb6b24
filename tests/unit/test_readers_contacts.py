"""Contacts, datelines and tickers, as the wires print them, taken apart."""

import pytest

from dateline.intake.readers import countries, datelines, tongue
from dateline.intake.readers.contacts import HEADING, contacts
from dateline.intake.readers.story import told
from dateline.words import tickers
from dateline.words.errors import BadInput
from dateline.words.release import Contact


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        (
            ["Ada Kim", "Head of Press", "Halm SE", "+49 40 555 0100", "ada@halm.example"],
            Contact("Ada Kim", "Halm SE", "Head of Press", "ada@halm.example", "+49 40 555 0100"),
        ),
        (
            ["Halm", "Ada Kim, 040-555-0100", "ada@halm.example"],
            Contact("Ada Kim", "Halm", "", "ada@halm.example", "040-555-0100"),
        ),
        (["Contact: Ada Kim, CFO", "(E) ada@halm.example"], Contact("Ada Kim", "", "CFO", "ada@halm.example")),
        (["Ada Kim, CFA", "P: (403) 555-0100 ext. 5"], Contact("Ada Kim, CFA", phone="(403) 555-0100 ext. 5")),
        (
            ["Halm Group, Inc.", "media@halm.example"],
            Contact(organisation="Halm Group, Inc.", email="media@halm.example"),
        ),
        (["Investor Relations:", "ir@halm.example"], Contact(role="Investor Relations", email="ir@halm.example")),
        (
            ["Ada Kim", "1 Kite Street", "Floor 2", "www.halm.example"],
            Contact("Ada Kim", url="www.halm.example", text="1 Kite Street\nFloor 2"),
        ),
    ],
)
def test_one_contact(lines: list[str], wanted: Contact) -> None:
    assert contacts([lines]) == (wanted,)


def test_or_and_a_new_heading_part_contacts() -> None:
    lines = [
        "Ada Kim",
        "ada@halm.example",
        "or",
        "Jo Lee",
        "jo@halm.example",
        "Media Contact:",
        "Di Ott",
        "di@halm.example",
    ]
    assert [each.name for each in contacts([lines])] == ["Ada Kim", "Jo Lee", "Di Ott"]


def test_a_number_alone_belongs_to_whoever_stood_before_it() -> None:
    found = contacts([["Ada Kim", "ada@halm.example"], ["(P) Bonn: +49 228 555 0100"]])
    assert found == (Contact("Ada Kim", email="ada@halm.example", phone="Bonn: +49 228 555 0100"),)


@pytest.mark.parametrize(
    "line",
    [
        "Contact:", "CONTACTS", "Media Contact", "For further information, please contact:", "Investor Relations:",
        "Media Enquiries (only):", "Pressekontakt:", "Ansprechpartnerin",
        "Pour en savoir plus, veuillez communiquer avec :",
        "Contacto de prensa:", "お問い合わせ先", "联系人：", "문의처:", "Liên hệ:", "Контакты:",
    ],
)  # fmt: skip
def test_what_stands_over_contacts(line: str) -> None:
    assert HEADING.match(line)


@pytest.mark.parametrize(
    "line",
    ["Contact lenses were sold.", "For more information, please visit www.halm.example.", "Media companies grew."],
)
def test_what_does_not(line: str) -> None:
    assert not HEADING.match(line)


def test_prose_about_something_is_no_boilerplate() -> None:
    story = told("<p>About 40 people came.</p><p>About time, said one.</p><p>Über 500 Gäste kamen.</p>")
    assert story.boilerplate == ""
    assert story.body_html.count("<p>") == 3


def test_the_boilerplate_ends_at_the_next_heading() -> None:
    story = told(
        "<p>News.</p><p><b>About Halm</b></p><p>Halm makes kites.</p>"
        "<p><b>Forward-looking statements</b></p><p>Maybe.</p>"
    )
    assert story.boilerplate == "<p><b>About Halm</b></p>\n<p>Halm makes kites.</p>"
    assert story.body_html == "<p>News.</p>\n<p><b>Forward-looking statements</b></p>\n<p>Maybe.</p>"


def test_an_issuers_name_alone_in_bold_heads_its_boilerplate() -> None:
    story = told("<p>One.</p><p>Two.</p><p><b>Halm Kites</b></p><p>Kites since 1911.</p>", issuer="Halm Kites SE")
    assert "Kites since 1911." in story.boilerplate


def test_a_dateline_is_cut_out_through_the_elements_it_stands_in() -> None:
    story = told("<p><b>BUSAN</b>, <i>May 1, 2031</i> (BUSINESS WIRE)--<b>Halm</b> said.</p>")
    assert story.dateline is not None
    assert story.dateline.text == "BUSAN, May 1, 2031 (BUSINESS WIRE)--"
    assert (story.dateline.place, story.dateline.day) == ("BUSAN", "2031-05-01")
    assert story.body_html == "<p><b>Halm</b> said.</p>"


@pytest.mark.parametrize(
    "text", ["Halm (NYSE: HLM) - the kite maker", "BUSAN, May 1, 2031 (Halm) -- x", "(BUSINESS WIRE) x"]
)
def test_what_is_no_providers_dateline(text: str) -> None:
    assert datelines.found(text) is None


def test_a_day_that_does_not_exist_is_no_day() -> None:
    found = datelines.found("BUSAN, Feb. 31, 2031 (GLOBE NEWSWIRE) -- x")
    assert found is not None
    assert (found.place, found.day) == ("BUSAN", "")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("TSX VENTURE:axl", "XTSX:AXL"),
        ("Nasdaq: ACME", "XNAS:ACME"),
        ("nyse american:x", "XASE:X"),
        ("XETR:ACM", "XETR:ACM"),
        ("KRX:005930", "XKRX:005930"),
        ("Oslo Børs:NLK", "XOSL:NLK"),
    ],
)
def test_tickers_by_the_names_of_their_exchanges(text: str, wanted: str) -> None:
    assert tickers.ticker(text) == wanted
    assert tickers.ticker(wanted) == wanted


@pytest.mark.parametrize("text", ["", "ACME", ":ACME", "NYSE:", "NYSE:A B", "NYSE:アクメ", "Unheard-of Exchange:X"])
def test_no_ticker(text: str) -> None:
    with pytest.raises(BadInput) as refusal:
        tickers.ticker(text)
    assert refusal.value.faults[0].code == "unknown-ticker"


def test_every_market_code_has_its_shape_and_answers_to_itself() -> None:
    assert all(tickers.mic(code) == code for code in tickers.EXCHANGES)


@pytest.mark.parametrize("text", ["US45841N1071", "US45841N107", "U545841N1072", "US45841N107２"])
def test_no_isin(text: str) -> None:
    with pytest.raises(BadInput):
        tickers.isin(text)


def test_countries_of_places() -> None:
    places = ["Calgary, AB, Canada", "Hamilton, Bermuda", "SINGAPORE", "TAMUNING, Guam", "SEOUL, South Korea", "Paris"]
    assert [countries.of_place(place) for place in places] == [("CA",), ("BM",), ("SG",), ("GU",), ("KR",), ()]


@pytest.mark.parametrize(
    ("tag", "wanted"),
    [("en-US", "en"), ("fr-FR", "fr"), ("en-GB", "en-GB"), ("pt-PT", "pt-PT"), ("pt-BR", "pt"), ("zh-TW", "zh-Hant")],
)
def test_a_providers_region_goes_where_it_says_nothing(tag: str, wanted: str) -> None:
    assert tongue.provider_tag(tag) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("회사는 오늘 발표했다", "ko"), ("当社は本日発表した", "ja"), ("公司今天宣布", "zh-Hans"),
        ("บริษัทประกาศวันนี้", "th"),
        ("أعلنت الشركة اليوم", "ar"), ("Компания объявила", "ru"), ("The company said that it is open", "en"),
        ("Die Firma teilte mit, dass der Bau und die Halle im Mai fertig wird", "de"),
        ("La société a annoncé que le site est ouvert pour les clients", "fr"),
        ("La empresa anunció que el sitio es para los clientes", "es"),
        ("A empresa anunciou que não vai e uma das lojas da rede no sul", "pt"),
        ("Công ty đã công bố những sản phẩm và được các khách hàng", "vi"),
        ("Perusahaan telah mengumumkan bahwa produk ini bisa dibeli karena", "id"),
        ("Syarikat telah mengumumkan bahawa produk ini boleh dibeli kerana", "ms"),
    ],
)  # fmt: skip
def test_a_language_is_guessed_by_its_script_or_its_small_words(text: str, wanted: str) -> None:
    assert tongue.guessed(text)[0] == wanted
