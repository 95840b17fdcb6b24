"""Filing: bytes in, a release in the house out. What a signed-in sender filed is kept, even if it cannot be read."""

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import IntegrityError, transaction

from dateline.intake import releases
from dateline.intake.models import FiledVersion, Original
from dateline.intake.readers import LIMIT, read
from dateline.people.models import Organisation
from dateline.people.roles import Act, Actor, check
from dateline.vault import boxes, keys
from dateline.words.errors import BadInput, Conflict, Fault, NotAllowed, TooLarge
from dateline.words.release import Signal, Source, State, Version

ORIGINAL = "original"
_FILED_AS = frozenset({Signal.RELEASE, Signal.ADVISORY, Signal.TEST})


@dataclass(frozen=True, slots=True)
class Filed:
    """What became of a filing: the version that it is now, what was read, and what to mend.

    With `faults` it could not be read: its bytes are kept, sealed, in a draft that has no text.
    """

    version: FiledVersion
    content: Version
    format: str
    warnings: tuple[Fault, ...] = ()
    faults: tuple[Fault, ...] = ()


def file(data: bytes, *, by: Actor, now: datetime, name: str = "", media_type: str = "") -> Filed:
    """File one release. Conflict if the same bytes, or the same item of a provider, are in the house already."""
    check(by, Act.FILE)
    if by.organisation is None:
        raise NotAllowed("This account belongs to no organisation, so nothing can be filed for it.")
    _check_size(data)
    bytes_tag = keys.tag("original", f"{by.organisation}|{hashlib.sha256(data).hexdigest()}")
    _refuse_duplicate(bytes_tag, by)
    content, format_name, warnings, faults = _read(data, name, media_type)
    content = with_sender(content, by)
    tags = [bytes_tag]
    if content.source.guid:
        tags.append(keys.tag("provider", f"{by.organisation}|{content.source.guid}"))
        _refuse_duplicate(tags[-1], by)
    try:
        with transaction.atomic():
            filed = releases.begin(by, content, now=now)
            boxes.seal(filed.release_id, ORIGINAL, _original(data, name, media_type))
            Original.objects.bulk_create([Original(tag=tag, release=filed.release_id) for tag in tags])
    except IntegrityError:
        # The same file came twice in the same moment; the other request has it.
        _refuse_duplicate(bytes_tag, by)
        raise
    return Filed(filed, content, format_name, warnings, faults)


def mend(
    filed: FiledVersion,
    data: bytes,
    *,
    by: Actor,
    now: datetime,
    name: str = "",
    media_type: str = "",
    edit: int | None = None,
) -> Filed:
    """File a version again, mended: the new bytes stand in the place of the old, which are kept too."""
    check_may_write(filed, by)
    _check_size(data)
    content, format_name, warnings, faults = _read(data, name, media_type)
    boxes.seal(filed.release_id, ORIGINAL, _original(data, name, media_type))
    if not faults:
        tag = keys.tag("original", f"{by.organisation}|{hashlib.sha256(data).hexdigest()}")
        Original.objects.get_or_create(tag=tag, defaults={"release": filed.release_id})
        was = releases.content(filed, by=by, why="filed again", now=now)
        content = replace(with_sender(content, by), signal=was.signal)
        filed = releases.save(filed, content, edit=edit, by=by, now=now)
    return Filed(filed, content, format_name, warnings, faults)


def kept_identity(content: Version, was: Version) -> Version:
    """An edited text that keeps what an edit may not change: its signal, and who is known to be behind it."""
    source = replace(
        content.source,
        provider=was.source.provider,
        guid=was.source.guid,
        verified=was.source.verified,
        issuer=content.source.issuer or was.source.issuer,
    )
    return replace(content, source=source, signal=was.signal, ednote=content.ednote or was.ednote, erases=was.erases)


def check_may_write(filed: FiledVersion, by: Actor) -> None:
    """Conflict unless the version is with its issuer."""
    check(by, Act.WRITE)
    if filed.state not in {State.DRAFT, State.RETURNED}:
        fault = Fault(
            "not-yours-now",
            f"The release is {filed.state}; it is with the desk.",
            "/state",
            "Ask the desk to return it.",
        )
        raise Conflict([fault])


def _check_size(data: bytes) -> None:
    if len(data) > LIMIT:
        fault = Fault(
            "too-large", f"It is {len(data):,} bytes; a filing may be {LIMIT:,}.", "", "Name media by their addresses."
        )
        raise TooLarge([fault])


def _refuse_duplicate(tag: str, by: Actor) -> None:
    known = Original.objects.filter(tag=tag).first()
    if known is not None:
        state = releases.get(by, known.release).state
        what = f"This was filed before, as release {known.release}, which is {state}."
        raise Conflict([Fault("duplicate", what, "", "Change that release, or file a correction of it.")])


def _read(data: bytes, name: str, media_type: str) -> tuple[Version, str, tuple[Fault, ...], tuple[Fault, ...]]:
    try:
        reading = read(data, name=name, media_type=media_type)
    except BadInput as refused:
        return Version(), "unread", (), refused.faults
    return reading.version, reading.format, reading.warnings, ()


def with_sender(content: Version, by: Actor) -> Version:
    """Who filed decides who is behind it: a provider's feed says so, whatever the file says of itself."""
    # What changes or takes back a release is begun at the desk, on the release itself, never by a filing.
    signal = content.signal if content.signal in _FILED_AS else Signal.RELEASE
    content = replace(content, signal=signal, erases=())
    sender = Organisation.objects.get(pk=by.organisation or 0)
    source = content.source
    if sender.kind == Organisation.Kind.PROVIDER:
        return replace(content, source=replace(source, provider=sender.name, verified=None))
    if source.provider:
        # An issuer sent a file that a provider made: the provider's name and the disclaimer stay on it.
        return replace(content, source=replace(source, verified=None))
    issuer = source.issuer or sender.name
    verified = sender.verified or None if issuer == sender.name else None
    own = Source(
        issuer=issuer,
        guid=source.guid,
        principal=source.principal or issuer,
        payer=source.payer or sender.name,
        verified=verified,
        state_controlled=source.state_controlled,
    )
    return replace(content, source=own)


def _original(data: bytes, name: str, media_type: str) -> bytes:
    head = json.dumps({"name": name, "media_type": media_type}).encode()
    return head + b"\n" + data
