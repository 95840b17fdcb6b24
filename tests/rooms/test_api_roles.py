"""Nobody sees or moves what is not theirs: every operation of the API, by role and by object."""

import json
from dataclasses import dataclass, replace
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from dateline.api.urls import api
from dateline.delivery import endpoints
from dateline.delivery.models import Endpoint, Shard
from dateline.desk import editing
from dateline.intake import filing
from dateline.people import tokens
from dateline.people.models import Organisation, User
from dateline.people.roles import Actor, Role
from dateline.routing.models import Subscriber
from dateline.words import clock
from tests.rooms import stories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_head")]
OWN, OTHER = "own", "other"
# Besides the roles: who sends no token, and a subscriber who reads in the audience group `media`.
NOBODY, MEDIA = "nobody", "media"
WHO = (NOBODY, MEDIA, *Role)
ISSUERS, DESK = {Role.ISSUER_AUTHOR, Role.ISSUER_APPROVER}, {Role.EDITOR, Role.CHIEF_EDITOR}
OPERATORS = {Role.OPERATOR}
SUBSCRIBERS = {Role.SUBSCRIBER, MEDIA}
EVERYBODY = set(WHO)
SIGNED_IN = EVERYBODY - {NOBODY}
# What an operation answers to somebody who may not: nothing of a release that is not his is even there.
REFUSED = {401, 403, 404}

# Operation → who gets past the door with what is his own, and with somebody else's. Own is a release of his own
# organisation, or an entry for the public; another's is a release of another house, or an entry for the media alone.
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
    ("GET", "/wire/{seq}"): (EVERYBODY, {MEDIA}),
    ("GET", "/wire/{seq}/proof"): (EVERYBODY, {MEDIA}),
    ("GET", "/entries/{key}"): (EVERYBODY, {MEDIA}),
    ("GET", "/entries/{key}/{lang}"): (EVERYBODY, {MEDIA}),
    ("GET", "/sectors"): (EVERYBODY, EVERYBODY),
    ("GET", "/wire/{seq}/fairness"): (EVERYBODY, {MEDIA}),
    ("GET", "/wire/{seq}/explain"): (SUBSCRIBERS, {MEDIA}),
    ("POST", "/rules/preview"): (SIGNED_IN, SIGNED_IN),
    ("POST", "/tickets"): (SIGNED_IN, SIGNED_IN),
    ("POST", "/tickets/renew"): (SIGNED_IN, SIGNED_IN),
    ("POST", "/tickets/revoke"): (SIGNED_IN, SIGNED_IN),
    # What lets in is the ticket itself, which nobody here shows.
    ("GET", "/tickets/profile"): (set(), set()),
    ("GET", "/reports/{key}"): (ISSUERS | DESK, DESK),
    ("GET", "/subscription"): (SUBSCRIBERS, SUBSCRIBERS),
    ("PUT", "/subscription"): (SUBSCRIBERS, SUBSCRIBERS),
    ("POST", "/subscription/endpoints"): (SUBSCRIBERS, SUBSCRIBERS),
    ("DELETE", "/subscription/endpoints/{name}"): ({Role.SUBSCRIBER}, set()),
    ("POST", "/subscription/acknowledgements"): ({Role.SUBSCRIBER}, {Role.SUBSCRIBER}),
    ("GET", "/operator/delivery"): (OPERATORS, OPERATORS),
    ("POST", "/operator/delivery/pause"): (OPERATORS, OPERATORS),
    ("POST", "/operator/delivery/resume"): (OPERATORS, OPERATORS),
    ("POST", "/operator/delivery/cancel"): (OPERATORS, OPERATORS),
    ("POST", "/operator/delivery/resend"): (OPERATORS, OPERATORS),
    ("GET", "/operator/delivery/why"): (OPERATORS, OPERATORS),
    ("POST", "/subscription/endpoints/{name}/rotate"): ({Role.SUBSCRIBER}, set()),
    ("POST", "/subscription/endpoints/{name}/test"): ({Role.SUBSCRIBER}, set()),
    ("POST", "/subscription/endpoints/{name}/recover"): ({Role.SUBSCRIBER}, set()),
    ("POST", "/subscription/endpoints/{name}/replay"): ({Role.SUBSCRIBER}, set()),
    ("GET", "/subscription/endpoints/{name}/attempts"): ({Role.SUBSCRIBER}, set()),
}
# These are about what is in the log already.
LOGGED = [each for each in TABLE if each[1].startswith(("/wire/{", "/entries/", "/reports/"))]
# An entry that takes something back, in the ledger.
OWED = 7
BODIES: dict[str, Any] = {
    "POST /subscription/endpoints": {"channel": "email", "address": "esra@gazette.example"},
    # Owed to the subscriber's own endpoint, and to nobody else.
    "POST /subscription/acknowledgements": {"seq": OWED},
    "POST /operator/delivery/pause": {"channel": "email"},
    "POST /operator/delivery/resume": {"channel": "pigeon"},
    "POST /operator/delivery/cancel": {"seq": OWED},
    "POST /operator/delivery/resend": {"seq": OWED},
    "POST /subscription/endpoints/{name}/recover": {"since": "2026-11-01T00:00:00Z"},
    "POST /subscription/endpoints/{name}/replay": {"seq": 1},
    "PUT /subscription": {"rules": [{"everything": True}]},
    "POST /releases/{key}/return": {"note": "Mend it."},
}
SECRET, FOR_MEDIA = "Quixotalpha merges", "Zephyrbeta expands"
RELEASE: dict[str, Any] = {
    "source_language": "en",
    "renditions": [{"lang": "en", "headline": SECRET, "place": "Brest", "body_html": "<p>It does.</p>"}],
    "contacts": [{"name": "Ada Quill"}],
}


@dataclass(frozen=True, slots=True)
class Scene:
    """A token for each; at the desk and in the log, a release of their own organisation and of another; endpoints."""

    tokens: dict[str, str]
    releases: dict[str, str]
    logged: dict[str, str]
    seqs: dict[str, int | None]
    endpoints: dict[str, str]

    def address(self, operation: tuple[str, str], whose: str) -> str:
        key = (self.logged if operation in LOGGED else self.releases)[whose]
        return operation[1].format(key=key, seq=self.seqs[whose], lang="en", name=self.endpoints[whose])

    def call(self, method: str, address: str, who: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {self.tokens[who]}"} if self.tokens[who] else {}
        data = {} if method == "GET" else {"data": json_of(body), "content_type": "application/json"}
        return getattr(Client(), method.lower())(f"/api/v1{address}", headers=headers, **data)


@pytest.fixture
def scene() -> Scene:
    house = Organisation.objects.create(name="Tidewell Energy")
    other = Organisation.objects.create(name="Another House")
    held, people = {NOBODY: ""}, {}
    for who in WHO[1:]:
        role = Role.SUBSCRIBER if who == MEDIA else Role(who)
        person = User.objects.create_user(f"{who}@wire.example", "a long password", name=who, role=role)
        groups = ("media",) if who == MEDIA else ()
        mine = house if role in ISSUERS else None
        held[who] = tokens.new(role, now=clock.now(), organisation=mine, user=person, groups=groups)
        people[who] = person
    out = {OWN: stories.released(), OTHER: stories.released(_for_media(), other)}
    mine = _endpoint(people[Role.SUBSCRIBER])
    _owe(mine)
    return Scene(
        tokens=held,
        releases={OWN: filed(house), OTHER: filed(other)},
        logged={whose: each.release_id for whose, each in out.items()},
        seqs={whose: each.seq for whose, each in out.items()},
        endpoints={OWN: mine, OTHER: _endpoint(None)},
    )


def _for_media() -> Any:
    rendition = replace(stories.STORY.renditions[0], headline=FOR_MEDIA)
    return replace(stories.STORY, renditions=(rendition,), audience=("media",))


def _owe(name: str) -> None:
    owed = json.dumps([[Endpoint.objects.get(name=name).pk, "en"]])
    Shard.objects.create(
        seq=OWED, guid="g", signal="withdrawal", channel="email", recipients=owed, count=1, left=1, due_at=clock.now()
    )


def _endpoint(user: User | None) -> str:
    subscriber = Subscriber.objects.create(kind=Subscriber.Kind.JOURNALIST, name="Esra Aydin", user=user)
    return endpoints.add(subscriber, "email", f"{user.pk if user else 0}@gazette.example").name


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


@pytest.mark.parametrize("whose", [OWN, OTHER])
@pytest.mark.parametrize("operation", TABLE, ids=" ".join)
def test_who_gets_past_the_door(scene: Scene, operation: tuple[str, str], whose: str) -> None:
    method, path = operation
    body = BODIES.get(f"{method} {path}", RELEASE if path in {"/releases", "/releases/{key}"} else {})
    inside, outside = set(), set()
    for who in WHO:
        before = transaction.savepoint()
        answer = scene.call(method, scene.address(operation, whose), who, body)
        transaction.savepoint_rollback(before)
        assert answer.status_code < 500, who
        (outside if answer.status_code in REFUSED else inside).add(who)
        text = answer.content.decode()
        assert SECRET not in text or path == "/releases" or who in DESK or (whose == OWN and who in ISSUERS), who
        assert FOR_MEDIA not in text or who == MEDIA, who
    assert inside == TABLE[operation][0 if whose == OWN else 1]


@pytest.mark.parametrize("operation", LOGGED, ids=" ".join)
def test_before_its_minute_the_log_knows_no_release(scene: Scene, operation: tuple[str, str]) -> None:
    method, path = operation
    if "{key}" not in path:
        path = path.format(seq=3)
    for key in scene.releases.values():
        assert {scene.call(method, path.format(key=key, lang="en"), who).status_code for who in WHO} <= REFUSED


def test_a_list_shows_only_what_is_theirs(scene: Scene) -> None:
    def listed(who: str) -> set[str]:
        return {each["id"] for each in scene.call("GET", "/releases", who).json()["releases"]}

    assert listed(Role.ISSUER_AUTHOR) == {scene.releases[OWN], scene.logged[OWN]}
    assert listed(Role.EDITOR) == {*scene.releases.values(), *scene.logged.values()}
    assert listed(Role.OPERATOR) == listed(Role.SUBSCRIBER) == set()


def test_a_draft_is_its_issuers_alone(scene: Scene) -> None:
    key = filed(Organisation.objects.get(name="Tidewell Energy"), submitted=False)

    def read(who: Role) -> Any:
        return scene.call("GET", f"/releases/{key}", who)

    assert {read(who).status_code for who in Role if who not in ISSUERS} == {404}
    assert read(Role.ISSUER_AUTHOR).json()["content"]["renditions"][0]["headline"] == SECRET
