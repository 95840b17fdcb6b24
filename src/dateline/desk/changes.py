"""Corrections, updates, withdrawals and erasures: a new version of what is released, by the same journey."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from dateline.desk import editing
from dateline.intake import releases
from dateline.intake.models import FiledVersion
from dateline.intake.readers import characters
from dateline.people.roles import Act, Actor, check, check_own
from dateline.vault import boxes
from dateline.words.errors import BadInput, Conflict, Fault, NotFound
from dateline.words.release import Embargo, Signal, State, Version

_PART = re.compile(r"^[1-9][0-9]{0,15}:[a-z]+(/[A-Za-z0-9-]+)?$")
CHANGES = frozenset({Signal.CORRECTION, Signal.UPDATE, Signal.TRANSLATION})


def begin(filed: FiledVersion, signal: Signal, ednote: str, *, by: Actor, now: datetime) -> FiledVersion:
    """A new draft that starts from what is out. The desk may then edit it in review, the issuer in draft."""
    check_own(by, Act.CORRECT, owned=releases.owns(by, filed.release))
    if signal not in CHANGES:
        raise BadInput(
            [
                Fault(
                    "bad-signal",
                    f"{signal} is no change of a text.",
                    "/signal",
                    "Write correction, update or translation.",
                )
            ]
        )
    characters.check(ednote, "/ednote")
    _check_released(filed)
    released = _last_released(filed)
    was = releases.content(released, by=by, why=f"begin {signal}", now=now)
    if was.signal is Signal.WITHDRAWAL:
        raise Conflict([Fault("withdrawn", "It was withdrawn.", "/state", "File it anew as a release of its own.")])
    changed = replace(was, signal=signal, ednote=ednote, embargo=Embargo(zone=was.embargo.zone))
    made = releases.next_version(filed, changed, by=by, now=now)
    if by.is_desk:
        made = releases.move(made, State.SUBMITTED, by=by, now=now)
        made = releases.move(made, State.IN_REVIEW, by=by, now=now)
    return made


def withdraw(filed: FiledVersion, reason: str, *, by: Actor, now: datetime) -> FiledVersion:
    """Take a release back, at once. What is under way for it is spiked first: a withdrawal waits for nothing."""
    check(by, Act.WITHDRAW)
    characters.check(reason, "/reason")
    _check_released(filed)
    was = releases.content(_last_released(filed), by=by, why="withdraw", now=now)
    empty = replace(was, renditions=(), contacts=(), signal=Signal.WITHDRAWAL, ednote=reason, embargo=Embargo())
    return _straight_through(_clear_the_way(filed, by, now), empty, by, now)


def erase(filed: FiledVersion, parts: Iterable[str], reason: str, *, by: Actor, now: datetime) -> FiledVersion:
    """Take parts (`1042:rendition/en`) out of the log for good, as the law asks; what is sealed goes with them."""
    check(by, Act.ERASE)
    characters.check(reason, "/reason")
    _check_released(filed)
    parts = tuple(parts)
    if not parts or not all(_PART.match(part) for part in parts):
        fault = Fault("bad-part", "It does not name the parts to erase.", "/parts", "Write them as 1042:rendition/en.")
        raise BadInput([fault])
    was = releases.content(_last_released(filed), by=by, why="erase", now=now)
    version = replace(
        was, renditions=(), contacts=(), signal=Signal.ERASURE, ednote=reason, erases=parts, embargo=Embargo()
    )
    return _straight_through(_clear_the_way(filed, by, now), version, by, now)


def _straight_through(filed: FiledVersion, version: Version, by: Actor, now: datetime) -> FiledVersion:
    made = releases.next_version(filed, version, by=by, now=now)
    made = releases.move(made, State.SUBMITTED, by=by, now=now)
    made = releases.move(made, State.IN_REVIEW, by=by, now=now)
    return editing.approve(made, by=by, now=now)


def _clear_the_way(filed: FiledVersion, by: Actor, now: datetime) -> FiledVersion:
    newest = releases.newest(filed)
    if newest.state not in {State.RELEASED, State.SPIKED}:
        if newest.state == State.PROOF:
            newest = releases.move(newest, State.RETURNED, by=by, now=now)
        newest = releases.move(newest, State.SPIKED, by=by, now=now)
    return newest


def _check_released(filed: FiledVersion) -> None:
    if not filed.release.versions.filter(state=State.RELEASED).exists():
        raise Conflict([Fault("not-released", "It is not out.", "/state", "Edit or spike it instead.")])


def _last_released(filed: FiledVersion) -> FiledVersion:
    rows = filed.release.versions.filter(state=State.RELEASED).order_by("-number")
    for row in rows.select_related("release"):
        if boxes.newest(row.release_id, row.box) is not None:
            return row
    raise NotFound("The text of this release was erased.")
