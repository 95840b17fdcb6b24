"""The index over everybody's rules, kept up with the database, and the one question asked of it."""

from collections import defaultdict
from dataclasses import dataclass

from dateline.routing.index import Index, best_language, facts
from dateline.routing.models import Profile
from dateline.routing.rules import wants
from dateline.routing.texts import text
from dateline.words.entry import Entry

_CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Reader:
    """What of a subscriber decides beside its rules: languages in order, and its audience groups."""

    languages: tuple[str, ...]
    groups: frozenset[str]


class Matching:
    """All rules in memory. The database is the truth; `keep_up` reads what has changed since the last revision."""

    def __init__(self) -> None:
        self.index = Index()
        self.revision = 0
        self._readers: dict[int, Reader] = {}
        self._rules: dict[int, list[int]] = defaultdict(list)

    def keep_up(self) -> None:
        changed = Profile.objects.filter(revision__gt=self.revision).order_by("revision")
        rows = changed.select_related("subscriber").prefetch_related("rules")
        for profile in rows.iterator(chunk_size=_CHUNK):
            self._take(profile)
            self.revision = profile.revision

    def who_wants(self, entry: Entry) -> list[tuple[int, str]]:
        """Each subscriber that wants the entry and may read it, once, with its best language."""
        found = []
        for subscriber, rules in self.index.owners(facts(entry), text(entry)).items():
            reader = self._readers[subscriber]
            if not entry.may_be_read_by(reader.groups):
                continue
            lang = best_language(reader.languages, rules, entry.langs, str(entry.header["source_language"]))
            if lang is not None:
                found.append((subscriber, lang))
        return found

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
