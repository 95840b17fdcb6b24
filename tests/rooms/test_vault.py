"""What is sealed opens only with its key, in its place, and each opening is recorded once a sitting."""

import base64
import json
import secrets
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from dateline.people.roles import Actor, Role
from dateline.vault import boxes, keys
from dateline.vault.models import Box, DataKey, NamedKey, Opening
from dateline.words import clock
from dateline.words.errors import NotConfigured

pytestmark = pytest.mark.django_db
CARMEN = Actor("user:1", "Carmen Vale", Role.EDITOR, sitting="morning")


def test_what_goes_in_comes_out_and_the_row_shows_nothing_of_it() -> None:
    box = boxes.seal("r1", "version/1", b"a merger at noon")
    assert b"merger" not in bytes(Box.objects.get(pk=box.pk).sealed)
    assert boxes.open_box(box, by=CARMEN, why="edit", now=clock.now()) == b"a merger at noon"


def test_a_row_moved_to_another_release_does_not_open() -> None:
    one, other = boxes.seal("r1", "version/1", b"one"), boxes.seal("r2", "version/1", b"two")
    Box.objects.filter(pk=one.pk).update(sealed=other.sealed)
    with pytest.raises(NotConfigured):
        boxes.open_box(Box.objects.get(pk=one.pk), by=CARMEN, why="edit", now=clock.now())


def test_reading_twice_in_a_sitting_is_one_opening_and_another_sitting_is_another() -> None:
    box = boxes.seal("r1", "version/1", b"text")
    for sitting in ("morning", "morning", "evening"):
        boxes.open_box(box, by=replace(CARMEN, sitting=sitting), why="edit", now=clock.now())
    told = boxes.openings("r1")
    assert [(each["who"], each["what"], each["why"]) for each in told] == [("user:1", "version/1", "edit")] * 2
    assert b"Carmen" not in bytes(Opening.objects.first().sealed)


def test_a_shredded_release_never_opens_again() -> None:
    box = boxes.seal("r1", "version/1", b"text")
    boxes.shred("r1")
    assert not DataKey.objects.filter(release="r1").exists()
    with pytest.raises(NotConfigured):
        boxes.open_box(box, by=CARMEN, why="edit", now=clock.now())


def test_rotating_the_master_key_wraps_every_key_anew_and_opens_what_was(settings_keys: Path) -> None:
    box = boxes.seal("r1", "version/1", b"text")
    document = json.loads(settings_keys.read_text())
    document["keys"]["2"], document["current"] = base64.b64encode(secrets.token_bytes(32)).decode(), "2"
    settings_keys.write_text(json.dumps(document))
    assert keys.rewrap() == DataKey.objects.count() + NamedKey.objects.count()
    assert set(DataKey.objects.values_list("master", flat=True)) == {"2"}
    assert boxes.open_box(box, by=CARMEN, why="edit", now=clock.now()) == b"text"


def test_without_the_key_file_nothing_opens_and_the_reason_is_said(settings_keys: Path) -> None:
    box = boxes.seal("r1", "version/1", b"text")
    settings_keys.unlink()
    with pytest.raises(NotConfigured, match="missing"):
        boxes.open_box(box, by=CARMEN, why="edit", now=clock.now())


@pytest.fixture
def settings_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the key file that a test may spoil."""
    path = tmp_path / "copy.key"
    path.write_bytes(Path(settings.DATELINE_KEY_FILE).read_bytes())
    monkeypatch.setattr(settings, "DATELINE_KEY_FILE", path)
    return path


@given(st.binary(max_size=200), st.text(max_size=20))
def test_a_changed_byte_is_noticed(plaintext: bytes, place: str) -> None:
    key = bytes(range(32))
    sealed = bytearray(keys.encrypt(key, plaintext, place))
    assert keys.decrypt(key, bytes(sealed), place) == plaintext
    sealed[-1] ^= 1
    with pytest.raises(NotConfigured):
        keys.decrypt(key, bytes(sealed), place)
