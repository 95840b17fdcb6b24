"""The times that providers write, in any form of ISO 8601."""

from datetime import datetime

from dateline.words import clock


def instant_of(text: str) -> str:
    """The instant as the wire prints it; nothing for what is no time, or has no zone."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return ""
    return clock.printed(moment) if moment.tzinfo else ""
