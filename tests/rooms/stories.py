"""Stories for the rooms downstream of the log: put into it by a short way, and who reads them."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from dateline.delivery import endpoints
from dateline.delivery.models import Endpoint
from dateline.desk import changes
from dateline.intake import releases
from dateline.intake.models import FiledVersion
from dateline.people.models import Organisation
from dateline.people.roles import Actor, Role
from dateline.routing import profiles
from dateline.routing.models import Subscriber
from dateline.wire import log
from dateline.wire.append import append
from dateline.wire.keeper import Keeper
from dateline.words import clock
from dateline.words.entry import Entry
from dateline.words.release import Contact, Rendition, Signal, Source, State, Version

CHIEF = Actor("user:9", "Duc Tran", Role.CHIEF_EDITOR, sitting="s")
STORY = Version(
    renditions=(
        Rendition("en", headline="Tide turns", place="Brest", body_html="<p>It turned at noon.</p>"),
        Rendition("de", headline="Die Flut kehrt", place="Brest", body_html="<p>Sie kehrte.</p>", based_on="en"),
        Rendition("ar", headline="المد يعود", place="برست", body_html="<p>عاد المد.</p>", based_on="en"),
    ),
    source_language="en",
    source=Source(issuer="Tidewell Energy"),
    contacts=(Contact(name="Ada Quill"),),
    countries=("FR",),
)
CORRECTED = replace(
    STORY,
    signal=Signal.CORRECTION,
    renditions=(Rendition("en", headline="Tide turns back", place="Brest", body_html="<p>At one.</p>"),),
)


def author_of(house: Organisation) -> Actor:
    return Actor("user:1", "Ada Quill", Role.ISSUER_AUTHOR, house.pk, house.name, "s")


def released(version: Version = STORY, house: Organisation | None = None) -> FiledVersion:
    """A story, the whole way into the log."""
    if house is None:
        house, _ = Organisation.objects.get_or_create(name="Tidewell Energy")
    filed = releases.begin(author_of(house), version, now=clock.now())
    for state in (State.SUBMITTED, State.IN_REVIEW, State.APPROVED):
        filed = releases.move(filed, state, by=CHIEF, now=clock.now())
    release_due()
    filed.refresh_from_db()
    return filed


def corrected(filed: FiledVersion, version: Version) -> FiledVersion:
    """A newer version of it, in the log; `version` says by which signal."""
    made = releases.next_version(filed, version, by=CHIEF, now=clock.now())
    for state in (State.SUBMITTED, State.IN_REVIEW, State.APPROVED):
        made = releases.move(made, state, by=CHIEF, now=clock.now())
    release_due()
    made.refresh_from_db()
    return made


def withdrawn(filed: FiledVersion) -> None:
    changes.withdraw(filed, "Filed in error.", by=CHIEF, now=clock.now())
    release_due()


def erased(filed: FiledVersion, *parts: str) -> FiledVersion:
    """Parts of it, as `1:rendition/de`, taken out of the log for good."""
    made = changes.erase(filed, parts, "A court has ordered it.", by=CHIEF, now=clock.now())
    release_due()
    made.refresh_from_db()
    return made


def release_due(now: datetime | None = None) -> list[int]:
    keeper = Keeper()
    while keeper.look():
        pass
    return append(keeper.take_due(now or clock.now()), clock.now())


def entry(filed: FiledVersion) -> Entry:
    assert filed.seq is not None
    return log.tail(filed.seq - 1, 1)[0]


def outlet(name: str, url: str, rules: list[dict[str, Any]] | None = None, **more: Any) -> Endpoint:
    """An outlet that wants everything, or what the rules say, by webhook."""
    return _reader(Subscriber.Kind.OUTLET, name, "webhook", url, rules, more)


def journalist(address: str, rules: list[dict[str, Any]] | None = None, **more: Any) -> Endpoint:
    """A journalist who wants everything, or what the rules say, by mail."""
    return _reader(Subscriber.Kind.JOURNALIST, "Esra Aydin", "email", address, rules, more)


def _reader(
    kind: str, name: str, channel: str, address: str, rules: list[dict[str, Any]] | None, more: dict[str, Any]
) -> Endpoint:
    subscriber = Subscriber.objects.create(kind=kind, name=name, **more)
    profiles.set_rules(subscriber, rules or [{"everything": True}])
    return endpoints.add(subscriber, channel, address)
