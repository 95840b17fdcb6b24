"""Many entries in one mail, when the reader wants it: gathered from the ledger, composed when it is sent.

What was taken back or replaced in the meantime is not in it: that is looked up each time that it is tried.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction

from dateline.delivery import caps, links
from dateline.delivery.deciding import EVIDENCE, Answer, Meaning
from dateline.delivery.models import Endpoint, Gathered, Letter, Outcome
from dateline.formats.said import said
from dateline.vault import keys
from dateline.wire import log
from dateline.words.entry import Entry

KIND = "digest"
# So many readers have their digests made in one transaction.
_READERS = 200
Item = Mapping[str, str]


def gather(rows: Sequence[tuple[int, int, str, datetime]]) -> None:
    """(endpoint, seq, language, when its digest is due): in the transaction of the outcomes that say so."""
    made = [Gathered(endpoint_id=pk, seq=seq, lang=lang, due_at=due) for pk, seq, lang, due in rows]
    Gathered.objects.bulk_create(made, ignore_conflicts=True)


@transaction.atomic
def post_due(now: datetime) -> None:
    """Owe a letter to each reader whose digest is due. Two workers on one database take turns."""
    due = Gathered.objects.filter(letter=None, due_at__lte=now)
    # Readers, and not rows: what is cut off must not be half a digest.
    readers = list(due.order_by("endpoint").values_list("endpoint", flat=True).distinct()[:_READERS])
    if not readers:
        return
    rows = defaultdict(list)
    for row in due.filter(endpoint__in=readers).select_for_update().order_by("endpoint", "seq"):
        rows[row.endpoint_id].append(row)
    for endpoint in Endpoint.objects.filter(pk__in=rows):
        _post(endpoint, rows[endpoint.pk], now)


def _post(endpoint: Endpoint, rows: Sequence[Gathered], now: datetime) -> None:
    mine = Gathered.objects.filter(pk__in=[row.pk for row in rows])
    if later := caps.digest_waits(endpoint, now):
        mine.update(due_at=later)
        return
    letter = Letter.objects.create(
        address=endpoint.address,
        lang=rows[0].lang,
        kind=KIND,
        values={"endpoint": endpoint.name},
        made_at=now,
        due_at=now,
    )
    mine.update(letter=letter)


def composed(letter: Letter, now: datetime) -> Letter | None:
    """The letter with what it says now; None, and over, if nothing is left to say or nothing may be sent there."""
    endpoint = Endpoint.objects.get(name=letter.values["endpoint"])
    items = list(_items(letter.gathered.order_by("seq")))
    if over := _over(endpoint.barred(now), items):
        state, why = over
        Letter.objects.filter(pk=letter.pk).update(state=state, evidence=why[:EVIDENCE])
        return None
    leave = links.signed(keys.named(links.LEAVE), endpoint.name)
    url = f"{settings.DATELINE_WIRE.base_url}/unsubscribe/{leave}"
    letter.values = {**letter.values, "items": items, "leave": url}
    return letter


def came_of(outcome: Outcome) -> tuple[str, str, datetime]:
    """What became of a gathered entry, and when, as its receipt says it."""
    row = Gathered.objects.select_related("letter").get(endpoint=outcome.endpoint_id, seq=outcome.seq)
    state = row.letter.state if row.letter else Letter.State.OWED
    said_last = (row.letter.evidence if row.letter else "") or outcome.evidence
    return "waiting" if state == Letter.State.OWED else state, said_last, outcome.at


def _over(barred: Answer | None, items: Sequence[Item]) -> tuple[Letter.State, str] | None:
    """The state of a letter that is not to be sent, and why; None: it is."""
    if barred is not None:
        declined = barred.meaning is Meaning.DECLINED
        return Letter.State.DECLINED if declined else Letter.State.FAILED, barred.evidence
    return None if items else (Letter.State.CANCELED, "nothing is left to say")


def _items(rows: Iterable[Gathered]) -> Iterator[Item]:
    """The newest version of each story in each language, in the order of the log."""
    newest: dict[tuple[str, str], tuple[Entry, str]] = {}
    for row in rows:
        entry = log.tail(row.seq - 1, 1)[0]
        newest[entry.guid, row.lang] = entry, row.lang
    for entry, lang in newest.values():
        what = said(entry, lang, settings.DATELINE_WIRE)
        if what.usable:
            yield {"headline": what.headline, "dateline": what.dateline.strip(), "url": what.url, "lang": lang}
