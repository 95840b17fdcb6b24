"""Entries as readers of the log get them, made without a log: for the tests of everything that renders one."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import strategies as st

from dateline.formats.body import clean
from dateline.wire.prepare import prepare
from dateline.words import clock, sectors
from dateline.words.entry import Entry
from dateline.words.languages import FIFTEEN
from dateline.words.release import Contact, Rendition, Signal, Source, Version
from dateline.words.wire import Wire

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
WIRE = Wire(
    name="Tidewire",
    origin="wire.example",
    base_url="https://wire.example",
    boilerplate="Tidewire carries what the coast has to say & proves it.",
)
HEADLINES = {
    "en": "Tide turns <early> & often",
    "ko": "밀물이 일찍 바뀌다",
    "ja": "潮が早く変わる",
    "ar": "المد يعود مبكرا",
    "zh-Hans": "潮水提前转向",
    "zh-Hant": "潮水提前轉向",
    "vi": "Thủy triều đổi sớm",
    "th": "น้ำขึ้นก่อนเวลา",
    "id": "Pasang berbalik lebih awal",
    "ms": "Air pasang berubah awal",
    "de": "Die Flut kehrt früh",
    "ru": "Прилив сменился раньше",
    "fr": "La marée tourne tôt",
    "es": "La marea cambia pronto",
    "pt": "A maré muda cedo",
}


def rendition(lang: str) -> Rendition:
    headline = HEADLINES[lang]
    return Rendition(
        lang,
        headline=headline,
        subhead=f"{headline} (2)",
        place="Brest",
        body_html=f"<p>BODY {lang} Q&amp;A</p><table><tr><td>5 m</td><td>12:00</td></tr></table><p>Last line.</p>",
        boilerplate="<p>ABOUT Tidewell Energy</p>",
        based_on=None if lang == "en" else "en",
        machine_translated=lang == "th",
    )


STORY = Version(
    renditions=tuple(rendition(lang) for lang in FIFTEEN),
    source_language="en",
    source=Source(issuer="Tidewell Energy"),
    contacts=(Contact(name="Ada Quill", role="Press", phone="+33 2 98 00 00 00", email="press@tidewell.example"),),
    sectors=("medtop:04000000", "dateline:top-story"),
    countries=("FR",),
    tickers=("XPAR:TIDE",),
    slugline="Tidewell-tides",
    urgency=4,
)
PROVIDED = replace(
    STORY,
    source=Source(issuer="Tidewell Energy", provider="Harbour News Service", guid="h-1", state_controlled="XX"),
    sponsored=True,
    ai_use="translation",
)


def entry(
    version: Version = STORY,
    *,
    seq: int = 7,
    edition: int = 1,
    canceled_by: int | None = None,
    langs: Iterable[str] = (),
) -> Entry:
    """The version as it stands in the log. What a later entry has withdrawn comes without text, as the log gives it."""
    made = prepare(
        version, filed=0, edit=0, release="k3", guid="tag:wire.example,2026:k3", number=edition, wire=WIRE, now=NOW
    )
    header = {
        **made.header,
        "seq": seq,
        "released_at": clock.printed(NOW),
        "supersedes": None,
        "editions": dict.fromkeys(langs or [each.lang for each in version.renditions], edition),
    }
    if canceled_by is not None:
        return Entry(header, dict.fromkeys(made.parts), {}, canceled_by)
    parts = {name: part.content for name, part in made.parts.items()}
    return Entry(header, parts, {name: part.salt for name, part in made.parts.items()})


def erased(of: Entry) -> Entry:
    """The same entry after every rendition was erased."""
    kept = {name: content for name, content in of.parts.items() if name == "contacts"}
    salts = {name: salt for name, salt in of.salts.items() if name == "contacts"}
    return replace(of, parts=dict.fromkeys(of.parts) | kept, salts=salts)


def corrected(version: Version = STORY) -> Entry:
    return entry(replace(version, signal=Signal.CORRECTION, ednote="CORRECTS the hour & <place>."), seq=9, edition=2)


def withdrawal(version: Version = STORY) -> Entry:
    """What takes it back: no rendition, no contact, a note why."""
    taken = replace(version, signal=Signal.WITHDRAWAL, renditions=(), contacts=(), ednote="Filed in error.")
    return entry(taken, seq=11, edition=3, langs=[each.lang for each in version.renditions])


# Whatever a reader may meet, by name.
KINDS: dict[str, Callable[[Version], Entry]] = {
    "release": entry,
    "provided": lambda version: entry(
        replace(version, source=PROVIDED.source, sponsored=PROVIDED.sponsored, ai_use=PROVIDED.ai_use)
    ),
    "correction": corrected,
    "update": lambda version: entry(replace(version, signal=Signal.UPDATE, ednote="Adds a table."), seq=8, edition=2),
    "test": lambda version: entry(replace(version, signal=Signal.TEST)),
    "withdrawal": withdrawal,
    "canceled": lambda version: entry(version, canceled_by=11),
    "erased": lambda version: erased(entry(version)),
}
WITH_TEXT = ("release", "provided", "correction", "update", "test")
WITHOUT_TEXT = ("withdrawal", "canceled", "erased")


def texts(most: int = 60) -> st.SearchStrategy[str]:
    """Any Unicode text, controls and bidi marks too; no lone surrogate, which no log can hold (RFC 8785)."""
    odd = st.sampled_from(
        [*"\x00\x01\x0b\x1b\x7f\x85\u2028\ufeff\ufffe\uffff\u202e<>&\"'\n\r\t", "]]>", "👩‍👩‍👧‍👦", "น้ำ"]
    )
    return st.lists(odd | st.characters(exclude_categories=["Cs"]), max_size=most).map("".join)


def bodies() -> st.SearchStrategy[str]:
    """Clean HTML, whatever was filed."""
    tag = st.sampled_from(["p", "h2", "ul", "li", "table", "tr", "td", "blockquote", "pre", "b", "span", "br", "a"])
    pieces = tag.map("<{}>".format) | tag.map("</{}>".format) | texts(10)
    return st.lists(pieces, max_size=12).map("".join).map(clean)


@st.composite
def versions(draw: st.DrawFn) -> Version:
    """A version of odd texts in one of the fifteen languages or another, from an issuer or a provider."""
    lang = draw(st.sampled_from([*FIFTEEN, "he", "pt-BR", "qaa"]))
    shown = Rendition(
        lang,
        headline=draw(texts()),
        subhead=draw(texts()),
        place=draw(texts(10)),
        dateline=draw(texts(10)),
        body_html=draw(bodies()),
        boilerplate=draw(bodies()),
    )
    contact = Contact(name=draw(texts(8)), email=draw(texts(8)), url=draw(texts(8)), text=draw(texts(20)))
    return Version(
        renditions=(shown,),
        source_language=lang,
        source=Source(issuer=draw(texts(20)), provider=draw(texts(20))),
        contacts=draw(st.sampled_from([(), (contact,)])),
        sectors=tuple(draw(st.lists(st.sampled_from(sectors.own_codes()), max_size=8, unique=True))),
        countries=tuple(draw(st.lists(st.sampled_from(["DE", "FR", "KR"]), max_size=3, unique=True))),
        tickers=tuple(draw(st.lists(st.sampled_from(["XETR:ACM", "XKRX:000000"]), max_size=2, unique=True))),
        slugline=draw(texts(30)),
        ednote=draw(texts(30)),
        sponsored=draw(st.booleans()),
    )


def kinds() -> st.SearchStrategy[Callable[[Version], Entry]]:
    return st.sampled_from(list(KINDS.values()))
