"""Fill an invented wire once: people of every role, and releases in every state."""

import json
import secrets
from datetime import UTC, datetime, timedelta
from importlib import resources

from django.db import transaction

from dateline.desk import editing
from dateline.intake import filing
from dateline.intake.models import FiledVersion
from dateline.people import accounts
from dateline.people.models import Organisation, User
from dateline.people.roles import Actor, Role
from dateline.site.demo import subscribers
from dateline.site.welcome import demo_file
from dateline.words import clock
from dateline.words.release import Embargo

_PEOPLE = (
    ("author@tidewell.example", "Ada Quill", Role.ISSUER_AUTHOR, "Tidewell Energy"),
    ("approver@tidewell.example", "Boris Lind", Role.ISSUER_APPROVER, "Tidewell Energy"),
    ("editor@wire.example", "Carmen Vale", Role.EDITOR, ""),
    ("chief@wire.example", "Duc Tran", Role.CHIEF_EDITOR, ""),
    ("journalist@gazette.example", "Esra Aydin", Role.SUBSCRIBER, "The Example Gazette"),
    ("operator@wire.example", "Farid Noor", Role.OPERATOR, ""),
)
# The demo's filings: the file, and what becomes of each release in it, in turn.
_UNDER_EMBARGO = timedelta(minutes=2)


@transaction.atomic
def once() -> None:
    """Seed, unless there are people here already."""
    if User.objects.exists():
        return
    _people()
    subscribers.add()
    now = clock.now()
    author = _actor("author@tidewell.example")
    chief = _actor("chief@wire.example")
    _out(_filed(_sample("all_languages.json"), author, now), author, chief, now)
    releases = json.loads(_sample("releases.json"))
    *out, embargoed, in_review, submitted = releases
    for document in out:
        sender = _sender(document)
        _out(_filed(_bytes(document), sender, now), sender, chief, now)
    at = (now + _UNDER_EMBARGO).astimezone(UTC)
    sender = _sender(embargoed)
    _out(_filed(_bytes(embargoed), sender, now), sender, chief, now, Embargo(f"{at:%Y-%m-%dT%H:%M:%S}", "UTC"))
    sender = _sender(in_review)
    editing.claim(editing.submit(_filed(_bytes(in_review), sender, now), by=sender, now=now), by=chief, now=now)
    sender = _sender(submitted)
    editing.submit(_filed(_bytes(submitted), sender, now), by=sender, now=now)


def _out(filed: FiledVersion, author: Actor, chief: Actor, now: datetime, embargo: Embargo | None = None) -> None:
    """The whole way to approved; the wire does the rest."""
    filed = editing.submit(filed, by=author, now=now)
    filed = editing.claim(filed, by=chief, now=now)
    editing.approve(filed, embargo, by=chief, now=now)


def _filed(data: bytes, sender: Actor, now: datetime) -> FiledVersion:
    return filing.file(data, by=sender, now=now, name="demo.json", media_type="application/json").version


def _sender(document: dict[str, dict[str, str]]) -> Actor:
    """The one who files it: its issuer's author, or its provider's feed."""
    source = document.get("source", {})
    name = source.get("provider") or source.get("issuer", "")
    kind = Organisation.Kind.PROVIDER if source.get("provider") else Organisation.Kind.ISSUER
    house, _ = Organisation.objects.get_or_create(name=name, defaults={"kind": kind})
    return Actor(f"demo:{house.pk}", house.name, Role.ISSUER_AUTHOR, house.pk, house.name)


def _people() -> None:
    told = []
    for email, name, role, organisation in _PEOPLE:
        house = Organisation.objects.get_or_create(name=organisation)[0] if organisation else None
        password = secrets.token_urlsafe(9)
        User.objects.create_user(email, password, name=name, role=role, organisation=house, demo=True)
        told.append({"email": email, "password": password, "role": str(role)})
    file = demo_file()
    file.touch(mode=0o600)
    file.write_text(json.dumps(told, indent=2), encoding="utf-8")


def _actor(email: str) -> Actor:
    return accounts.of_user(User.objects.select_related("organisation").get(email=email), "demo")


def _sample(name: str) -> bytes:
    return resources.files("dateline.site.demo").joinpath(name).read_bytes()


def _bytes(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()
