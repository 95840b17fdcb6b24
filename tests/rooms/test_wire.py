"""The log: gapless, in order, proved, durable, and never forked."""

import json
import random
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from dateline.desk import changes
from dateline.formats import note, proof
from dateline.formats.merkle import ProofFailed
from dateline.intake import releases
from dateline.intake.models import FiledVersion
from dateline.people.models import Organisation
from dateline.people.roles import Actor, Role
from dateline.vault.models import Box
from dateline.wire import log, proofs, signing, witness
from dateline.wire.append import append
from dateline.wire.keeper import Keeper
from dateline.wire.models import LogEntry, LogPart
from dateline.words import clock
from dateline.words.errors import NotConfigured, NotFound, Refused
from dateline.words.release import Contact, Embargo, Rendition, Source, State, Version

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
CHIEF = Actor("user:9", "Duc Tran", Role.CHIEF_EDITOR, sitting="s")
STORY = Version(
    renditions=(
        Rendition("en", headline="Tide turns", place="Brest", body_html="<p>It turned.</p>"),
        Rendition("de", headline="Die Flut kehrt", place="Brest", body_html="<p>Sie kehrte.</p>", based_on="en"),
    ),
    source_language="en",
    source=Source(issuer="Tidewell Energy"),
    contacts=(Contact(name="Ada Quill"),),
)


@pytest.fixture(autouse=True)
def witness_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A head file of the test's own: the log begins anew in each."""
    monkeypatch.setattr(settings, "DATELINE_WITNESS_FILE", tmp_path / "wire.head")
    return tmp_path / "wire.head"


@pytest.fixture
def author(db: None) -> Actor:
    house = Organisation.objects.create(name="Tidewell Energy")
    return Actor("user:1", "Ada Quill", Role.ISSUER_AUTHOR, house.pk, house.name, "s")


def approved(author: Actor, version: Version = STORY, now: datetime = NOW) -> FiledVersion:
    """A release, all the way to approved."""
    filed = releases.begin(author, version, now=now)
    for state in (State.SUBMITTED, State.IN_REVIEW, State.APPROVED):
        filed = releases.move(filed, state, by=CHIEF, now=now)
    return filed


def released(author: Actor, version: Version = STORY, now: datetime = NOW) -> FiledVersion:
    approved(author, version, now)
    release_due(now)
    return FiledVersion.objects.order_by("-pk")[0]


def release_due(now: datetime) -> list[int]:
    keeper = Keeper()
    while keeper.look():
        pass
    return append(keeper.take_due(max(now, clock.now())), now)


def test_seqs_are_gapless_and_times_never_go_back(author: Actor) -> None:
    for minutes in (0, 5, -30, 1):
        released(author, now=NOW + timedelta(minutes=minutes))
    entries = log.after(0, 10)
    assert [entry.seq for entry in entries] == [1, 2, 3, 4]
    times = [entry.released_at for entry in entries]
    assert times == sorted(times)
    assert times[2] == times[1] == NOW + timedelta(minutes=5)


def test_an_entry_carries_every_language_at_once(author: Actor) -> None:
    released(author)
    entry = log.entry(1)
    assert set(entry.langs) == {"en", "de"}
    assert entry.editions == {"en": 1, "de": 1}
    assert entry.rendition("de")["dateline"].startswith("BREST")
    assert entry.guid == f"tag:wire.example,{entry.guid.split(',')[1][:4]}:{entry.key}"


def test_each_entry_is_proved_and_a_changed_letter_is_found(author: Actor) -> None:
    for _ in range(7):
        released(author)
    for seq in range(1, 8):
        document = json.loads(json.dumps(proofs.bundle(seq)))
        sentences = proof.check(document, signing.vkey())
        assert f"Entry {seq} is in that log" in sentences[1]
    document["parts"]["rendition/en"]["content"]["headline"] = "Tide returns"
    with pytest.raises(ProofFailed, match="rendition/en"):
        proof.check(document, signing.vkey())


def test_every_later_log_begins_with_every_earlier_one(author: Actor) -> None:
    heads = []
    for _ in range(6):
        released(author)
        heads.append(log.head())
    for size, head in enumerate(heads, start=1):
        assert "nothing in it was changed" in proof.check_consistency(proofs.consistency(size), head, signing.vkey())
    with pytest.raises(Refused):
        proofs.consistency(7)


def test_a_database_behind_its_head_refuses_to_append(author: Actor, witness_file: Path) -> None:
    released(author)
    older = log.head()
    released(author)
    newer = log.head()
    assert witness.read(witness_file) == newer
    ahead = note.sign(note.checkpoint("wire.example", 9, b"x" * 32), "wire.example", signing.private())
    witness_file.write_text(ahead)
    with pytest.raises(NotConfigured, match="older"):
        released(author)
    assert log.size() == 2
    witness_file.write_text(older)
    assert releases_out(author) == 3


def releases_out(author: Actor) -> int:
    """Release what is waiting, as an operator's wire would after the head file was put right."""
    release_due(NOW)
    return log.size()


def test_heads_that_come_late_leave_the_newest(author: Actor, witness_file: Path) -> None:
    heads = []
    for _ in range(24):
        released(author)
        heads.append(log.head())
    witness_file.unlink()
    shuffled = random.Random(4).sample(heads, len(heads))
    run_all([lambda head=head: witness.write(witness_file, head) for head in shuffled])
    assert witness.read(witness_file) == heads[-1]


def test_another_log_of_the_same_length_is_noticed(author: Actor, witness_file: Path) -> None:
    released(author)
    other = note.sign(note.checkpoint("wire.example", 1, b"x" * 32), "wire.example", signing.private())
    witness_file.write_text(other)
    with pytest.raises(NotConfigured, match="differ"):
        released(author)


def test_what_the_desk_took_back_is_not_released(author: Actor) -> None:
    filed = approved(author)
    keeper = Keeper()
    keeper.look()
    releases.move(filed, State.HELD, by=CHIEF, now=NOW)
    assert append(keeper.take_due(clock.now()), NOW) == []
    assert log.size() == 0


def test_nothing_is_due_before_its_minute(author: Actor) -> None:
    at = clock.now() + timedelta(minutes=5)
    approved(author, replace(STORY, embargo=Embargo(f"{at:%Y-%m-%dT%H:%M:%S}", "UTC")))
    keeper = Keeper()
    keeper.look()
    due = keeper.next_due()
    assert due is not None
    assert keeper.take_due(due - timedelta(milliseconds=1)) == []
    assert len(keeper.take_due(due)) == 1


def test_only_those_in_the_audience_read(author: Actor) -> None:
    released(author, replace(STORY, audience=("media",)))
    released(author)
    assert [entry.seq for entry in log.after(0, 10)] == [2]
    assert [entry.seq for entry in log.after(0, 10, frozenset({"media"}))] == [1, 2]
    assert [item.entry.seq for item in log.current("en")] == [2]
    for reading in (lambda: log.entry(1), lambda: proofs.bundle(1), lambda: log.story(log.tail(0, 1)[0].guid)):
        with pytest.raises(NotFound):
            reading()


def test_a_correction_is_an_entry_of_its_own_and_counts_the_edition(author: Actor) -> None:
    filed = released(author)
    draft = changes.begin(filed, changes.Signal.CORRECTION, "Corrects the place.", by=CHIEF, now=NOW)
    text = releases.content(draft, by=CHIEF, why="test", now=NOW)
    only_english = replace(text, renditions=(replace(text.main, place="Lorient"),))
    draft = releases.save(draft, only_english, edit=None, by=CHIEF, now=NOW)
    releases.move(draft, State.APPROVED, by=CHIEF, now=NOW)
    release_due(NOW)
    first, second = log.after(0, 10)
    assert (second.guid, second.version, second.header["supersedes"]) == (first.guid, 2, 1)
    assert second.editions == {"en": 2}
    assert [(item.entry.seq, item.first_released_at) for item in log.current("en")] == [(2, first.released_at)]
    assert [item.entry.seq for item in log.current("de")] == [1]


def test_after_a_withdrawal_no_reader_has_text(author: Actor) -> None:
    filed = released(author)
    changes.withdraw(filed, "It was not true.", by=CHIEF, now=NOW)
    release_due(NOW)
    first, second = log.after(0, 10)
    assert (first.canceled_by, first.canceled, second.canceled) == (2, True, True)
    assert first.rendition("en") is None
    assert first.contacts == []
    assert second.editions == {"en": 2, "de": 2}
    assert "Tide turns" not in json.dumps([proofs.bundle(1), proofs.bundle(2)])
    assert "Entry 2 has withdrawn it" in proof.check(proofs.bundle(1), signing.vkey())[-1]


def test_an_erased_part_is_gone_and_every_proof_still_holds(author: Actor) -> None:
    filed = released(author)
    before = log.head()
    changes.erase(filed, ["1:rendition/de"], "A court ordered it.", by=CHIEF, now=NOW)
    release_due(NOW)
    assert log.entry(1).rendition("de") is None
    assert log.entry(1).rendition("en") is not None
    assert not LogPart.objects.filter(name="rendition/de").exclude(salt=None, content=None).exists()
    assert not Box.objects.filter(release=filed.release_id).exists()
    assert any(
        "rendition/de is withheld or was erased" in each for each in proof.check(proofs.bundle(1), signing.vkey())
    )
    assert proof.check_consistency(proofs.consistency(1), before, signing.vkey())
    assert log.entry(2).header["erased"] == ["1:rendition/de"]


@pytest.mark.django_db(transaction=True)
def test_concurrent_appends_leave_no_gap(witness_file: Path) -> None:
    house = Organisation.objects.create(name="Tidewell Energy")
    author = Actor("user:1", "Ada Quill", Role.ISSUER_AUTHOR, house.pk, house.name, "s")
    for _ in range(12):
        approved(author)
    keeper = Keeper()
    while keeper.look():
        pass
    ready = keeper.take_due(clock.now())
    run_all([lambda each=each: append([each], clock.now()) for each in ready])
    assert [entry.seq for entry in log.after(0, 100)] == list(range(1, 13))
    for seq in range(1, 13):
        assert proof.check(proofs.bundle(seq), signing.vkey())


def run_all(jobs: list[Callable[[], object]]) -> None:
    failures: list[BaseException] = []

    def one(job: Callable[[], object]) -> None:
        try:
            job()
        except BaseException as failure:
            failures.append(failure)
            raise
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def test_the_tree_costs_a_logarithm(author: Actor, django_assert_max_num_queries: Callable[[int], object]) -> None:
    for _ in range(33):
        approved(author)
    release_due(NOW)
    approved(author)
    keeper = Keeper()
    keeper.look()
    ready = keeper.take_due(clock.now())
    # Reads of nodes are at most two paths of the tree; the rest does not grow with the log.
    with django_assert_max_num_queries(30):
        append(ready, NOW)


@pytest.mark.django_db
def test_sqlite_is_asked_to_outlive_a_power_cut() -> None:
    assert sqlite3.sqlite_version_info >= (3, 35)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            assert cursor.execute("PRAGMA synchronous").fetchone()[0] == 2
            assert cursor.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


def test_headers_are_kept_byte_for_byte(author: Actor) -> None:
    released(author)
    row = LogEntry.objects.get(pk=1)
    assert proofs.bundle(1)["header"] == bytes(row.header).decode()


def test_one_that_cannot_be_prepared_holds_up_nobody(author: Actor) -> None:
    approved(author, replace(STORY, embargo=Embargo("", "Mars/Olympus")))
    approved(author)
    assert release_due(NOW) == [1]
    assert log.size() == 1


def test_an_erasure_names_real_parts(author: Actor) -> None:
    filed = released(author)
    for parts in ([], ["rendition/en"], ["x:rendition/en"], ["1:rendition/en; DROP"]):
        with pytest.raises(Refused, match="parts"):
            changes.erase(filed, parts, "A court ordered it.", by=CHIEF, now=NOW)
