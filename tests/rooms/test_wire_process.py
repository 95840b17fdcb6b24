"""The wire's own process: its timer, its lock, its tail."""

import json
import select
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from dateline.intake import bell, releases
from dateline.people.models import Organisation
from dateline.people.roles import Actor, Role
from dateline.wire import keeper, log
from dateline.wire.lock import only_wire
from dateline.wire.timer import WallTimer
from dateline.words import clock
from dateline.words.errors import NotConfigured
from dateline.words.release import Contact, Embargo, Rendition, Source, State, Version
from tests.shared import PATIENCE

CHIEF = Actor("user:9", "Duc Tran", Role.CHIEF_EDITOR, sitting="s")
STORY = Version(
    renditions=(Rendition("en", headline="Tide turns", place="Brest", body_html="<p>It turned.</p>"),),
    source_language="en",
    source=Source(issuer="Tidewell Energy"),
    contacts=(Contact(name="Ada Quill"),),
)


def approved(version: Version) -> None:
    house, _ = Organisation.objects.get_or_create(name="Tidewell Energy")
    author = Actor("user:1", "Ada Quill", Role.ISSUER_AUTHOR, house.pk, house.name, "s")
    filed = releases.begin(author, version, now=clock.now())
    for state in (State.SUBMITTED, State.IN_REVIEW, State.APPROVED):
        filed = releases.move(filed, state, by=CHIEF, now=clock.now())


def test_the_timer_fires_at_its_instant_and_not_before() -> None:
    timer = WallTimer()
    at = clock.now() + timedelta(milliseconds=60)
    timer.set(at)
    assert select.select([timer.fileno()], [], [], 0.02)[0] == []
    assert select.select([timer.fileno()], [], [], 1.0)[0] == [timer.fileno()]
    assert clock.now() >= at
    timer.clear()
    timer.set(None)
    assert select.select([timer.fileno()], [], [], 0.02)[0] == []
    timer.set(clock.now() - timedelta(days=1))
    assert select.select([timer.fileno()], [], [], 0.1)[0] == [timer.fileno()]
    timer.close()


@pytest.mark.django_db
def test_two_wires_on_one_database_are_refused() -> None:
    refusals: list[str] = []

    def second() -> None:
        try:
            with only_wire():
                refusals.append("it went on")
        except NotConfigured as refused:
            refusals.append(str(refused))
        finally:
            connection.close()

    with only_wire():
        other = threading.Thread(target=second)
        other.start()
        other.join()
    assert len(refusals) == 1
    assert "fork" in refusals[0]
    with only_wire():
        pass


@pytest.fixture
def running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> Iterator[Path]:
    """A wire that runs in a thread of its own; the path of its tail."""
    monkeypatch.setattr(settings, "DATELINE_WITNESS_FILE", tmp_path / "wire.head")
    stop = threading.Event()
    wire = threading.Thread(target=keeper.run, args=(stop,), daemon=True)
    wire.start()
    tail = Path(settings.DATELINE_RUN) / "tail.sock"
    until = time.monotonic() + PATIENCE
    while not tail.exists() and time.monotonic() < until:
        time.sleep(0.01)
    yield tail
    stop.set()
    bell.ring_now("wire")
    wire.join(PATIENCE)
    assert not wire.is_alive()


def seq_of(line: dict[str, Any]) -> int:
    return int(line["header"]["seq"])


def lines(path: Path, after: int, count: int) -> list[dict[str, Any]]:
    """That many lines of entries from the tail."""
    found: list[dict[str, Any]] = []
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(10)
        client.connect(str(path))
        client.sendall(json.dumps({"after": after}).encode() + b"\n")
        with client.makefile() as read:
            while len(found) < count:
                line = json.loads(read.readline())
                if line["type"] == "entry":
                    found.append(line)
    return found


def test_what_is_approved_goes_out_at_once_and_down_the_tail(running: Path) -> None:
    approved(STORY)
    (first,) = lines(running, 0, 1)
    assert seq_of(first) == 1
    approved(STORY)
    approved(STORY)
    assert [seq_of(line) for line in lines(running, 1, 2)] == [2, 3]


def test_an_embargo_is_kept_to_the_instant(running: Path) -> None:
    at = clock.now() + timedelta(seconds=1)
    approved(replace(STORY, embargo=Embargo(at.isoformat(), "")))
    lines(running, 0, 1)
    entry = log.entry(1)
    assert at <= entry.released_at < at + timedelta(seconds=1)


def test_a_garbled_client_of_the_tail_harms_nobody(running: Path) -> None:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(running))
        client.sendall(b"\xff\xfe nonsense\n")
        client.settimeout(5)
        assert client.recv(10) == b""
    approved(STORY)
    assert len(lines(running, 0, 1)) == 1
