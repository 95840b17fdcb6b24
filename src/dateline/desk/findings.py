"""What the desk must see before it approves: pure, over a version and the time."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dateline.formats.body import plain
from dateline.words import clock, sectors
from dateline.words.errors import BadInput, Fault
from dateline.words.release import Rendition, Signal, Track, Version

LONG_HEADLINE = 180


class Weight(StrEnum):
    """`stop`: it cannot be approved so. `warn`: an editor should look."""

    STOP = "stop"
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class Finding:
    weight: Weight
    fault: Fault

    @property
    def stops(self) -> bool:
        return self.weight is Weight.STOP


def findings(version: Version, now: datetime) -> list[Finding]:
    """All that is wrong or odd, what stops first."""
    if version.signal in {Signal.WITHDRAWAL, Signal.ERASURE}:
        found = (
            []
            if version.ednote.strip()
            else [_stop("no-reason", "It gives no reason.", "/ednote", "Say why in a sentence.")]
        )
    else:
        found = [*_missing(version), *_embargo(version, now), *_audience(version), *_odd(version)]
        for rendition in version.renditions:
            found += _rendition(rendition)
    return sorted(found, key=lambda finding: not finding.stops)


def stops(version: Version, now: datetime) -> tuple[Fault, ...]:
    """What forbids approval, if anything does."""
    return tuple(finding.fault for finding in findings(version, now) if finding.stops)


def _missing(version: Version) -> list[Finding]:
    found = []
    if not version.renditions:
        found.append(_stop("no-headline", "It has no headline.", "/renditions", "Write one."))
        found.append(_stop("no-body", "It has no body.", "/renditions", "Write one."))
    if not version.source_language or version.rendition(version.source_language) is None:
        found.append(
            _stop(
                "no-language",
                "It does not say its language.",
                "/source_language",
                "Name the language that it was written in.",
            )
        )
    if not any(contact.name or contact.email or contact.phone or contact.text for contact in version.contacts):
        found.append(_stop("no-contact", "It has no contact.", "/contacts", "Name whom a newsroom may call."))
    if not version.source.name:
        found.append(_stop("no-source", "It does not say whose news it is.", "/source/issuer", "Name the issuer."))
    return found


def _rendition(rendition: Rendition) -> list[Finding]:
    where = f"/renditions/{rendition.lang}"
    found = []
    if rendition.track is Track.OWED:
        found.append(
            _stop(
                "owed",
                f"Its translation into {rendition.lang} is owed.",
                where,
                "Translate it, waive it, or let it follow.",
            )
        )
        return found
    if rendition.track is not Track.READY:
        return found
    if not rendition.headline.strip():
        found.append(
            _stop("no-headline", f"It has no headline in {rendition.lang}.", f"{where}/headline", "Write one.")
        )
    if not plain(rendition.body_html).strip():
        found.append(_stop("no-body", f"It has no body in {rendition.lang}.", f"{where}/body_html", "Write one."))
    if len(rendition.headline) > LONG_HEADLINE:
        found.append(
            _warn(
                "long-headline",
                f"The headline has {len(rendition.headline)} characters.",
                f"{where}/headline",
                "Screens cut it.",
            )
        )
    if not rendition.place and not rendition.dateline:
        found.append(_warn("no-place", "Its dateline names no place.", f"{where}/place", "Name the town."))
    return found


def _embargo(version: Version, now: datetime) -> list[Finding]:
    try:
        if version.embargo.zone:
            # The dateline's day is the day in this zone, with or without an embargo.
            clock.zone(version.embargo.zone)
        if version.embargo.at:
            clock.embargo(version.embargo.at, version.embargo.zone, now)
    except BadInput as refused:
        return [Finding(Weight.STOP, fault) for fault in refused.faults]
    return []


def _audience(version: Version) -> list[Finding]:
    if not version.audience:
        return [_stop("no-audience", "It is for nobody.", "/audience", "Write public, or a group.")]
    if version.regulated and version.audience != ("public",):
        return [_stop("regulated", "Regulated disclosure goes to all at once.", "/audience", "Make it public.")]
    return []


def _odd(version: Version) -> list[Finding]:
    found = [
        _warn("unknown-sector", f"The sector {each!r} is not in our list.", "/sectors", "Choose the nearest.")
        for each in version.unread
    ]
    found += [
        _stop("unknown-sector", f"There is no sector {each!r}.", "/sectors", "Choose one of the list.")
        for each in version.sectors
        if not sectors.known(each)
    ]
    if not version.sectors:
        found.append(_warn("no-sector", "It has no sector, so few will be sent it.", "/sectors", "Choose one or two."))
    return found


def _stop(code: str, what: str, where: str, mend: str) -> Finding:
    return Finding(Weight.STOP, Fault(code, what, where, mend))


def _warn(code: str, what: str, where: str, mend: str) -> Finding:
    return Finding(Weight.WARN, Fault(code, what, where, mend))
