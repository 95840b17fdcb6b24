"""`dateline submit` against a running wire: a line for each file, what is wrong with it, and no trace, ever."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from dateline.cli import main
from dateline.intake.models import FiledVersion
from dateline.people import tokens
from dateline.people.models import Organisation
from dateline.people.roles import Role
from dateline.vault import boxes
from dateline.words import clock
from tests.house import free_port
from tests.shared import shared

GOOD = b"---\nheadline: Tide turns\nlang: en\nplace: Brest\ncontacts:\n  - name: Ada Quill\n---\nIt turned.\n"


@dataclass(frozen=True, slots=True)
class Said:
    """What a command said, and its exit status."""

    status: int
    out: str
    err: str


Command = Callable[..., Said]


@pytest.fixture
def dateline(
    live_server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """`dateline submit` as from a terminal in a folder of its own, with an author's token."""
    house = Organisation.objects.create(name="Tidewell Energy")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATELINE_BASE_URL", live_server.url)
    monkeypatch.setenv("DATELINE_TOKEN", tokens.new(Role.ISSUER_AUTHOR, now=clock.now(), organisation=house))

    def run(*words: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["dateline", "submit", *words])
        with pytest.raises(SystemExit) as left:
            main()
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return Said(int(left.value.code or 0), said.out, said.err)

    return run


def states() -> list[str]:
    return list(FiledVersion.objects.order_by("pk").values_list("state", flat=True))


def write(name: str, data: bytes) -> str:
    Path(name).write_bytes(data)
    return name


def test_each_file_has_its_line_and_goes_to_the_desk(dateline: Command) -> None:
    second = GOOD.replace(b"Tide", b"Wind").replace(b"lang: en", b"lang: de")
    said = dateline(write("a.md", GOOD), write("b.md", second))
    assert said.status == 0
    first, other = said.out.splitlines()
    assert first.startswith("✓ a.md: submitted as ")
    assert first.endswith("(markdown; en)")
    assert other.endswith("(markdown; de)")
    assert states() == ["submitted", "submitted"]


def test_a_draft_stays_with_its_issuer(dateline: Command) -> None:
    assert "draft as " in dateline("--draft", write("a.md", GOOD)).out
    assert states() == ["draft"]


def test_to_run_it_again_files_nothing_twice(dateline: Command) -> None:
    first = dateline(write("a.md", GOOD))
    again = dateline("a.md")
    assert (again.status, again.out) == (0, first.out)
    assert len(states()) == 1
    copied = dateline(write("copy.md", GOOD))
    assert copied.status == 1
    assert "filed before, as release" in copied.out


def timed(at: bytes, zone: bytes) -> bytes:
    """The release with a T of its own."""
    return GOOD.replace(b"lang: en", b'lang: en\nembargo:\n  at: "' + at + b'"\n  zone: "' + zone + b'"')


BAD = [
    ("a.xml", b"<newsItem><a></newsItem>", "broken"),
    ("bomb.xml", b'<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><newsItem>&c;</newsItem>', "entit"),
    ("a.json", b"{not json", "line 1"),
    ("empty.txt", b"", "empty"),
    ("charset.md", GOOD.replace(b"Tide", b"Fl\xe4che").replace(b"---\n", b"---\n", 1), "UTF-8"),
    ("nul.md", GOOD.replace(b"Tide", b"Ti\0de"), "NUL"),
    ("bidi.md", GOOD.replace(b"Tide", "Ti\u202ede".encode()), "U+202E"),
    ("lang.md", GOOD.replace(b"lang: en", b"lang: klingonese-xx"), "klingonese-xx"),
    ("sector.md", GOOD.replace(b"lang: en", b"lang: en\nsectors: [medtop:99999999]"), "medtop:99999999"),
    ("ticker.md", GOOD.replace(b"lang: en", b"lang: en\ntickers: [nonsense]"), "nonsense"),
    ("hour.md", timed(b"2099-01-01T25:00", b"UTC"), "25:00"),
    ("zone.md", timed(b"2099-01-01T09:00", b"Mars/Olympus"), "Mars/Olympus"),
]


@pytest.mark.parametrize(("name", "data", "word"), BAD, ids=[each[0] for each in BAD])
def test_bad_input_is_told_where_and_how_to_mend_it_and_is_kept(
    dateline: Command, name: str, data: bytes, word: str
) -> None:
    said = dateline(write(name, data))
    assert said.status == 1
    line, *faults = said.out.splitlines()
    assert line.startswith(f"✗ {name}: refused; kept as ")
    assert word in "\n".join(faults)
    assert "1 of 1 could not be filed" in said.err
    assert boxes.newest(line.split()[-1], "original") is not None


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (timed(b"2001-01-01T09:00", b"Asia/Seoul"), "past"),
        (timed(b"2099-01-01T09:00", b""), "zone"),
        (timed(b"2099-03-29T02:30", b"Europe/Berlin"), "does not exist"),
        (GOOD.replace(b"contacts:\n  - name: Ada Quill\n", b""), "no contact"),
    ],
    ids=["past", "no zone", "no such hour", "no contact"],
)
def test_what_forbids_approval_is_told_at_once(dateline: Command, data: bytes, word: str) -> None:
    said = dateline(write("a.md", data))
    line, told, fault = said.out.splitlines()
    assert line.startswith("✓ a.md: submitted as ")
    assert told.strip() == "Before it can be approved:"
    assert word in fault


def test_one_bad_file_stops_none_of_the_others(dateline: Command) -> None:
    said = dateline(write("bad.json", b"{"), write("a.md", GOOD))
    assert said.status == 1
    assert "✓ a.md" in said.out
    assert "1 of 2" in said.err


def test_what_is_no_file_is_said_before_anything_is_sent(dateline: Command) -> None:
    Path("folder").mkdir()
    with Path("large.md").open("wb") as large:
        large.truncate(200 * 1024 * 1024)
    said = dateline("folder", "missing.md", "large.md")
    assert said.status == 1
    assert "It is a directory. Name the files in it." in said.out
    assert "No such file or directory" in said.out
    assert "209,715,200 bytes; a filing may be 10,000,000" in said.out
    assert states() == []


def test_a_name_in_no_charset_is_a_name(dateline: Command) -> None:
    name = b"a\xff.md".decode("utf-8", errors="surrogateescape")
    assert dateline(write(name, GOOD)).status == 0


def test_without_a_wire_it_says_so_once(dateline: Command) -> None:
    said = dateline("--url", f"http://127.0.0.1:{free_port()}", write("a.md", GOOD), write("b.md", GOOD))
    assert said.status == 1
    assert said.err.count("No wire answers at http://127.0.0.1:") == 1
    assert "make run" in said.err


@pytest.mark.parametrize("url", ["ftp://wire.example", "wire.example", "http://[::1", "http://127.0.0.1:x"])
def test_an_address_that_is_none_is_refused(dateline: Command, url: str) -> None:
    said = dateline("--url", url, write("a.md", GOOD))
    assert said.status == 1
    assert "--url" in said.out + said.err


def test_what_answers_but_is_no_wire_is_told_apart(dateline: Command, live_server: Any) -> None:
    said = dateline("--url", f"{live_server.url}/robots.txt?", write("a.md", GOOD))
    assert said.status == 1


def test_a_token_that_is_unknown_expired_or_none_is_refused(dateline: Command) -> None:
    old = tokens.new(
        Role.ISSUER_AUTHOR, now=clock.now() - timedelta(days=2), organisation=Organisation.objects.get(), days=1
    )
    write("a.md", GOOD)
    assert "expired" in dateline("--token", old, "a.md").out
    assert "not known here" in dateline("--token", "dl_forged", "a.md").out
    assert "Copy it again" in dateline("--token", "dl_é\n", "a.md").out
    assert "may not file" in dateline("--token", tokens.new(Role.SUBSCRIBER, now=clock.now()), "a.md").out
    assert states() == []


@pytest.mark.parametrize(
    ("path", "format_name"),
    [
        ("pr-globenewswire/202006097942547-en.newsml", "newsml-g2"),
        ("pr-businesswire-newsml12", "newsml-1"),
    ],
)
def test_a_real_provider_file_is_filed(dateline: Command, path: str, format_name: str) -> None:
    found = shared(f"fixtures/{path}")
    file = found if found.is_file() else min(found.rglob("*.xml"))
    said = dateline(str(file))
    assert f"({format_name};" in said.out
    assert states() == ["submitted"]
