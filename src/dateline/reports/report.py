"""The report of one release: when it cleared, who was owed it, who has it, and what proves that."""

from dataclasses import asdict
from typing import Any

from django.conf import settings

from dateline.delivery import acknowledging, ledger
from dateline.delivery.acknowledging import Standing
from dateline.delivery.ledger import Receipt, Tally
from dateline.intake import releases
from dateline.people.roles import Act, Actor
from dateline.wire import fairness, log
from dateline.words import clock
from dateline.words.entry import Entry
from dateline.words.errors import NotFound


def report(actor: Actor, key: str) -> dict[str, Any]:
    """The report as JSON. NotFound for those whose release it is not, and before it is out."""
    filed = releases.get(actor, key, Act.REPORT)
    entries = log.whole_story(filed.release_id)
    if not entries:
        raise NotFound("It is not out yet; there is nothing to report.")
    guid = entries[0].guid
    account = ledger.account(guid, settings.DATELINE_WIRE.origin)
    return {
        "guid": guid,
        "state": "withdrawn" if entries[0].canceled else "released",
        "entries": [_entry(entry, account.by_entry.get(entry.seq, Tally())) for entry in entries],
        "cleared_at": entries[0].header["released_at"],
        "first_delivered": clock.printed(account.first_delivered) if account.first_delivered else None,
        "last_delivered": clock.printed(account.last_delivered) if account.last_delivered else None,
        "totals": asdict(account.total),
        "by_channel": _tallies(account.by_channel),
        "by_country": _tallies(account.by_country),
        "by_language": _tallies(account.by_language),
        "recipients": [_recipient(receipt) for receipt in account.receipts],
        "acknowledgements": [_acknowledged(each) for each in acknowledging.of_story(guid)],
        "log": {"size": log.size(), "head": log.head()},
    }


def _entry(entry: Entry, tally: Tally) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "signal": str(entry.signal),
        "version": entry.version,
        "released_at": entry.header["released_at"],
        "languages": list(entry.langs),
        "proof": f"{settings.DATELINE_WIRE.base_url}/api/v1/wire/{entry.seq}/proof",
        "totals": asdict(tally),
        "fairness": fairness.of(entry.seq),
    }


def _tallies(tallies: dict[str, Tally]) -> dict[str, dict[str, int]]:
    return {name or "–": asdict(tally) for name, tally in tallies.items()}


def _recipient(receipt: Receipt) -> dict[str, Any]:
    values = asdict(receipt)
    values["at"] = clock.printed(receipt.at) if receipt.at else None
    return values


def _acknowledged(standing: Standing) -> dict[str, Any]:
    """Outlets by name; of journalists how many, for their pseudonyms stand among the recipients and tell no more."""
    return asdict(standing) | {"outlets": list(standing.outlets), "journalists": len(standing.journalists)}
