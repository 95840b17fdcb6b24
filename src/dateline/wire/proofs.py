"""Proofs that an entry is in the log, and that the log only ever grew (RFC 6962 section 2.1)."""

from base64 import b64encode
from typing import Any

from dateline.formats import merkle, proof
from dateline.wire import log
from dateline.wire.append import Nodes
from dateline.wire.models import Head, LogEntry
from dateline.words.errors import BadInput, Fault


def bundle(seq: int, groups: frozenset[str] = log.NOBODY) -> dict[str, Any]:
    """All that `dateline verify` needs of an entry: header, parts, inclusion, signed head."""
    found = log.entry(seq, groups)
    held = Head.objects.get(pk=1)
    header = bytes(LogEntry.objects.values_list("header", flat=True).get(pk=seq))
    path = merkle.inclusion(seq - 1, held.size, Nodes())
    return proof.bundle(found, header, path, held.size, held.note)


def consistency(first: int) -> dict[str, Any]:
    """That the log of `first` entries is the beginning of today's."""
    held = Head.objects.filter(pk=1).first() or Head()
    if not 0 < first <= held.size:
        fault = Fault(
            "no-such-size", f"The log has {held.size} entries, and no {first}.", "from", "Give a size between the two."
        )
        raise BadInput([fault])
    path = merkle.consistency(first, held.size, Nodes())
    return {
        "from": first,
        "to": held.size,
        "consistency": [b64encode(node).decode() for node in path],
        "head": held.note,
    }
