"""The acts of issuer and desk upon a release before it is out. Each checks who, then moves it one step."""

from dataclasses import replace
from datetime import datetime

from dateline.desk.findings import stops
from dateline.intake import releases
from dateline.intake.filing import check_may_write
from dateline.intake.models import FiledVersion
from dateline.people.roles import Act, Actor, check_own
from dateline.words.errors import BadInput, Conflict, Fault
from dateline.words.release import Embargo, State, Version


def write(filed: FiledVersion, version: Version, *, edit: int | None, by: Actor, now: datetime) -> FiledVersion:
    """The issuer saves a draft."""
    _check(filed, by, Act.WRITE)
    check_may_write(filed, by)
    return releases.save(filed, version, edit=edit, by=by, now=now)


def submit(filed: FiledVersion, *, by: Actor, now: datetime) -> FiledVersion:
    """The issuer hands it to the desk."""
    _check(filed, by, Act.SUBMIT)
    return releases.move(filed, State.SUBMITTED, by=by, now=now)


def claim(filed: FiledVersion, *, by: Actor, now: datetime) -> FiledVersion:
    """An editor takes it from the queue, or takes it back from approved or held."""
    _check(filed, by, Act.CLAIM)
    return releases.move(filed, State.IN_REVIEW, by=by, now=now)


def edit(filed: FiledVersion, version: Version, *, edit: int | None, by: Actor, now: datetime) -> FiledVersion:
    """An editor saves a text. Only what is in review is edited; approval is taken back first."""
    _check(filed, by, Act.EDIT)
    if filed.state != State.IN_REVIEW:
        fault = Fault(
            "not-in-review", f"It is {filed.state}; only what is in review is edited.", "/state", "Claim it first."
        )
        raise Conflict([fault])
    return releases.save(filed, version, edit=edit, by=by, now=now)


def return_(filed: FiledVersion, note: str, *, by: Actor, now: datetime) -> FiledVersion:
    """Back to the issuer, with what is to be mended."""
    _check(filed, by, Act.AGREE if by.is_issuer else Act.RETURN)
    if not note.strip():
        raise BadInput([Fault("no-note", "It does not say what to mend.", "/note", "Tell the issuer in a sentence.")])
    return releases.move(filed, State.RETURNED, by=by, now=now, note={"note": note})


def send_proof(filed: FiledVersion, *, by: Actor, now: datetime) -> FiledVersion:
    """The issuer must agree to what the desk has edited."""
    _check(filed, by, Act.PROOF)
    return releases.move(filed, State.PROOF, by=by, now=now)


def approve(filed: FiledVersion, embargo: Embargo | None = None, *, by: Actor, now: datetime) -> FiledVersion:
    """Sealed until T, or due at once. Refused while anything is missing; the issuer agrees to a proof by it."""
    of_proof = filed.state == State.PROOF
    _check(filed, by, Act.AGREE if of_proof and by.is_issuer else Act.APPROVE)
    version = releases.content(filed, by=by, why="approve", now=now)
    if embargo is not None and embargo != version.embargo:
        version = replace(version, embargo=embargo)
    _refuse_unready(version, now)
    if of_proof and not by.is_issuer:
        raise Conflict(
            [Fault("proof", "The proof is with the issuer, who alone can agree to it.", "/state", "Wait, or ask them.")]
        )
    if embargo is not None:
        filed = releases.save(filed, version, edit=None, by=by, now=now)
    return releases.move(filed, State.APPROVED, by=by, now=now)


def hold(filed: FiledVersion, reason: str, *, by: Actor, now: datetime) -> FiledVersion:
    """Stopped, by the desk or the law, with a reason."""
    _check(filed, by, Act.HOLD)
    if not reason.strip():
        raise BadInput([Fault("no-reason", "It gives no reason.", "/note", "Say why in a sentence.")])
    return releases.move(filed, State.HELD, by=by, now=now, note={"note": reason})


def spike(filed: FiledVersion, *, by: Actor, now: datetime) -> FiledVersion:
    """Dropped before release."""
    _check(filed, by, Act.SPIKE)
    return releases.move(filed, State.SPIKED, by=by, now=now)


def _check(filed: FiledVersion, by: Actor, act: Act) -> None:
    check_own(by, act, owned=releases.owns(by, filed.release))


def _refuse_unready(version: Version, now: datetime) -> None:
    faults = stops(version, now)
    if faults:
        raise BadInput(faults, title="It cannot be approved as it stands.")
