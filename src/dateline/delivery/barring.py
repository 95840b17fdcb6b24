"""What stands in the place of an attempt where nothing may be sent any more. Pure.

What its reader does not want is declined; what the other end or the wire ended is a failure.
"""

from dateline.delivery.deciding import Answer, Meaning

# Endings by the subscriber's own word. What ended otherwise is written in the other end's words (`HTTP 410`).
UNSUBSCRIBED = "unsubscribed"
ENDED = "ended by the subscriber"
UNCONFIRMED = "ended by the subscriber before it was confirmed"
NOT_ASKED_FOR = "whoever reads it did not ask for this"
FORGOTTEN = "the subscriber's data was deleted"
LAPSED = "the lease has run out"
_WISHED = frozenset({UNSUBSCRIBED, ENDED, UNCONFIRMED, NOT_ASKED_FOR, FORGOTTEN})
# Reasons of a suppression that are the reader's own word: nobody else may end it.
THEIRS = frozenset({"complaint", "objection"})


def ended(why: str) -> Answer:
    """Of an endpoint that has ended."""
    return Answer(Meaning.DECLINED if why in _WISHED else Meaning.NEVER, why or "ended")


def suppressed(why: str) -> Answer:
    """Of a suppressed address. `why` begins with the reason: `objection: said when it was asked`."""
    theirs = why.partition(":")[0] in THEIRS
    return Answer(Meaning.DECLINED if theirs else Meaning.NEVER, f"suppressed: {why}")


def lapsed() -> Answer:
    return Answer(Meaning.NEVER, LAPSED)
