"""The steps of `bench.seed`."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction

from dateline.delivery import endpoints
from dateline.intake import releases
from dateline.people.models import Organisation
from dateline.people.roles import Actor, Role
from dateline.routing import profiles
from dateline.routing.models import Subscriber
from dateline.words import clock
from dateline.words.languages import FIFTEEN
from dateline.words.release import Contact, Embargo, Rendition, Source, State, Version

CHIEF = Actor("bench", "Bench", Role.CHIEF_EDITOR, sitting="bench")
PARAGRAPH = "<p>" + "The tide rose and the piston rose with it, as it had the day before. " * 6 + "</p>"
TEXT = Version(
    renditions=(Rendition("en", headline="", place="Brest", body_html=PARAGRAPH * 6),),
    source_language="en",
    source=Source(issuer="Tidewell Energy"),
    contacts=(Contact(name="Ada Quill", email="ada@tidewell.example"),),
    sectors=("medtop:20000257",),
    countries=("FR",),
)


def run(words: list[str]) -> None:
    step, *rest = words
    print(
        json.dumps(
            {"recipients": recipients, "quiet": quiet, "release": release, "embargoed": embargoed, "burst": burst}[
                step
            ](*rest)
        )
    )


def recipients(outlets: str, journalists: str, port: str) -> dict[str, float]:
    """A thousand of each, who all want everything."""
    with transaction.atomic():
        for number in range(int(outlets)):
            one = Subscriber.objects.create(kind=Subscriber.Kind.OUTLET, name=f"Outlet {number}", languages=["en"])
            profiles.set_rules(one, [{"everything": True}])
            endpoints.add(one, "webhook", f"http://127.0.0.1:{port}/{number}")
        for number in range(int(journalists)):
            one = Subscriber.objects.create(kind=Subscriber.Kind.JOURNALIST, name=f"Reader {number}", languages=["en"])
            profiles.set_rules(one, [{"everything": True}])
            endpoints.add(one, "email", f"reader-{number}@gazette.example")
    return {}


def quiet() -> dict[str, float]:
    """Nobody is owed what comes now: the timing of the log is measured by itself."""
    for one in Subscriber.objects.all():
        one.paused = True
        one.save()
    return {}


def release(headline: str, _zone: str) -> dict[str, float]:
    return approved(english(headline), None)


def embargoed(count: str, first: str, apart: str) -> dict[str, float]:
    """So many English releases, a T each, `apart` seconds from each other."""
    due: dict[str, float] = {}
    for number in range(int(count)):
        at = datetime.fromisoformat(first) + timedelta(seconds=number * float(apart))
        due |= approved(english(f"Embargoed {number}"), at)
    return due


def burst(count: str, at: str, _apart: str) -> dict[str, float]:
    """So many releases in fifteen languages, all at one T."""
    due: dict[str, float] = {}
    for number in range(int(count)):
        everywhere = tuple(replace(TEXT.main, lang=tag, headline=f"Burst {number} {tag}") for tag in FIFTEEN)
        due |= approved(replace(TEXT, renditions=everywhere), datetime.fromisoformat(at))
    return due


def english(headline: str) -> Version:
    return replace(TEXT, renditions=(replace(TEXT.main, headline=headline),))


def approved(version: Version, at: datetime | None) -> dict[str, float]:
    """File it, and walk it to approved; T to the millisecond, as the log writes it."""
    now = clock.now()
    house, _ = Organisation.objects.get_or_create(name="Tidewell Energy")
    author = Actor("bench-author", "Bench", Role.ISSUER_AUTHOR, house.pk, house.name, "bench")
    due = at.replace(microsecond=at.microsecond // 1000 * 1000) if at else None
    if due is not None:
        version = replace(version, embargo=Embargo(due.isoformat(), ""))
    filed = releases.begin(author, version, now=now)
    for state in (State.SUBMITTED, State.IN_REVIEW, State.APPROVED):
        filed = releases.move(filed, state, by=CHIEF, now=now)
    return {releases.guid(filed.release): due.timestamp() if due else 0.0}
