"""The install as an operator sees it: it starts, stops cleanly, goes on where it was, and survives a kill."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.house import House, house
from tests.rooms.ends import until

RELEASE = {
    "source_language": "en",
    "renditions": [{"lang": "en", "headline": "Tide turns", "place": "Brest", "body_html": "<p>It turned.</p>"}],
    "contacts": [{"name": "Ada Quill"}],
}


@pytest.fixture
def wire() -> Iterator[House]:
    with house() as made:
        made.init()
        yield made


def release(wire: House, author: str, chief: str, number: int, embargo: dict[str, str] | None = None) -> str:
    """File and approve one; its id."""
    document = {**RELEASE, "slugline": f"tide-{number}"}
    status, made = wire.call("POST", "/api/v1/releases?submit=true", author, document)
    assert status == 201, made
    wire.call("POST", f"/api/v1/releases/{made['id']}/claim", chief, {})
    body = {"embargo": embargo} if embargo else {}
    status, approved = wire.call("POST", f"/api/v1/releases/{made['id']}/approve", chief, body)
    assert status == 200, approved
    return str(made["id"])


def size(wire: House) -> int:
    answer: Any = wire.call("GET", "/api/v1/wire/head")[1]
    return int(answer["size"])


def children(pid: int) -> dict[str, int]:
    """Name → pid of the supervisor's children."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
            words = (process / "cmdline").read_bytes().split(b"\0")
        except (OSError, ValueError):
            continue
        if parent == pid and b"serve" in words:
            found[words[-2].decode()] = int(process.name)
    return found


def alive(pid: int) -> bool:
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_ctrl_c_stops_it_and_a_second_start_goes_on_where_it_was(wire: House) -> None:
    author, chief = wire.token("issuer_author", "--organisation", "Tidewell Energy"), wire.token("chief_editor")
    wire.start()
    release(wire, author, chief, 1)
    until(lambda: size(wire) == 1)
    assert wire.process is not None
    running = children(wire.process.pid)
    assert set(running) == {"wire", "delivery", "edge", "web"}
    assert wire.stop(signal.SIGINT) == 0
    until(lambda: not any(alive(pid) for pid in running.values()))
    wire.start()
    assert size(wire) == 1
    release(wire, author, chief, 2)
    until(lambda: size(wire) == 2)
    assert "Traceback" not in wire.output


def test_no_kill_of_any_process_loses_a_release(wire: House) -> None:
    """Each process is killed in turn, releases go on being approved, and each comes out once."""
    author, chief = wire.token("issuer_author", "--organisation", "Tidewell Energy"), wire.token("chief_editor")
    wire.start()
    assert wire.process is not None
    supervisor = wire.process.pid
    made = []
    for number, name in enumerate(("wire", "edge", "delivery", "wire")):
        until(lambda name=name: name in children(supervisor))
        os.kill(children(supervisor)[name], signal.SIGKILL)
        made.append(release(wire, author, chief, number))
    until(lambda: size(wire) == len(made))
    entries: Any = wire.call("GET", "/api/v1/wire")[1]["entries"]
    assert [entry["header"]["seq"] for entry in entries] == [1, 2, 3, 4]
    assert sorted(entry["header"]["guid"].rpartition(":")[2] for entry in entries) == sorted(made)
    wire.wait_for(f"{wire.stream}/healthz")


def test_the_children_die_with_their_supervisor(wire: House) -> None:
    wire.start()
    assert wire.process is not None
    running = children(wire.process.pid)
    wire.process.kill()
    wire.process.wait()
    until(lambda: not any(alive(pid) for pid in running.values()))
    wire.process = None


def test_two_wires_run_side_by_side(wire: House) -> None:
    with house() as other:
        other.init()
        wire.start()
        other.start()
        author, chief = wire.token("issuer_author", "--organisation", "Tidewell Energy"), wire.token("chief_editor")
        release(wire, author, chief, 1)
        until(lambda: size(wire) == 1)
        assert size(other) == 0
        assert other.call("GET", "/api/v1/releases", author)[0] == 401


def test_a_second_wire_on_one_database_is_refused(wire: House) -> None:
    wire.start()
    refused = wire.dateline("serve", "wire", check=False)
    assert refused.returncode == 1
    assert "Another wire runs on this database" in refused.stderr


def test_an_embargo_that_passed_while_it_was_down_goes_out_at_the_start(wire: House) -> None:
    author, chief = wire.token("issuer_author", "--organisation", "Tidewell Energy"), wire.token("chief_editor")
    wire.start()
    at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(time.time() + 4))
    release(wire, author, chief, 1, {"at": at, "zone": "UTC"})
    wire.stop()
    time.sleep(4)
    wire.start()
    until(lambda: size(wire) == 1)


def test_without_a_home_every_command_says_how_to_make_one(tmp_path: Path) -> None:
    with house() as nowhere:
        refused = nowhere.dateline("token", "new", "--role", "editor", check=False)
        assert refused.returncode == 1
        assert "dateline init" in refused.stderr
        assert "Traceback" not in refused.stderr
