"""Nobody sees or moves what is not theirs: every operation of the API, by role and by object."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from dateline.api.urls import api
from dateline.desk import editing
from dateline.intake import filing
from dateline.people import tokens
from dateline.people.models import Organisation, User
from dateline.people.roles import Actor, Role
from dateline.words import clock

pytestmark = pytest.mark.django_db
OWN, OTHER = "own", "other"
WHO = ("nobody", *Role)
ISSUERS, DESK = {Role.ISSUER_AUTHOR, Role.ISSUER_APPROVER}, {Role.EDITOR, Role.CHIEF_EDITOR}
EVERYBODY = set(WHO)
SIGNED_IN = EVERYBODY - {"nobody"}
# What an operation answers to somebody who may not: nothing of a release that is not his is even there.
REFUSED = {401, 403, 404}

# Operation → who gets past the door with a release of his own organisation, and who with somebody else's.
# What is behind the door (a wrong state, a missing field) is another matter: 409 and 422 count as inside.
TABLE: dict[tuple[str, str], tuple[set[str], set[str]]] = {
    ("POST", "/releases"): (ISSUERS, ISSUERS),
    ("GET", "/releases"): (SIGNED_IN, SIGNED_IN),
    ("GET", "/releases/{key}"): (ISSUERS | DESK, DESK),
    ("PUT", "/releases/{key}"): (ISSUERS | DESK, DESK),
    ("POST", "/releases/{key}/submit"): (ISSUERS, set()),
    ("POST", "/releases/{key}/claim"): (DESK, DESK),
    ("POST", "/releases/{key}/return"): (DESK | {Role.ISSUER_APPROVER}, DESK),
    ("POST", "/releases/{key}/proof"): (DESK, DESK),
    ("POST", "/releases/{key}/approve"): (DESK, DESK),
    ("POST", "/releases/{key}/hold"): (DESK, DESK),
    ("POST", "/releases/{key}/spike"): ({Role.ISSUER_APPROVER, Role.CHIEF_EDITOR}, {Role.CHIEF_EDITOR}),
    ("POST", "/releases/{key}/correct"): (DESK | {Role.ISSUER_APPROVER}, DESK),
    ("POST", "/releases/{key}/withdraw"): ({Role.CHIEF_EDITOR}, {Role.CHIEF_EDITOR}),
    ("POST", "/releases/{key}/erase"): ({Role.CHIEF_EDITOR}, {Role.CHIEF_EDITOR}),
    ("GET", "/wire"): (EVERYBODY, EVERYBODY),
    ("GET", "/wire/head"): (EVERYBODY, EVERYBODY),
    ("GET", "/wire/key"): (EVERYBODY, EVERYBODY),
    ("GET", "/wire/{seq}"): (set(), set()),
    ("GET", "/wire/{seq}/proof"): (set(), set()),
    ("GET", "/entries/{key}"): (set(), set()),
    ("GET", "/entries/{key}/{lang}"): (set(), set()),
    ("GET", "/sectors"): (EVERYBODY, EVERYBODY),
    ("POST", "/tickets"): (SIGNED_IN, SIGNED_IN),
    ("GET", "/reports/{key}"): (set(), set()),
    ("GET", "/subscription"): ({Role.SUBSCRIBER}, {Role.SUBSCRIBER}),
    ("PUT", "/subscription"): ({Role.SUBSCRIBER}, {Role.SUBSCRIBER}),
    ("POST", "/subscription/endpoints"): ({Role.SUBSCRIBER}, {Role.SUBSCRIBER}),
    ("DELETE", "/subscription/endpoints/{name}"): (set(), set()),
}
BODIES: dict[str, Any] = {
    "POST /subscription/endpoints": {"channel": "email", "address": "esra@gazette.example"},
    "PUT /subscription": {"rules": [{"everything": True}]},
    "POST /releases/{key}/return": {"note": "Mend it."},
}
SECRET = "Quixotalpha merges"
RELEASE: dict[str, Any] = {
    "source_language": "en",
    "renditions": [{"lang": "en", "headline": SECRET, "place": "Brest", "body_html": "<p>It does.</p>"}],
    "contacts": [{"name": "Ada Quill"}],
}


@dataclass(frozen=True, slots=True)
class Scene:
    """A token for each role, and a release at the desk: of their own organisation, and of somebody else's."""

    tokens: dict[str, str]
    releases: dict[str, str]


@pytest.fixture
def scene() -> Scene:
    house = Organisation.objects.create(name="Tidewell Energy")
    other = Organisation.objects.create(name="Another House")
    held = {"nobody": ""}
    for role in Role:
        person = User.objects.create_user(f"{role}@wire.example", "a long password", name=str(role), role=role)
        mine = house if role in ISSUERS else None
        held[role] = tokens.new(role, now=clock.now(), organisation=mine, user=person)
    return Scene(held, {OWN: filed(house), OTHER: filed(other)})


def filed(house: Organisation, *, submitted: bool = True) -> str:
    author = Actor(f"test:{house.pk}", "Ada Quill", Role.ISSUER_AUTHOR, house.pk, house.name, "s")
    data = json_of({**RELEASE, "slugline": str(submitted)})
    made = filing.file(data, by=author, now=clock.now(), media_type="application/json").version
    if submitted:
        editing.submit(made, by=author, now=clock.now())
    return made.release_id


def json_of(document: Any) -> bytes:
    return json.dumps(document).encode()


def operations() -> list[tuple[str, str]]:
    paths = api.get_openapi_schema()["paths"]
    return [(method.upper(), path.removeprefix("/api/v1")) for path, acts in paths.items() for method in acts]


def test_the_table_names_every_operation_and_no_other() -> None:
    assert set(operations()) == set(TABLE)


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("whose", [OWN, OTHER])
@pytest.mark.parametrize("operation", TABLE, ids=" ".join)
def test_who_gets_past_the_door(scene: Scene, operation: tuple[str, str], whose: str, who: str) -> None:
    method, path = operation
    inside = TABLE[operation][0 if whose == OWN else 1]
    body = BODIES.get(f"{method} {path}", RELEASE if path in {"/releases", "/releases/{key}"} else {})
    address = path.format(key=scene.releases[whose], seq=1, lang="en", name="none")
    headers = {"Authorization": f"Bearer {scene.tokens[who]}"} if scene.tokens[who] else {}
    call: Callable[..., Any] = getattr(Client(), method.lower())
    data = {} if method == "GET" else {"data": json_of(body), "content_type": "application/json"}
    answer = call(f"/api/v1{address}", headers=headers, **data)
    assert answer.status_code < 500
    assert (answer.status_code not in REFUSED) == (who in inside), answer.content
    may_read = path == "/releases" or (whose == OWN and who in ISSUERS) or who in DESK
    assert may_read or SECRET not in answer.content.decode()


def test_a_list_shows_only_what_is_theirs(scene: Scene) -> None:
    def listed(who: str) -> set[str]:
        answer = Client().get("/api/v1/releases", headers={"Authorization": f"Bearer {scene.tokens[who]}"})
        return {each["id"] for each in answer.json()["releases"]}

    assert listed(Role.ISSUER_AUTHOR) == {scene.releases[OWN]}
    assert listed(Role.EDITOR) == set(scene.releases.values())
    assert listed(Role.OPERATOR) == listed(Role.SUBSCRIBER) == set()


def test_a_draft_is_its_issuers_alone(scene: Scene) -> None:
    key = filed(Organisation.objects.get(name="Tidewell Energy"), submitted=False)

    def read(who: Role) -> Any:
        return Client().get(f"/api/v1/releases/{key}", headers={"Authorization": f"Bearer {scene.tokens[who]}"})

    assert {read(who).status_code for who in Role if who not in ISSUERS} == {404}
    assert read(Role.ISSUER_AUTHOR).json()["content"]["renditions"][0]["headline"] == SECRET
