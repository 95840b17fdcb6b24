"""Our own JSON: the shape of `Version.as_json`, checked member by member.

A rendition may bring `body_markdown` or `body_text` in the place of `body_html`. Members that are
missing have the defaults of `Version`; without `source_language` the first rendition is the source.
"""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, NoReturn

from dateline.formats.body import clean
from dateline.intake.readers import bodies, countries, vocabulary
from dateline.intake.readers.charset import place
from dateline.intake.readers.checks import check_length
from dateline.intake.readers.reading import Draft
from dateline.intake.readers.shape import Block, Choice, Flag, Line, Many, Maybe, Thing, Whole
from dateline.words import clock, tickers
from dateline.words.errors import BadInput, Fault, Refused
from dateline.words.languages import canonical
from dateline.words.release import Signal, Track, Version

BODIES = ("body_html", "body_markdown", "body_text")
RENDITION = Thing(
    {
        "lang": Line(100),
        "headline": Line(),
        "subhead": Line(),
        "place": Line(200),
        "dateline": Block(500),
        **dict.fromkeys(BODIES, Block()),
        "boilerplate": Block(),
        "based_on": Maybe(Line(100)),
        "machine_translated": Flag(),
        "track": Choice(tuple(Track)),
    },
    needed=("lang",),
)
CONTACT = Thing(
    {**dict.fromkeys(("name", "organisation", "role", "email", "phone", "url"), Line(500)), "text": Block(10_000)}
)
SOURCE = Thing(
    {
        **dict.fromkeys(("issuer", "provider", "guid", "issued", "principal", "payer"), Line(500)),
        **dict.fromkeys(("verified", "state_controlled"), Maybe(Line(500))),
    }
)
EMBARGO = Thing({"at": Line(60), "zone": Line(60)})
VERSION = Thing(
    {
        "renditions": Many(RENDITION, 100),
        "source_language": Line(100),
        "source": SOURCE,
        "contacts": Many(CONTACT, 100),
        **dict.fromkeys(
            ("sectors", "countries", "tickers", "isins", "circuits", "audience", "unread"), Many(Line(200))
        ),
        "embargo": EMBARGO,
        "urgency": Whole(1, 9),
        "slugline": Line(200),
        "ednote": Block(5_000),
        "sponsored": Flag(),
        "ai_use": Line(200),
        "regulated": Flag(),
        "signal": Choice(tuple(Signal)),
        "erases": Many(Line(200)),
    }
)


def sniff(text: str) -> bool:
    """Whether it begins as a JSON object does."""
    return text.lstrip().startswith("{")


def read(text: str) -> Draft:
    """The version that the document describes. BadInput with every fault of it."""
    return version_of(_parsed(text))


def version_of(document: Any) -> Draft:
    """The version, from a document of plain values. BadInput with every fault, each at its JSON pointer."""
    faults: list[Fault] = []
    taken = VERSION.take(document, "", faults)
    if faults:
        raise BadInput(faults)
    collect = _Collector(faults)
    renditions = [_rendition(each, f"/renditions/{at}", collect) for at, each in enumerate(taken.get("renditions", ()))]
    taken["renditions"] = renditions
    taken.setdefault("source_language", renditions[0]["lang"] if renditions else "")
    if taken["source_language"]:
        taken["source_language"] = collect(_lang, taken["source_language"], "/source_language")
    for name, reading in _CODES.items():
        given = taken.get(name, ())
        taken[name] = list(dict.fromkeys(collect(reading, each, f"/{name}/{at}") for at, each in enumerate(given)))
    _check_embargo(taken.get("embargo", {}), collect)
    if faults:
        raise BadInput(faults)
    return Draft(Version.from_json(taken), vocabulary.unlisted(taken["tickers"], "/tickers"))


class _Collector:
    """Calls what may refuse, and gathers the faults instead, so that a sender sees all of them at once."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults

    def __call__(self, reading: Callable[[str, str], str], text: str, where: str) -> str:
        try:
            return reading(text, where)
        except Refused as refusal:
            self.faults += refusal.faults
            return ""


def _lang(tag: str, where: str) -> str:
    return _at(where, canonical, tag)


def _zone(name: str, where: str) -> str:
    return _at(where, lambda text: clock.zone(text).key, name)


def _at(where: str, reading: Callable[[str], str], text: str) -> str:
    """Call it, and say of its faults where they are in this document."""
    try:
        return reading(text)
    except Refused as refusal:
        raise BadInput(Fault(each.code, each.what, where, each.mend) for each in refusal.faults) from None


_CODES: dict[str, Callable[[str, str], str]] = {
    "sectors": vocabulary.sector,
    "countries": countries.country,
    "tickers": tickers.ticker,
    "isins": tickers.isin,
}


def _rendition(given: dict[str, Any], where: str, collect: _Collector) -> dict[str, Any]:
    given["lang"] = collect(_lang, given["lang"], f"{where}/lang")
    if given.get("based_on"):
        given["based_on"] = collect(_lang, given["based_on"], f"{where}/based_on")
    brought = [name for name in BODIES if name in given]
    if len(brought) > 1:
        what = f"The rendition brings its body {len(brought)} times."
        collect.faults.append(Fault("many-bodies", what, f"{where}/{brought[1]}", f"Leave {brought[0]} alone."))
    for name in brought:
        given["body_html"] = collect(_BODY[name], given.pop(name), f"{where}/{name}")
    if "boilerplate" in given:
        given["boilerplate"] = collect(_html, given["boilerplate"], f"{where}/boilerplate")
    return given


def _html(text: str, where: str) -> str:
    check_length(text, where)
    return _at(where, clean, text)


_BODY = {"body_html": _html, "body_markdown": bodies.from_markdown, "body_text": bodies.from_text}


def _check_embargo(embargo: dict[str, str], collect: _Collector) -> None:
    """Only how it is written: whether the time has passed is for whoever keeps it to say."""
    if embargo.get("at"):
        collect(_time, embargo["at"], "/embargo/at")
    if embargo.get("zone"):
        collect(_zone, embargo["zone"], "/embargo/zone")


def _time(text: str, where: str) -> str:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        mend = "Write it as 2026-12-01T09:00."
        raise BadInput([Fault("bad-time", f"{text!r} is not a time.", where, mend)]) from None
    return text


def _parsed(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_number, parse_float=_no_number)
    except json.JSONDecodeError as trouble:
        where = f"line {trouble.lineno}, column {trouble.colno}"
        raise BadInput([Fault("broken-json", f"The JSON is broken: {trouble.msg}.", where, "Mend it there.")]) from None
    except RecursionError:
        raise BadInput([Fault("too-deep", "The JSON nests too deep.", place(text, 0), "Nest less.")]) from None
    except ValueError:
        raise BadInput([Fault("broken-json", "The JSON has a number too long to read.", "", "Shorten it.")]) from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        what = f"An object has the member {twice[:60]!r} twice."
        raise BadInput([Fault("duplicate-member", what, twice[:60], "Leave one of them.")])
    return document


def _no_number(text: str) -> NoReturn:
    what = f"{text[:20]} is not a number that a release has."
    raise BadInput([Fault("bad-value", what, "", "Write a whole number.")])
