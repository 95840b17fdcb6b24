"""What other rooms tell and have written down, in the page's language; what the other end said is left as it is."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.utils import translation

from dateline.delivery import barring, outward, quiet, shards, tapped
from dateline.delivery.models import Suppression
from dateline.routing import explain
from dateline.routing.index import ATTRIBUTES
from dateline.routing.models import Subscriber
from dateline.web.work import reasons
from dateline.web.work.reasons import WRITTEN, reason
from dateline.web.work.subscription import came_from
from dateline.words.languages import FIFTEEN
from dateline.words.told import Told

# Pieces of a sentence that may stand anywhere.
SHORT = 8
ROOMS = Path(reasons.__file__).parents[2]
SOURCES = "".join(path.read_text() for path in sorted(ROOMS.rglob("*.py")) if path != Path(reasons.__file__))
NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
OURS = [
    barring.UNSUBSCRIBED,
    barring.ENDED,
    barring.UNCONFIRMED,
    barring.NOT_ASKED_FOR,
    barring.FORGOTTEN,
    barring.LAPSED,
    barring.ended("").evidence,
    barring.suppressed("objection: said when it was asked").evidence,
    quiet.over({"cap": "20"}, 20),
    tapped.quiet({"paused_until": "2027"}, "tag:a", NOW),
    tapped.quiet({"muted": "tag:a"}, "tag:a", NOW),
    shards.superseded_by(7),
    str(outward.OwnNetworkError()),
    outward.failure(TimeoutError()).evidence,
    outward.failure(ValueError()).evidence,
    came_from(Subscriber(name="Layla Haddad"), NOW),
]


def told(said: Told | str, lang: str) -> str:
    with translation.override(lang.lower()):
        return reason(said)


@pytest.mark.parametrize("said", OURS)
def test_what_we_wrote_down_is_said_in_the_readers_language(said: str) -> None:
    """If this fails, a room writes down something that WRITTEN does not know."""
    ours = re.sub("<bdi>.*?</bdi>", "", told(said, "ar"))
    assert not re.search("[A-Za-z]", ours)


@pytest.mark.parametrize("text", WRITTEN)
def test_each_sentence_is_one_that_a_room_writes_down(text: str) -> None:
    """If this fails, the sentence was changed where it is written, and is not known again on the page."""
    pieces = re.split(r"\{\w+\}", text.removeprefix("ConnectionError: "))
    kinds = [f"{each}: " for each in Suppression.Reason.values]
    assert all(len(piece) < SHORT or piece in kinds or piece in SOURCES for piece in pieces)


@pytest.mark.parametrize("tag", [tag for tag in FIFTEEN if tag != "en"])
@pytest.mark.parametrize("text", WRITTEN)
def test_each_sentence_says_its_values_in_each_language(text: str, tag: str) -> None:
    values = {name: f"<{name}>" for name in re.findall(r"\{(\w+)\}", text)}
    said = told(text.format(**values), tag)
    assert said != told(text.format(**values), "en")
    assert all(f"&lt;{name}&gt;</bdi>" in said for name in values)


def test_what_the_other_end_said_is_nobodys_language_and_no_markup() -> None:
    assert told("HTTP 503 <b>down</b>", "ar") == '<bdi lang="">HTTP 503 &lt;b&gt;down&lt;/b&gt;</bdi>'
    assert told("suppressed: bounce: 550 5.1.1 {no}", "de") == 'gesperrt: Rückläufer: <bdi lang="">550 5.1.1 {no}</bdi>'


def test_what_a_room_tells_is_english_as_text_and_the_readers_language_on_a_page() -> None:
    said = Told("It was not owed entry {seq}: {why}", {"seq": 7, "why": Told("No rule fits.")})
    assert str(said) == "It was not owed entry 7: No rule fits."
    assert told(said, "de") == "Eintrag <bdi>7</bdi> war ihm nicht geschuldet: Keine Regel passt."


def test_each_attribute_of_a_rule_has_a_name() -> None:
    assert explain._NAMES.keys() == set(ATTRIBUTES)
