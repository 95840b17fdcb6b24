"""`dateline verify`: what it proves, what it finds out, and that it takes no wire's word twice."""

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from dateline.cli import main
from dateline.formats import note
from dateline.intake.models import FiledVersion
from dateline.people import tokens
from dateline.people.roles import Role
from dateline.vault.models import NamedKey
from dateline.wire import log, proofs, signing
from dateline.wire.models import Head, LogPart
from dateline.words import clock
from tests.house import free_port
from tests.rooms import stories

pytestmark = pytest.mark.usefixtures("own_head")
Command = Callable[..., tuple[int, str]]


@pytest.fixture
def nowhere() -> str:
    return f"http://127.0.0.1:{free_port()}"


@pytest.fixture
def verify(
    live_server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """`dateline verify` as from a terminal, with a home of its own: its status and all that it said."""
    (tmp_path / "home").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATELINE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DATELINE_BASE_URL", live_server.url)

    def run(*words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["dateline", "verify", *words])
        with pytest.raises(SystemExit) as left:
            main()
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return int(left.value.code or 0), said.out + said.err

    return run


@pytest.fixture
def filed(verify: Command) -> FiledVersion:
    return stories.released()


def saved(document: Any, name: str = "proof.json") -> str:
    Path(name).write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return name


def test_a_file_is_checked_offline_and_says_what_it_proves(verify: Command, filed: FiledVersion, nowhere: str) -> None:
    status, said = verify(saved(proofs.bundle(1)), "--key", signing.vkey(), "--url", nowhere)
    assert status == 0
    assert "Entry 1 is in that log" in said
    assert "The part rendition/en is, to the letter, what was released." in said


def test_the_key_may_lie_in_a_file(verify: Command, filed: FiledVersion, nowhere: str) -> None:
    saved(signing.vkey() + "\n", "wire.key")
    assert verify(saved(proofs.bundle(1)), "--key", "wire.key", "--url", nowhere)[0] == 0
    assert verify("proof.json", "--key", "missing.key", "--url", nowhere)[0] == 1


def test_a_guid_is_asked_of_the_wire_and_its_key_is_not_taken_silently(verify: Command, filed: FiledVersion) -> None:
    stories.corrected(filed, stories.CORRECTED)
    status, said = verify(f"tag:wire.example,2026:{filed.release_id}")
    assert status == 0
    assert "Entry 1 is in that log" in said
    assert "Entry 2 is in that log" in said
    assert "not whose wire it is" in said
    assert "not whose wire it is" not in verify(filed.release_id)[1], "the second time it is known"


def test_once_seen_a_file_is_checked_offline_without_a_key(verify: Command, filed: FiledVersion, nowhere: str) -> None:
    verify(filed.release_id)
    assert verify(saved(proofs.bundle(1)), "--url", nowhere)[0] == 0


def test_a_file_of_an_unknown_wire_is_not_checked_against_itself(
    verify: Command, filed: FiledVersion, nowhere: str
) -> None:
    status, said = verify(saved(proofs.bundle(1)), "--url", nowhere)
    assert status == 1
    assert "No wire answers" in said


def test_a_letter_that_was_changed_is_found_out(verify: Command, filed: FiledVersion) -> None:
    bundle = proofs.bundle(1)
    bundle["parts"]["rendition/en"]["content"]["headline"] = "Tide turned"
    status, said = verify(saved(bundle), "--key", signing.vkey())
    assert status == 1
    assert "The part rendition/en is not the one that was released" in said


def test_a_wire_that_shows_another_text_is_found_out(verify: Command, filed: FiledVersion) -> None:
    part = LogPart.objects.get(name="rendition/en")
    part.content = part.content.replace("Tide turns", "Tide turned")
    part.save()
    assert "is not the one that was released" in verify(filed.release_id)[1]


def test_a_wire_that_changes_its_key_is_found_out(verify: Command, filed: FiledVersion) -> None:
    assert verify(filed.release_id)[0] == 0
    NamedKey.objects.filter(name="sign").delete()
    Head.objects.update(note=signing.head(1, note.parse_checkpoint(log.head()).root))
    status, said = verify(filed.release_id)
    assert status == 1
    assert "not signed by wire.example with this key" in said


def test_a_log_that_only_grew_is_told_so(verify: Command, filed: FiledVersion) -> None:
    verify(filed.release_id)
    stories.released()
    status, said = verify(filed.release_id)
    assert status == 0
    assert "The log of 2 entries begins with the log of 1: nothing in it was changed." in said


def test_a_log_that_lost_entries_is_found_out(verify: Command, filed: FiledVersion) -> None:
    one = Head.objects.values().get()
    stories.released()
    assert verify(filed.release_id)[0] == 0
    Head.objects.filter(pk=1).update(**one)
    status, said = verify(filed.release_id)
    assert status == 1
    assert "had 2 entries when it was last seen, and has fewer now" in said


def test_a_log_that_was_begun_anew_is_found_out(verify: Command, filed: FiledVersion, tmp_path: Path) -> None:
    verify(filed.release_id)
    known = tmp_path / "home" / "known-wires.json"
    seen = json.loads(known.read_text(encoding="utf-8"))
    seen["wire.example"]["head"] = signing.head(1, b"\1" * 32)
    known.write_text(json.dumps(seen), encoding="utf-8")
    stories.released()
    assert verify(filed.release_id)[0] == 1


def test_that_the_log_grew_is_checked_offline_too(verify: Command, filed: FiledVersion, nowhere: str) -> None:
    older = saved(log.head(), "older.head")
    stories.released()
    grown = saved(proofs.consistency(1), "grown.json")
    key = ("--key", signing.vkey(), "--url", nowhere)
    assert "begins with the log of 1" in verify(grown, "--head", older, *key)[1]
    stories.released()
    assert verify(grown, "--head", saved(signing.head(1, b"\1" * 32), "forged.head"), *key)[0] == 1


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"head": 7}', "[" * 100_000, '{"head": "a\\n1\\n\\n"}'])
def test_a_file_that_is_no_proof_is_told_so(verify: Command, text: str, nowhere: str) -> None:
    status, said = verify(saved(text), "--key", "wire.example+00000000+AQ", "--url", nowhere)
    assert status == 1
    assert said.strip()


@pytest.mark.parametrize("what", ["missing.json", "a guid", "tag:wire.example,2026:short", "../.."])
def test_what_is_neither_file_nor_guid_is_told_so(verify: Command, what: str) -> None:
    status, said = verify(what)
    assert status == 1
    assert "is neither a file nor a guid" in said


def test_what_is_not_for_everybody_needs_a_token(verify: Command) -> None:
    filed = stories.released(replace(stories.STORY, audience=("media",)))
    assert verify(filed.release_id)[0] == 1
    token = tokens.new(Role.SUBSCRIBER, now=clock.now(), groups=("media",))
    assert verify(filed.release_id, "--token", token)[0] == 0


def test_after_an_erasure_the_proof_holds_and_says_what_is_gone(verify: Command, filed: FiledVersion) -> None:
    changed = stories.erased(filed, "1:rendition/de")
    assert changed.seq == 2
    status, said = verify(filed.release_id)
    assert status == 0
    assert "The part rendition/de is withheld or was erased; its digest still stands." in said
    assert settings.DATELINE_WIRE.origin in said
