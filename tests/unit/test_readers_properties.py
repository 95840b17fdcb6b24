"""Whatever bytes come in, a reader answers with a version or a refusal; and what it read, it reads again."""

import json
import string

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dateline.formats.body import clean, plain
from dateline.intake.readers import Reading, read
from dateline.intake.readers.characters import BIDI
from dateline.words.errors import Refused
from dateline.words.release import Contact, Embargo, Rendition, Signal, Source, Track, Version

NAMES = st.sampled_from(["", "a.json", "a.xml", "a.newsml", "a.md", "a.txt", "a.tst", "a.pdf"])
TYPES = st.sampled_from(["", "application/json", "text/markdown", "text/plain; charset=utf-16", "text/xml; charset=x"])
# What every grammar here is made of, so that random text gets past the first character.
SCRAPS = st.sampled_from([
    "{", "}", "[", "]", '"', ":", ",", "---\n", "\n\n", "# ", "<", ">", "</", "<p>", "<NewsML", "<newsItem xmlns='",
    "http://iptc.org/std/nar/2006-10-01/", "<?xml version='1.0'?>", "<!DOCTYPE x [", "<!ENTITY", "&x;", "\\u202e",
    '"renditions"', '"lang"', '"en"', "lang: en\n", "headline: ", "contacts:\n", "- ", "| a | b |\n", "&a", "*a", "!!",
    "Contact:\n", "About Acme\n", "SOURCE Acme", "BUSAN, May 1, 2031 (GLOBE NEWSWIRE) -- ", "+1 555 0100",
    "a@b.example", "Ãœ", "â€™", "\ufeff", "\x00", "é", "漢", "ع", "NewsItem", "NewsComponent", "NewsLines",
])  # fmt: skip


def _answer(data: bytes, name: str, media_type: str) -> Reading | Refused:
    try:
        return read(data, name=name, media_type=media_type)
    except Refused as refusal:
        return refusal


def _survives(data: bytes, name: str, media_type: str) -> None:
    answer = _answer(data, name, media_type)
    if isinstance(answer, Refused):
        assert answer.faults
        assert all(fault.what and fault.mend for fault in answer.faults)
    else:
        assert read(json.dumps(answer.version.as_json()).encode(), name="a.json").version == answer.version


@given(st.binary(max_size=300), NAMES, TYPES)
def test_any_bytes(data: bytes, name: str, media_type: str) -> None:
    _survives(data, name, media_type)


@given(st.text(max_size=300), NAMES, TYPES)
def test_any_text(text: str, name: str, media_type: str) -> None:
    _survives(text.encode("utf-8", "surrogatepass"), name, media_type)


@settings(max_examples=300)
@given(st.lists(st.one_of(SCRAPS, st.text(max_size=4)), max_size=25).map("".join), NAMES)
def test_text_that_nearly_is_something(text: str, name: str) -> None:
    _survives(text.encode("utf-8", "surrogatepass"), name, "")


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from([*Version.__dataclass_fields__, *Rendition.__dataclass_fields__]), inner),
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(list(Version.__dataclass_fields__)), JSON, max_size=4))
def test_any_json_of_our_member_names(document: dict[str, object]) -> None:
    _survives(json.dumps(document).encode(), "a.json", "")


def _words(most: int) -> st.SearchStrategy[str]:
    """Text that may be filed, on one line."""
    letters = st.characters(exclude_categories=("Cs", "Cc", "Cn"), exclude_characters="".join(BIDI))
    return st.text(letters, max_size=most).map(lambda text: " ".join(text.split()))


LANGS = st.sampled_from(["en", "ko", "ar", "zh-Hant", "pt-BR", "de", "cy", "en-GB"])
HTML = st.lists(_words(20).map(lambda text: f"<p>{text}</p>"), max_size=4).map("".join).map(clean)
LINES = _words(30)


def _unique(*values: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), unique=True).map(tuple)


RENDITIONS = st.lists(
    st.builds(
        Rendition,
        lang=LANGS,
        headline=LINES,
        subhead=LINES,
        place=LINES,
        dateline=LINES,
        body_html=HTML,
        boilerplate=HTML,
        based_on=st.one_of(st.none(), LANGS),
        machine_translated=st.booleans(),
        track=st.sampled_from(Track),
    ),
    unique_by=lambda each: each.lang,
    max_size=4,
).map(tuple)
VERSIONS = st.builds(
    Version,
    renditions=RENDITIONS,
    source_language=st.one_of(st.just(""), LANGS),
    source=st.builds(Source, issuer=LINES, provider=LINES, guid=LINES, verified=st.one_of(st.none(), LINES)),
    contacts=st.lists(st.builds(Contact, name=LINES, email=LINES, text=LINES), max_size=2).map(tuple),
    sectors=_unique("medtop:04000000", "dateline:top-story"),
    countries=_unique("DE", "KR", "BR"),
    tickers=_unique("XNYS:IBM", "XTSE:BEP.UN", "XKRX:005930"),
    isins=_unique("US45841N1072", "CA04274P1053"),
    circuits=_unique("europe", "asia"),
    embargo=st.sampled_from([Embargo(), Embargo("2031-04-01T09:00", "Asia/Seoul"), Embargo("2031-04-01T09:00+02:00")]),
    urgency=st.integers(1, 9),
    slugline=LINES,
    ednote=LINES,
    sponsored=st.booleans(),
    ai_use=LINES,
    regulated=st.booleans(),
    signal=st.sampled_from(Signal),
    unread=st.lists(LINES, unique=True, max_size=2).map(tuple),
)


@given(VERSIONS)
def test_every_version_comes_back_from_its_own_json(version: Version) -> None:
    assert read(json.dumps(version.as_json()).encode(), media_type="application/json").version == version


@given(VERSIONS, st.sampled_from([*sorted(BIDI), "\x00", "\x1b", "\ud800"]))
def test_a_forbidden_character_anywhere_in_a_headline_is_refused(version: Version, letter: str) -> None:
    version = version.with_rendition(Rendition(lang="fr", headline=f"a{letter}b"))
    with pytest.raises(Refused) as refusal:
        read(json.dumps(version.as_json()).encode(), media_type="application/json")
    assert "/headline, character 2" in refusal.value.faults[0].where


WORD = st.text(string.ascii_lowercase, min_size=1, max_size=11)
SENTENCE = st.lists(WORD, min_size=8, max_size=60).map(lambda words: " ".join(words).capitalize() + ".")


def _wrapped(text: str, width: int) -> str:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + 1 + len(word) > width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return "\r\n".join(lines)


@example("A B C", ["Source close to us said so, and more of it.", "About time that somebody said so."], "BUSAN", 70)
@given(
    st.lists(WORD, min_size=3, max_size=9).map(lambda words: " ".join(words).title()),
    st.lists(SENTENCE, min_size=1, max_size=5),
    st.sampled_from(["BUSAN", "SAO PAULO", "PARIS, France"]),
    st.integers(60, 79),
)
def test_plain_wire_text_comes_back_paragraph_by_paragraph(
    headline: str, paragraphs: list[str], place: str, width: int
) -> None:
    dateline = f"{place}, May 1, 2031 /PRNewswire-AsiaNet/ --"
    # One line of full width shows where the text is wrapped, as any longer text does.
    ruler = "x " * ((width - 1) // 2) + "x" * (2 - width % 2)
    parts = [headline, dateline, *paragraphs, ruler]
    data = "\r\n\r\n".join(_wrapped(part, width) for part in parts).encode()
    reading = read(data, name="a.txt")
    main = reading.version.main
    assert main.headline == headline
    assert main.dateline == dateline + " "
    assert main.place == place
    assert plain(main.body_html).split("\n\n") == [*paragraphs, ruler]
