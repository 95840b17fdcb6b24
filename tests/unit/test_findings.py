"""What the desk is shown, and what forbids approval."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from dateline.desk.findings import findings, stops
from dateline.words.release import Contact, Embargo, Rendition, Signal, Source, Track, Version

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
GOOD = Version(
    renditions=(Rendition("en", headline="Tide turns", place="Brest", body_html="<p>It turned.</p>"),),
    source_language="en",
    source=Source(issuer="Tidewell Energy"),
    contacts=(Contact(name="Ada Quill", email="ada@tidewell.example"),),
    sectors=("medtop:04000000",),
)


def codes(version: Version) -> set[str]:
    return {fault.code for fault in stops(version, NOW)}


def test_a_good_release_may_go() -> None:
    assert codes(GOOD) == set()


@pytest.mark.parametrize(
    ("version", "code"),
    [
        (replace(GOOD, renditions=(replace(GOOD.main, headline=" "),)), "no-headline"),
        (replace(GOOD, renditions=(replace(GOOD.main, body_html="<p> </p>"),)), "no-body"),
        (replace(GOOD, contacts=()), "no-contact"),
        (replace(GOOD, contacts=(Contact(),)), "no-contact"),
        (replace(GOOD, source_language=""), "no-language"),
        (replace(GOOD, source_language="fr"), "no-language"),
        (replace(GOOD, source=Source()), "no-source"),
        (replace(GOOD, renditions=(*GOOD.renditions, Rendition("de", track=Track.OWED))), "owed"),
        (replace(GOOD, embargo=Embargo("2026-11-23T08:00", "UTC")), "past"),
        (replace(GOOD, embargo=Embargo("2027-03-28T02:30", "Europe/Berlin")), "no-such-hour"),
        (replace(GOOD, embargo=Embargo("", "Mars/Olympus")), "unknown-zone"),
        (replace(GOOD, audience=()), "no-audience"),
        (replace(GOOD, audience=("media",), regulated=True), "regulated"),
        (replace(GOOD, signal=Signal.WITHDRAWAL, ednote=""), "no-reason"),
    ],
)
def test_what_is_missing_forbids_approval_and_says_where(version: Version, code: str) -> None:
    assert code in codes(version)
    assert all(fault.where and fault.mend for fault in stops(version, NOW))


def test_an_empty_filing_lacks_all_four() -> None:
    assert {"no-headline", "no-body", "no-contact", "no-language"} <= codes(Version())


def test_what_may_follow_holds_nothing_up() -> None:
    later = Rendition("de", track=Track.MAY_FOLLOW)
    assert codes(replace(GOOD, renditions=(*GOOD.renditions, later))) == set()


def test_what_stops_comes_first() -> None:
    weights = [finding.stops for finding in findings(replace(GOOD, contacts=(), sectors=()), NOW)]
    assert weights == sorted(weights, reverse=True)
    assert len(weights) == 2
