"""Every text of the pages is there in every language, and a translator's slip is found."""

import re

import pytest

from dateline.site import messages
from dateline.words.languages import FIFTEEN

PLACES = re.compile(r"%\(\w+\)s|%s|\{\w*\}")
TRANSLATED = [tag for tag in FIFTEEN if tag != "en"]


@pytest.mark.parametrize("tag", TRANSLATED)
def test_each_text_is_translated_and_none_is_left_over(tag: str) -> None:
    """If this fails: `python -m dateline.site.messages update`, then translate what is empty."""
    said = {message.id: message.string for message in messages.read(tag) if message.id}
    wanted = {message.id for message in messages.texts() if message.id}
    assert set(said) == wanted
    assert not [text for text, translation in said.items() if not translation]


@pytest.mark.parametrize("tag", TRANSLATED)
def test_a_translation_has_the_places_of_its_text(tag: str) -> None:
    for message in messages.read(tag):
        if message.id and message.string:
            assert sorted(PLACES.findall(message.id)) == sorted(PLACES.findall(message.string)), message.id


@pytest.mark.parametrize("tag", TRANSLATED)
def test_a_translation_is_no_copy(tag: str) -> None:
    copies = [message.id for message in messages.read(tag) if message.id and message.id == message.string]
    # A word or two may be the same in both; a sentence is not.
    assert not [text for text in copies if len(text.split()) > 2]


@pytest.mark.parametrize("tag", TRANSLATED)
def test_a_wording_that_no_native_speaker_reviewed_says_so(tag: str) -> None:
    assert "No native speaker has reviewed this wording." in messages.read(tag).header_comment
