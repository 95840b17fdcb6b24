"""The index over everybody's rules, kept up with the database, and the one question asked of it."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import structlog

from dateline.routing import snapshot
from dateline.routing.index import Index, Wants, best_language, facts
from dateline.routing.models import Profile, Revision, Subscriber
from dateline.routing.rules import wants
from dateline.routing.snapshot import Stale
from dateline.routing.texts import text
from dateline.words.entry import Entry

log = structlog.get_logger("dateline.routing")
_CHUNK = 2000
# A start reads so many changed profiles from the database at most, beside the snapshot.
_SAVE_EVERY = 1000


@dataclass(frozen=True, slots=True)
class Reader:
    """What of a subscriber decides beside its rules: languages in order, and its audience groups."""

    languages: tuple[str, ...]
    groups: frozenset[str]


class _Choice:
    """In which language somebody gets an entry, if in any; decided once for all who ask for the same."""

    def __init__(self, entry: Entry) -> None:
        self._entry, self._source = entry, str(entry.header["source_language"])
        self._known: dict[tuple[tuple[str, ...], frozenset[frozenset[str]]], str | None] = {}
        self._readable: dict[frozenset[str], bool] = {}

    def of(self, reader: Reader, rules: list[Wants]) -> str | None:
        readable = self._readable.get(reader.groups)
        if readable is None:
            readable = self._readable[reader.groups] = self._entry.may_be_read_by(reader.groups)
        if not readable:
            return None
        key = reader.languages, frozenset([rule.languages for rule in rules])
        if key not in self._known:
            self._known[key] = best_language(reader.languages, rules, self._entry.langs, self._source)
        return self._known[key]


class Matching:
    """All rules in memory. The database is the truth; `keep_up` reads what has changed since the last revision.

    With a `file` it begins where the last one left off: the index as a snapshot, and of the profiles only what has
    changed since.
    """

    def __init__(self, file: Path | None = None) -> None:
        self.index = Index()
        self.revision = 0
        self._file = file
        self._saved = 0
        self._begun = False
        self._readers: dict[int, Reader] = {}
        self._rules: dict[int, list[int]] = defaultdict(list)

    def keep_up(self) -> None:
        """Take in what has changed; the first time, what the snapshot has."""
        if not self._begun:
            self._begun = True
            self._warm_up()
        changed = Profile.objects.filter(revision__gt=self.revision).order_by("revision")
        rows = changed.select_related("subscriber").prefetch_related("rules")
        for profile in rows.iterator(chunk_size=_CHUNK):
            self._take(profile)
            self.revision = profile.revision
        if self._file is not None and self.revision - self._saved >= _SAVE_EVERY:
            self._save(self._file)

    def _warm_up(self) -> None:
        """Begin with the snapshot, if there is one that can be used."""
        try:
            data = self._file.read_bytes() if self._file is not None else b""
            index, revision = snapshot.load(data) if data else (None, 0)
        except (OSError, Stale) as wrong:
            log.info(
                "no snapshot of the rules; they are read from the database", why=str(wrong) or type(wrong).__name__
            )
            return
        newest = Revision.objects.filter(pk=1).values_list("number", flat=True).first() or 0
        if index is None or revision > newest:
            # A database that was restored is behind what was saved.
            return
        self.index, self.revision, self._saved = index, revision, revision
        for pk, languages, groups in Subscriber.objects.filter(paused=False).values_list("pk", "languages", "groups"):
            self._readers[pk] = Reader(tuple(languages), frozenset(groups))
        for owner, rule in list(index.slots.living()):
            if owner in self._readers:
                self._rules[owner].append(rule)
            else:
                index.drop(rule)

    def _save(self, file: Path) -> None:
        """Write the snapshot; whoever reads it sees a whole one, or the one before."""
        fresh = file.with_suffix(".new")
        try:
            fresh.touch(mode=0o600)
            fresh.write_bytes(snapshot.dump(self.index, self.revision))
            fresh.replace(file)
        except (OSError, ValueError) as wrong:
            log.warning("the rules cannot be saved; the next start reads them from the database", why=str(wrong))
        self._saved = self.revision

    def who_wants(self, entry: Entry) -> list[tuple[int, str]]:
        """Each subscriber that wants the entry and may read it, once, with its best language."""
        choice = _Choice(entry)
        owners = self.index.owners(facts(entry), text(entry))
        chosen = ((subscriber, choice.of(self._readers[subscriber], rules)) for subscriber, rules in owners.items())
        return [(subscriber, lang) for subscriber, lang in chosen if lang is not None]

    def may_read(self, subscriber: int, entry: Entry) -> bool:
        """Whether a subscriber is in the audience now, whatever its rules say; a paused one is in none."""
        reader = self._readers.get(subscriber)
        return reader is not None and entry.may_be_read_by(reader.groups)

    def _take(self, profile: Profile) -> None:
        """Put a profile's rules in the place of its old ones; those of a paused subscriber go."""
        subscriber = profile.subscriber
        for rule in self._rules.pop(subscriber.pk, []):
            self.index.drop(rule)
        self._readers.pop(subscriber.pk, None)
        if subscriber.paused:
            return
        self._readers[subscriber.pk] = Reader(tuple(subscriber.languages), frozenset(subscriber.groups))
        for row in profile.rules.all():
            self.index.put(row.pk, subscriber.pk, wants(row.document()))
            self._rules[subscriber.pk].append(row.pk)
