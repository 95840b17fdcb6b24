"""`dateline sectors`: our list in every language, and the full IPTC vocabulary beside it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.conf import settings

from dateline.cli.sectors import command
from dateline.site import vocabulary
from dateline.words import sectors
from dateline.words.errors import BadInput
from tests.shared import shared

FULL = "standards/mediatopics/cptall-en-GB_2025-10-09.json"


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(settings, "DATELINE_HOME", tmp_path)
    yield tmp_path
    sectors.load({})


def run(*words: str) -> Result:
    return CliRunner().invoke(command, words)


def test_every_sector_has_its_name_in_the_language() -> None:
    lines = dict(line.split(maxsplit=1) for line in run("list", "--lang", "de").output.splitlines())
    assert set(lines) == set(sectors.own_codes())
    assert lines["medtop:04000000"] == "Wirtschaft und Finanzen"
    assert isinstance(run("list", "--lang", "klingonese-xx").exception, BadInput)


def test_the_full_vocabulary_is_known_from_the_next_start_on(own_home: Path) -> None:
    before = len(sectors.all_codes())
    said = run("load", str(shared(FULL)))
    assert said.exit_code == 0
    assert "Start the wire again" in said.output
    vocabulary.take_up(own_home)
    assert len(sectors.all_codes()) > before + 1000
    assert sectors.known("medtop:20000002")
    assert len(run("list").output.splitlines()) == len(sectors.all_codes())


@pytest.mark.parametrize("data", [b"", b"{}", b"not json", b"[" * 100_000, b'{"conceptSet": 7}', b"\xff\xfe"])
def test_a_file_that_is_no_vocabulary_leaves_things_as_they_were(own_home: Path, data: bytes) -> None:
    run("load", str(shared(FULL)))
    kept = (own_home / "sectors.json").read_bytes()
    (own_home / "bad.json").write_bytes(data)
    assert isinstance(run("load", str(own_home / "bad.json")).exception, BadInput)
    assert (own_home / "sectors.json").read_bytes() == kept


def test_a_file_that_is_not_there_is_told_so(own_home: Path) -> None:
    said = run("load", str(own_home / "missing.json"))
    assert said.exit_code == 2
    assert "does not exist" in said.output
