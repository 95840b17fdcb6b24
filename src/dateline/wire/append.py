"""The append: one transaction that gives seq and time, grows the tree, and signs the head."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Min

from dateline.formats import merkle
from dateline.formats.canonical import canonical, leaf_hash
from dateline.intake import bell
from dateline.intake.models import FiledVersion
from dateline.vault import boxes
from dateline.wire import signing, witness
from dateline.wire.models import Head, LogEntry, LogLang, LogPart, Node
from dateline.wire.prepare import Prepared
from dateline.wire.rows import Rows
from dateline.words import clock, sectors
from dateline.words.release import Signal, State


def append(batch: Sequence[Prepared], now: datetime) -> list[int]:
    """Append all that are still approved, in this order, at this moment; return their seqs.

    Nobody reads them before the commit, and the commit is on the disk when it returns.
    """
    path = Path(settings.DATELINE_WITNESS_FILE)
    with transaction.atomic():
        head = _locked_head()
        nodes = Nodes()
        witness.check(path, head.note, head.size, nodes)
        seqs = _append_all(batch, head, nodes, now)
        if not seqs:
            return []
        nodes.save()
        head.note = signing.head(head.size, merkle.root(head.size, nodes))
        head.save()
    witness.write(path, head.note)
    bell.ring_now("delivery")
    return seqs


class Nodes:
    """The tree's nodes, read as they are needed, and those that this append adds."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], bytes] = {}
        self._new: list[Node] = []

    def __call__(self, level: int, index: int) -> bytes:
        if (level, index) not in self._known:
            self._known[level, index] = bytes(Node.objects.get(level=level, index=index).digest)
        return self._known[level, index]

    def add(self, level: int, index: int, digest: bytes) -> None:
        self._known[level, index] = digest
        self._new.append(Node(level=level, index=index, digest=digest))

    def save(self) -> None:
        Node.objects.bulk_create(self._new, batch_size=1000)


def _locked_head() -> Head:
    Head.objects.get_or_create(pk=1)
    return Head.objects.select_for_update().get(pk=1)


def _append_all(batch: Sequence[Prepared], head: Head, nodes: Nodes, now: datetime) -> list[int]:
    rows = Rows()
    known = _known_editions([each.guid for each in batch])
    for prepared in _still_approved(batch):
        # A clock that was set back must not make a later entry look earlier.
        at = max(clock.rounded_up(now), head.released_at or now)
        header = _one(prepared, head.size + 1, at, rows, known)
        for level, index, digest in merkle.appended(head.size, leaf_hash(header), nodes):
            nodes.add(level, index, digest)
        head.size, head.released_at = head.size + 1, at
    rows.save()
    return rows.seqs


def _still_approved(batch: Sequence[Prepared]) -> list[Prepared]:
    """Those that the desk has not taken back or changed in the meantime; their rows are locked until the commit."""
    rows = FiledVersion.objects.select_for_update().filter(pk__in=[each.filed for each in batch], state=State.APPROVED)
    edits = dict(rows.values_list("pk", "edit"))
    return [each for each in batch if edits.get(each.filed) == each.edit]


class Editions:
    """What the log has of some guids: the editions and first times of their renditions, and the last seq of each."""

    def __init__(self) -> None:
        self.editions: dict[tuple[str, str], tuple[int, datetime]] = {}
        self.last: dict[str, int] = {}

    def langs(self, guid: str) -> list[str]:
        return [lang for known, lang in self.editions if known == guid]

    def touch(self, guid: str, lang: str, at: datetime) -> tuple[int, datetime]:
        """One more entry touches this rendition: its new edition, and when it first came out."""
        edition, first = self.editions.get((guid, lang), (0, at))
        self.editions[guid, lang] = edition + 1, first
        return edition + 1, first


def _known_editions(guids: list[str]) -> Editions:
    known = Editions()
    touched = LogLang.objects.filter(guid__in=guids).values("guid", "lang")
    for row in touched.annotate(edition=Max("edition"), first=Min("first_released_at")).order_by("guid", "lang"):
        known.editions[row["guid"], row["lang"]] = row["edition"], row["first"]
    entries = LogEntry.objects.filter(guid__in=guids).order_by().values_list("guid").annotate(last=Max("seq"))
    known.last.update(dict(entries))
    return known


def _one(prepared: Prepared, seq: int, at: datetime, rows: Rows, known: Editions) -> bytes:
    """Note the rows of one entry; returns its canonical header."""
    guid, signal = prepared.guid, prepared.version.signal
    langs = known.langs(guid) if signal is Signal.WITHDRAWAL else list(prepared.langs)
    touched = {lang: known.touch(guid, lang, at) for lang in langs}
    header: dict[str, Any] = {
        **prepared.header,
        "seq": seq,
        "released_at": clock.printed(at),
        "supersedes": known.last.get(guid),
        "editions": {lang: edition for lang, (edition, _) in touched.items()},
    }
    known.last[guid] = seq
    data = canonical(header)
    rows.entry(prepared, seq, at, data)
    for lang, (edition, first) in touched.items():
        rows.touched(seq, guid, lang, edition, first)
    within = {wide for sector in prepared.version.sectors for wide in (sector, *sectors.ancestors(sector))}
    rows.within(seq, within)
    if signal is Signal.WITHDRAWAL:
        rows.after.append(lambda: LogEntry.objects.filter(guid=guid, seq__lt=seq).update(canceled_by=seq))
    if signal is Signal.ERASURE:
        rows.after.append(lambda: _erase(prepared))
    return data


def _erase(prepared: Prepared) -> None:
    """The parts and their salts go; what was sealed of the release goes with its key. The leaves stay."""
    for address in prepared.version.erases:
        seq, _, name = address.partition(":")
        LogPart.objects.filter(entry_id=int(seq), entry__guid=prepared.guid, name=name).update(salt=None, content=None)
    boxes.shred(prepared.release)
