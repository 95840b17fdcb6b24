"""Real releases of third-party providers go in whole, and come out in the parts that a wire prints.

The files are others' and stay where they are; here stand only short facts that tell whether each was read right:
the digest of a headline, lengths, counts, codes.
"""

import hashlib
import re
from dataclasses import dataclass

import pytest
from lxml import etree

from dateline.formats.body import clean, plain
from dateline.intake.readers import Reading, read
from dateline.words.clock import now
from dateline.words.printed import printed
from dateline.words.wire import Wire
from tests.shared import shared

FOLDERS = (
    "fixtures/pr-asianet-prnewswire",
    "fixtures/pr-businesswire",
    "fixtures/pr-businesswire-newsml12",
    "fixtures/pr-globenewswire",
)


@dataclass(frozen=True, slots=True)
class Real:
    """What one file must yield. `headline` and `emails` begin SHA-256 digests; lengths are in characters."""

    path: str
    format: str
    lang: str
    headline: str
    issued: str
    provider: str
    guid: str
    dateline: int
    place: int
    subhead: int
    paragraphs: int
    boilerplate: int
    letters: int
    emails: tuple[str, ...]
    tables: int = 0
    tickers: tuple[str, ...] = ()
    isins: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    unread: int = 0
    warning: str = ""

    def __str__(self) -> str:
        return self.path


ASIANET = "AsiaNet / PR Newswire"
BW = "urn:newsml:businesswire.com:20010714:"
GNW = "urn:newsml:marketwired.com:20020408:"
FILES = (
    Real(
        "pr-asianet-prnewswire/asianet_3.tst", "plain", "en", "1fec09a36032a2dd", "2017-02-01", ASIANET, "PR67255",
        dateline=48, place=9, subhead=186, paragraphs=19, boilerplate=0, letters=7143, emails=("86d174b7",),
        warning="language-guessed",
    ),
    Real(
        "pr-asianet-prnewswire/asianet_4.tst", "plain", "en", "6d1166f50b0ac87a", "2017-02-02", ASIANET, "PR67257",
        dateline=48, place=9, subhead=100, paragraphs=6, boilerplate=2, letters=1718, emails=("1b687887",),
        countries=("SG",), warning="language-guessed",
    ),
    Real(
        "pr-asianet-prnewswire/asianet_7.tst", "plain", "en", "9fe78b6ce07a06b6", "2017-02-02", ASIANET, "PR67271",
        dateline=67, place=28, subhead=91, paragraphs=4, boilerplate=1, letters=1955, emails=("e72e9fc6", "b58888b3"),
        warning="language-guessed",
    ),
    Real(
        "pr-asianet-prnewswire/asianet_8.tst", "plain", "en", "b95ba4d3491f1a17", "2017-02-01", ASIANET, "PR67275",
        dateline=53, place=14, subhead=0, paragraphs=10, boilerplate=4, letters=3245, emails=("66e0d4a0", "906b1d64"),
        countries=("GU",), warning="language-guessed",
    ),
    Real(
        "pr-asianet-prnewswire/asianet_9.tst", "plain", "en", "131d4b17ea86676d", "2017-02-02", ASIANET, "PR67278",
        dateline=46, place=7, subhead=0, paragraphs=8, boilerplate=0, letters=2626, emails=("b67df888",),
        warning="language-guessed",
    ),
    Real(
        "pr-businesswire-newsml12/businesswire-newsml-20130515006361.xml", "newsml-1", "en", "95e8e3108945e059",
        "2013-05-16T04:01:00.000Z", "Business Wire", BW + "20130515006361",
        dateline=36, place=17, subhead=445, paragraphs=19, boilerplate=4, letters=8219, emails=("65376907", "a0ccb205"),
        tickers=("XNAS:DELL",), countries=("US",), warning="mojibake",
        sectors=("medtop:13000000", "medtop:20000225", "medtop:20000226", "medtop:20000231"),
    ),
    Real(
        "pr-businesswire-newsml12/businesswire-newsml-20130731006140.xml", "newsml-1", "en", "83aad1bd06000e83",
        "2013-07-31T15:32:00.000Z", "Business Wire", BW + "20130731006140",
        dateline=35, place=16, subhead=138, paragraphs=9, boilerplate=2, letters=3084, emails=("fdc3b061", "cbc0f389"),
        tickers=("XNYS:DIN",), countries=("US",), sectors=("medtop:20000243", "medtop:20000324", "medtop:20000252"),
    ),
    Real(
        "pr-businesswire/20210130005024r1.xml", "newsml-1", "en", "dfe12978919933c6",
        "2021-01-31T02:41:00.000Z", "Business Wire", BW + "20210130005024",
        dateline=35, place=16, subhead=0, paragraphs=1, boilerplate=2, letters=449, emails=("3267173a",),
        tickers=("XNAS:IBKR",), isins=("US45841N1072",), countries=("US",), sectors=("medtop:04000000",), unread=1,
    ),
    Real(
        "pr-globenewswire/0b78.xml", "newsml-g2", "en", "925cad638c9d01ea",
        "2019-12-03T12:00:10.000Z", "GlobeNewswire", GNW + "201912037765832-en",
        dateline=52, place=16, subhead=0, paragraphs=5, boilerplate=3, letters=3496,
        emails=("98c7d173", "ca146b31", "0b750e5d"),
        tickers=("XTSX:AXL", "OTCM:NTGSF"), isins=("CA04274P1053",), countries=("CA",), unread=1,
    ),
    Real(
        "pr-globenewswire/202006097942547-en.newsml", "newsml-g2", "en", "2c56801bb2f66c69",
        "2020-06-09T11:30:10.000Z", "GlobeNewswire", GNW + "202006097942547-en",
        dateline=43, place=7, subhead=0, paragraphs=14, boilerplate=3, letters=6449, emails=("a2a8a818", "b3ef8ed1"),
        tickers=("XTSX:XLY", "OTCM:CBWTF"), isins=("CA05335P1099",), countries=("CA",), sectors=("medtop:20000218",),
    ),
    Real(
        "pr-globenewswire/fr.xml", "newsml-g2", "fr", "8eefc32f03aac098",
        "2020-05-26T15:31:00.000Z", "GlobeNewswire", GNW + "202005267925935-fr",
        dateline=41, place=7, subhead=342, paragraphs=8, boilerplate=3, letters=4905, emails=("f67fcc0c",),
        tickers=("XTSE:T", "XNYS:TU"), isins=("CA87971M1032",), countries=("CA",), unread=1,
    ),
    Real(
        "pr-globenewswire/tables.newsml", "newsml-g2", "en", "6e627dbfaf3b3fa2",
        "2020-07-07T10:50:10.000Z", "GlobeNewswire", GNW + "202007077955771-en",
        dateline=52, place=16, subhead=0, paragraphs=12, boilerplate=4, letters=7825, emails=("2f211781", "f2da83a3"),
        tables=2, tickers=("XTSE:BEP.UN", "XNYS:BEP", "XTSE:BEP-UN"), isins=("BMG162581083",), countries=("BM",),
        sectors=("medtop:20000256",),
    ),
)  # fmt: skip

# What stands over contacts and in front of numbers.
LABELS = {
    "for", "further", "information", "contact", "email", "phone", "source", "media", "release",
    "pour", "plus", "savoir", "veuillez", "communiquer", "avec", "only",
}  # fmt: skip


def _digest(text: str, length: int) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:length]


@pytest.fixture(params=FILES, ids=str)
def real(request: pytest.FixtureRequest) -> tuple[Real, Reading, bytes]:
    file: Real = request.param
    path = shared(f"fixtures/{file.path}")
    data = path.read_bytes()
    return file, read(data, name=path.name), data


def test_every_file_of_the_three_providers_is_listed() -> None:
    here = {f"{path.parent.name}/{path.name}" for folder in FOLDERS for path in shared(folder).iterdir()}
    assert here == {file.path for file in FILES}


def test_headline_language_and_source(real: tuple[Real, Reading, bytes]) -> None:
    file, reading, _ = real
    version, main = reading.version, reading.version.main
    assert reading.format == file.format
    assert _digest(main.headline, 16) == file.headline
    assert (main.lang, version.source_language) == (file.lang, file.lang)
    assert version.source.kind == "provider"
    assert (version.source.provider, version.source.guid, version.source.issued) == (
        file.provider,
        file.guid,
        file.issued,
    )
    assert version.source.issuer
    assert len(main.subhead) == file.subhead


def test_codes(real: tuple[Real, Reading, bytes]) -> None:
    file, reading, _ = real
    version = reading.version
    assert (version.tickers, version.isins, version.countries) == (file.tickers, file.isins, file.countries)
    assert (version.sectors, len(version.unread)) == (file.sectors, file.unread)
    unread = [fault for fault in reading.warnings if fault.code == "unknown-sector"]
    assert len(unread) == len(version.unread)


def test_the_body_has_its_paragraphs_and_tables_and_nothing_that_is_printed_elsewhere(
    real: tuple[Real, Reading, bytes],
) -> None:
    file, reading, _ = real
    main = reading.version.main
    assert main.body_html == clean(main.body_html)
    assert main.body_html.count("<p>") == file.paragraphs
    assert main.body_html.count("<table>") == file.tables
    text = plain(main.body_html)
    assert len(text) == file.letters
    assert len(re.findall(r"<p>|<h\d>", main.boilerplate)) >= file.boilerplate
    assert main.headline not in text
    assert main.dateline.strip() not in text
    for contact in reading.version.contacts:
        assert contact.email not in text
    for mark in ("NEWSWIRE)", "(BUSINESS WIRE)", "/PRNewswire", "SOURCE", "businesswire.com:"):
        assert mark not in text
    assert "<img" not in main.body_html


def test_the_providers_dateline_is_kept_and_printed_once(real: tuple[Real, Reading, bytes]) -> None:
    file, reading, _ = real
    main = reading.version.main
    assert (len(main.dateline), len(main.place)) == (file.dateline, file.place)
    assert main.dateline.startswith(main.place)
    part = printed(reading.version, main, Wire(), now())
    assert part["dateline"].endswith(main.dateline)
    assert file.provider in part["disclaimer"]


def test_contacts(real: tuple[Real, Reading, bytes]) -> None:
    file, reading, _ = real
    contacts = reading.version.contacts
    assert tuple(_digest(contact.email, 8) for contact in contacts) == file.emails
    assert all(contact.name or contact.organisation or contact.role for contact in contacts)


def test_what_a_provider_got_wrong_is_reported(real: tuple[Real, Reading, bytes]) -> None:
    file, reading, _ = real
    codes = {fault.code for fault in reading.warnings} - {"unknown-sector"}
    assert codes == ({file.warning} if file.warning else set())
    assert all(fault.mend and fault.where for fault in reading.warnings)


def test_no_word_is_lost(real: tuple[Real, Reading, bytes]) -> None:
    """All words of the source's text are in one of the parts, but for labels such as `Contact:` and `Phone:`."""
    _, reading, data = real
    main = reading.version.main
    parts = [main.headline, main.subhead, main.dateline, plain(main.body_html), plain(main.boilerplate)]
    kept = " ".join([*parts, *map(str, reading.version.contacts), str(reading.version.source)])
    lost = {word.casefold() for word in re.findall(r"\w{3,}", _text(data)) if word not in kept}
    assert lost <= LABELS


def _text(data: bytes) -> str:
    """The text that a reader of the file would see, taken without our readers."""
    if not data.lstrip().startswith(b"<"):
        return data.decode()
    root = etree.fromstring(data.lstrip())
    bodies = root.findall(".//{*}contentSet") or [
        content
        for part in root.findall(".//NewsComponent")
        if (role := part.find("Role")) is not None and role.get("FormalName") in {"Body", "Contact"}
        for content in part.iter("DataContent")
    ]
    for body in bodies:
        for shown in [each for each in body.iter() if (each.get("id") or "").startswith(("bwbodyimg", "mmgallery"))]:
            shown.clear()
    # U+009D is what an earlier hand made of a quotation mark's last byte.
    return " ".join(" ".join(body.itertext()) for body in bodies).replace("\x9d", "")
