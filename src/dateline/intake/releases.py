"""The releases in the house: found by whose they are, opened, saved, and moved along the journey."""

import base64
import json
import secrets
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from dateline.intake import bell
from dateline.intake.models import FiledVersion, Release, Step
from dateline.people.roles import Act, Actor, check, check_own
from dateline.vault import boxes, keys
from dateline.words import clock
from dateline.words.errors import Conflict, Fault, NotFound
from dateline.words.release import State, Version, check_move


def new_id() -> str:
    """128 random bits in lower-case base32. Never a time-ordered id: it would tell when filing began."""
    return base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()


def guid(release: Release) -> str:
    """`tag:ORIGIN,YEAR:` and the random id (RFC 4151)."""
    return f"tag:{settings.DATELINE_WIRE.origin},{release.filed_at.year}:{release.pk}"


def owner_tag(organisation: int | None) -> str:
    return keys.tag("owner", str(organisation))


def owns(actor: Actor, release: Release) -> bool:
    return release.owner == owner_tag(actor.organisation)


def visible(actor: Actor) -> QuerySet[FiledVersion]:
    """The versions that this actor may see at all: an issuer's own; the desk's all but drafts, which are the
    issuer's alone until they are submitted; nobody else's any.
    """
    rows = FiledVersion.objects.select_related("release")
    if actor.is_desk:
        return rows.exclude(state=State.DRAFT)
    if actor.is_issuer:
        return rows.filter(release__owner=owner_tag(actor.organisation))
    return rows.none()


def get(actor: Actor, key: str, act: Act = Act.READ, number: int | None = None) -> FiledVersion:
    """The newest version (or that number) of a release, if the actor may do this to it. `key` is an id or a guid."""
    rows = FiledVersion.objects.select_related("release").filter(release=key.rpartition(":")[2])
    if actor.is_desk:
        rows = rows.exclude(state=State.DRAFT)
    found = (rows.filter(number=number) if number else rows).order_by("-number").first()
    if found is None:
        if not actor.may(Act.READ):
            check(actor, act)
        raise NotFound("There is no such release.")
    check_own(actor, act, owned=owns(actor, found.release))
    return found


def newest(filed: FiledVersion) -> FiledVersion:
    """The newest version of the same release, whatever its state."""
    rows = FiledVersion.objects.select_related("release").filter(release=filed.release)
    return rows.order_by("-number")[0]


def begin(actor: Actor, version: Version, *, now: datetime) -> FiledVersion:
    """A new release in state draft, owned by the actor's organisation."""
    with transaction.atomic():
        release = Release.objects.create(pk=new_id(), owner=owner_tag(actor.organisation))
        first = FiledVersion.objects.create(release=release, number=1, state=State.DRAFT)
        keep_content(first, version)
        note_step(first, actor, "filed", now=now)
    return first


def next_version(filed: FiledVersion, version: Version, *, by: Actor, now: datetime) -> FiledVersion:
    """The version after the newest, in state draft; Conflict while another one is under way."""
    with transaction.atomic():
        newest = FiledVersion.objects.filter(release=filed.release).order_by("-number").first() or filed
        if newest.state not in {State.RELEASED, State.SPIKED}:
            raise Conflict(
                [
                    Fault(
                        "under-way",
                        f"Version {newest.number} is still {newest.state}.",
                        "/version",
                        "Finish or spike it first.",
                    )
                ]
            )
        made = FiledVersion.objects.create(release=filed.release, number=newest.number + 1, state=State.DRAFT)
        keep_content(made, version)
        note_step(made, by, f"begun as {version.signal}", now=now)
    return made


def content(filed: FiledVersion, *, by: Actor, why: str, now: datetime) -> Version:
    """Open a version's newest text. An empty version where what was filed could not be read."""
    box = boxes.newest(filed.release_id, filed.box)
    if box is None:
        raise NotFound("The text of this version was erased.")
    return Version.from_json(json.loads(boxes.open_box(box, by=by, why=why, now=now)))


def save(filed: FiledVersion, version: Version, *, edit: int | None, by: Actor, now: datetime) -> FiledVersion:
    """Keep a new text of a version. `edit` is the count that the editor read; Conflict if it has grown since."""
    with transaction.atomic():
        rows = FiledVersion.objects.filter(pk=filed.pk, state=filed.state)
        seen = filed.edit if edit is None else edit
        if not rows.filter(edit=seen).update(edit=seen + 1, changed_at=now):
            raise Conflict(
                [
                    Fault(
                        "edited",
                        "Somebody else changed it meanwhile.",
                        "/edit",
                        "Load it again; your text is still in your form.",
                    )
                ]
            )
        keep_content(filed, version)
        note_step(filed, by, "edited", now=now)
    filed.edit = seen + 1
    return filed


def move(
    filed: FiledVersion, to: State, *, by: Actor, now: datetime, note: dict[str, Any] | None = None
) -> FiledVersion:
    """One step of the journey, by compare-and-set: no row means that another got there first."""
    check_move(State(filed.state), to)
    with transaction.atomic():
        moved = FiledVersion.objects.filter(pk=filed.pk, state=filed.state, edit=filed.edit).update(
            state=to, changed_at=now
        )
        if not moved:
            raise Conflict([Fault("moved", "Somebody else moved or changed it meanwhile.", "/state", "Load it again.")])
        note_step(filed, by, f"{filed.state} → {to}", now=now, **(note or {}))
    was, filed.state = filed.state, to
    if State.APPROVED in {was, to}:
        bell.ring("wire")
    return filed


def keep_content(filed: FiledVersion, version: Version) -> None:
    document = json.dumps(version.as_json(), ensure_ascii=False).encode()
    boxes.seal(filed.release_id, filed.box, document)


def note_step(filed: FiledVersion, actor: Actor, what: str, *, now: datetime, **more: Any) -> None:
    record = {
        "who": actor.id,
        "name": actor.name,
        "what": what,
        "when": clock.printed(now),
        "version": filed.number,
        **more,
    }
    Step.objects.create(release=filed.release_id, sealed=boxes.seal_note(f"step:{filed.release_id}", record))


def steps(filed: FiledVersion) -> list[dict[str, Any]]:
    """The release's audit: every step, in order, with who, what and when."""
    rows = Step.objects.filter(release=filed.release_id).order_by("pk")
    return [boxes.open_note(f"step:{filed.release_id}", row.sealed) for row in rows]
