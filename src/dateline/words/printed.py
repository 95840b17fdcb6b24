"""What the wire prints around a rendition: dateline, quotation marks, disclaimer, labels, each in the rendition's language."""

from datetime import datetime
from typing import Any

from dateline.words import clock
from dateline.words.languages import language
from dateline.words.release import Rendition, Signal, Version
from dateline.words.wire import Wire


def printed(version: Version, rendition: Rendition, wire: Wire, released_at: datetime) -> dict[str, Any]:
    """The rendition as the log keeps it: DESIGN, "The log entry"."""
    rules = language(rendition.lang)
    return {
        "lang": rendition.lang,
        "headline": rendition.headline,
        "subhead": rendition.subhead,
        "dateline": dateline(version, rendition, wire, released_at),
        "body_html": rules.quoting(rendition.body_html),
        "boilerplate": rules.quoting(rendition.boilerplate),
        "disclaimer": rules.third_party(version.source.provider) if version.source.provider else "",
        "labels": labels(version, rendition),
        "based_on": rendition.based_on,
    }


def dateline(version: Version, rendition: Rendition, wire: Wire, released_at: datetime) -> str:
    """Printed by rule; after a provider's own dateline, our prefix alone, so that none is printed twice."""
    rules = language(rendition.lang)
    if rendition.dateline:
        return rules.prefix(wire.name) + rendition.dateline
    zone = clock.zone(version.embargo.zone or "UTC")
    return rules.dateline(rendition.place, released_at.astimezone(zone).date(), wire.name)


def labels(version: Version, rendition: Rendition) -> list[dict[str, str]]:
    """The disclosure labels that no output format may omit, in print order."""
    wanted = {
        "test": version.signal is Signal.TEST,
        "third_party": bool(version.source.provider),
        "sponsored": version.sponsored,
        "state_controlled": bool(version.source.state_controlled),
        "machine_translated": rendition.machine_translated,
        "ai_use": version.ai_use != "none",
        "corrected": version.signal is Signal.CORRECTION,
        "updated": version.signal is Signal.UPDATE,
    }
    rules = language(rendition.lang)
    return [{"kind": kind, "text": rules.label(kind)} for kind, wears in wanted.items() if wears]
