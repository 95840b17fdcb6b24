"""The editions of one rendition: which entries touched it, and what each changed."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from dateline.web.changes import FieldChange, changes
from dateline.web.shown import when
from dateline.words.entry import Entry
from dateline.words.errors import NotFound
from dateline.words.release import Signal

SIGNALS = {
    Signal.RELEASE: _("Released"),
    Signal.CORRECTION: _("Correction"),
    Signal.UPDATE: _("Update"),
    Signal.WITHDRAWAL: _("Withdrawal"),
    Signal.TRANSLATION: _("Translation"),
    Signal.ADVISORY: _("Advisory"),
    Signal.TEST: _("Test"),
    Signal.ERASURE: _("Text removed"),
}
FIELDS = {
    "headline": _("Headline"),
    "subhead": _("Subhead"),
    "dateline": _("Dateline"),
    "body": _("Text"),
    "boilerplate": _("About the issuer"),
}


@dataclass(frozen=True, slots=True)
class Edition:
    """One line of the history, and the changes that it made; `number` is 0 for an erasure, which makes no edition."""

    entry: Entry
    number: int
    signal: str
    when: str
    note: str
    changes: tuple[tuple[str, FieldChange], ...]

    @property
    def released_at(self) -> str:
        return str(self.entry.header["released_at"])


def touching(entries: list[Entry], lang: str) -> list[Entry]:
    """The entries that made an edition of this language, in order; NotFound if there are none."""
    found = [entry for entry in entries if lang in entry.langs]
    if not found:
        raise NotFound("There is no such release in this language.")
    return found


def chosen(editions: list[Entry], seq: str, version: str) -> Entry:
    """The edition of that seq or version, or the newest; NotFound if there is none such."""
    for asked, known in ((seq, "seq"), (version, "version")):
        if asked:
            found = next((entry for entry in reversed(editions) if str(entry.header[known]) == asked), None)
            if found is None:
                raise NotFound("There is no such edition.")
            return found
    return editions[-1]


def history(entries: list[Entry], lang: str) -> list[Edition]:
    """Newest first. What is canceled or erased shows neither its changes nor its note: both could tell its text."""
    told: list[Edition] = []
    before: Entry | None = None
    for entry in entries:
        if lang not in entry.langs and f"rendition/{lang}" not in _erased(entry):
            continue
        old = before.rendition(lang) if before else None
        told.append(_edition(entry, lang, changes(old, entry.rendition(lang))))
        before = entry if lang in entry.langs else before
    return told[::-1]


def _edition(entry: Entry, lang: str, found: list[FieldChange]) -> Edition:
    return Edition(
        entry=entry,
        number=entry.editions.get(lang, 0),
        signal=str(SIGNALS.get(entry.signal, entry.signal)),
        when=when(entry.released_at, lang),
        note="" if entry.canceled_by is not None else str(entry.header["ednote"]),
        changes=tuple((str(FIELDS[each.field]), each) for each in found),
    )


def _erased(entry: Entry) -> set[str]:
    """The names of the parts that an erasure took, without the seqs that they were of."""
    return {address.partition(":")[2] for address in entry.header.get("erased", ())}
