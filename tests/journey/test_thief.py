"""A thief copies the whole home one second before T, and reads every log line and every answer that is open to him."""

import base64
import json
import re
import shutil
import time
import urllib.parse
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.house import House, house

CANARIES = {
    "headline": "Quixotalpha merges with Zephyrbeta",
    "subhead": "Vexillogamma subhead",
    "body": "Jubilantdelta pays nine billion",
    "boilerplate": "Wyvernepsilon was founded by nobody",
    "issuer": "Quixotzeta Holdings",
    "ticker": "QXZT",
    "contact": "Marzipaneta Pumpernickel",
    "slugline": "Quixot-theta-merger",
    "reader": "Carameliota",
}
ORGANISATION = "Plain Office"


@dataclass(frozen=True, slots=True)
class Robbery:
    """What a thief has: the copied home, the log lines, and the answers to strangers, all from before T."""

    wire: House
    at: datetime
    answers: list[tuple[int, object]]
    copy: Path
    log: str

    @property
    def words(self) -> list[str]:
        times = [f"{self.at:%Y-%m-%dT%H:%M:%S}", f"{self.at:%Y-%m-%d %H:%M:%S}", str(int(self.at.timestamp()))]
        return [*canaries(), *times]


@pytest.fixture(scope="module")
def robbed() -> Iterator[Robbery]:
    """A wire with one approved release of canaries; what strangers were told; the thief's copy."""
    with house() as wire:
        wire.init()
        author = wire.token("issuer_author", "--organisation", ORGANISATION)
        editor = wire.token("chief_editor")
        strangers = ["", wire.token("subscriber"), wire.token("operator")]
        strangers.append(wire.token("issuer_author", "--organisation", "Another Office"))
        wire.start()
        at = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=12)
        key = filed_and_approved(wire, author, editor, at)
        answers = [wire.call(*each, token) for token in strangers for each in questions(key)]
        # One second before T: what is approved is prepared in memory, and the timer is set.
        time.sleep(max(0.0, (at - timedelta(seconds=1) - datetime.now(UTC)).total_seconds()))
        copy = wire.folder / "stolen"
        shutil.copytree(wire.home, copy, ignore=shutil.ignore_patterns("*.sock", "*.bell"))
        wire.dump(copy / "dateline.dump")
        assert datetime.now(UTC) < at
        log = wire.output
        wait_until_out(wire, key)
        yield Robbery(wire, at, answers, copy, log)


def filed_and_approved(wire: House, author: str, editor: str, at: datetime) -> str:
    status, made = wire.call(
        "POST",
        "/api/v1/releases?submit=true",
        author,
        release(),
        Idempotency_Key="canary",
        Content_Type="application/json",
    )
    assert status == 201, made
    key = made["id"]
    # A repeat is answered from what was kept, which is sealed too.
    assert wire.call("POST", "/api/v1/releases?submit=true", author, release(), Idempotency_Key="canary")[0] == 201
    assert wire.call("POST", f"/api/v1/releases/{key}/claim", editor, {})[0] == 200
    embargo = {"at": f"{at:%Y-%m-%dT%H:%M:%S}", "zone": "UTC"}
    status, approved = wire.call("POST", f"/api/v1/releases/{key}/approve", editor, {"embargo": embargo})
    assert (status, approved["state"]) == (200, "approved")
    return str(key)


def wait_until_out(wire: House, key: str) -> None:
    """The same words are everywhere a moment later: the search has looked for what was really there."""
    for _ in range(100):
        status, page = wire.call("GET", f"/en/{key}.txt")
        if status == 200:
            assert CANARIES["headline"] in page
            return
        time.sleep(0.1)
    raise AssertionError("it was never released")


def release() -> dict[str, object]:
    return {
        "source_language": "en",
        "renditions": [
            {
                "lang": "en",
                "headline": CANARIES["headline"],
                "subhead": CANARIES["subhead"],
                "place": "Brest",
                "body_html": f"<p>{CANARIES['body']}.</p>",
                "boilerplate": f"<p>{CANARIES['boilerplate']}.</p>",
            },
            {"lang": "ko", "headline": "카나리아감마", "place": "서울", "body_html": "<p>카나리아델타</p>"},
        ],
        "source": {"issuer": CANARIES["issuer"]},
        "contacts": [{"name": CANARIES["contact"], "email": f"{CANARIES['reader'].lower()}@office.example"}],
        "tickers": [f"XNYS:{CANARIES['ticker']}"],
        "sectors": ["medtop:04000000"],
        "slugline": CANARIES["slugline"],
    }


def questions(key: str) -> list[tuple[str, str]]:
    """All that a stranger could ask of it."""
    pages = [
        f"/en/{key}",
        f"/ko/{key}",
        f"/en/{key}.json",
        f"/en/{key}.xml",
        f"/en/{key}.txt",
        "/en/",
        "/feeds/en.atom",
    ]
    pages += [
        "/sitemap.xml",
        "/news-sitemap.xml",
        f"/work/r/{key}",
        f"/work/desk/{key}",
        "/work",
        "/metrics",
        "/healthz",
    ]
    api = [
        f"/releases/{key}",
        "/releases",
        "/wire?after=0",
        f"/entries/{key}",
        f"/reports/{key}",
        "/wire/1",
        "/wire/1/proof",
    ]
    acts = [("POST", f"/api/v1/releases/{key}/{act}") for act in ("claim", "approve", "withdraw", "correct")]
    return [("GET", page) for page in pages] + [("GET", f"/api/v1{path}") for path in api] + acts


def shapes(word: str) -> set[bytes]:
    """A word in every encoding that a database, a journal or a log might have it in."""
    raw = word.encode()
    found = {
        raw,
        raw.lower(),
        raw.upper(),
        word.encode("utf-16-le"),
        word.encode("utf-16-be"),
        word.encode("utf-32-le"),
    }
    found |= {raw.hex().encode(), raw.hex().upper().encode(), urllib.parse.quote(word).encode(), raw[::-1]}
    found.add(json.dumps(word)[1:-1].encode())
    for shift in range(3):
        # Base64 of the word within a longer text depends on where it falls in a group of three bytes.
        coded = base64.b64encode(b"\0" * shift + raw).decode()
        found.add(coded[(shift * 8 + 5) // 6 : (shift + len(raw)) * 8 // 6].encode())
    return {shape for shape in found if len(shape) >= 4}


def inflated(data: bytes) -> bytes:
    """The data, and what any zlib stream in it unpacks to."""
    found = [data]
    for match in re.finditer(rb"\x78[\x01\x5e\x9c\xda]", data):
        unpacker = zlib.decompressobj()
        try:
            found.append(unpacker.decompress(data[match.start() : match.start() + 100_000]))
        except zlib.error:
            continue
    return b"\n".join(found)


def canaries() -> list[str]:
    words = [word for text in CANARIES.values() for word in (text, text.split()[0])]
    return [*words, "카나리아감마", "카나리아델타"]


def leaks(data: bytes, words: list[str]) -> list[str]:
    seen = inflated(data)
    return [word for word in words if any(shape in seen for shape in shapes(word))]


def test_the_search_would_find_what_it_looks_for() -> None:
    for word in canaries():
        for shape in (
            word.encode(),
            base64.b64encode(b"x" + word.encode() + b"tail"),
            zlib.compress(word.encode()),
            word.encode("utf-16-le"),
        ):
            assert leaks(b"\x00\x01" + shape + b"\x02", [word]) == [word]


def test_the_copied_home_holds_no_canary_and_no_time(robbed: Robbery) -> None:
    files = [path for path in robbed.copy.rglob("*") if path.is_file()]
    assert any(
        path.name.startswith(("dateline.sqlite3", "dateline.dump")) and path.stat().st_size > 10_000 for path in files
    )
    found = {path.name: hits for path in files if (hits := leaks(path.read_bytes(), robbed.words))}
    assert not found


def test_no_log_line_holds_one(robbed: Robbery) -> None:
    assert "wire is up" in robbed.log
    assert not leaks(robbed.log.encode(), robbed.words)


def test_no_answer_to_a_stranger_holds_one(robbed: Robbery) -> None:
    assert len(robbed.answers) > 60
    assert not [status for status, _ in robbed.answers if status >= 500]
    assert not leaks(json.dumps([body for _, body in robbed.answers], ensure_ascii=False).encode(), robbed.words)


def test_the_keys_lie_elsewhere(robbed: Robbery) -> None:
    key_file = Path(robbed.wire.environment["DATELINE_KEY_FILE"])
    assert not key_file.is_relative_to(robbed.wire.home)
    secrets = list(json.loads(key_file.read_text())["keys"].values())
    files = [path.read_bytes() for path in robbed.copy.rglob("*") if path.is_file()]
    for secret in secrets:
        assert not [data for data in files if secret.encode() in data or base64.b64decode(secret) in data]
