"""A fuzz of the API from its own OpenAPI document: no 5xx, and every refusal is a problem document."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
import requests
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dateline.api.urls import api
from dateline.delivery import endpoints
from dateline.desk import editing
from dateline.intake import releases
from dateline.people import tokens
from dateline.people.models import Organisation, User
from dateline.people.roles import Role
from dateline.routing.models import Subscriber
from dateline.words import clock
from tests.rooms import stories

schema = schemathesis.openapi.from_dict(dict(api.get_openapi_schema()))
OPERATIONS = [operation.ok() for operation in schema.get_all_operations()]
ROLES = (Role.ISSUER_APPROVER, Role.CHIEF_EDITOR, Role.SUBSCRIBER)
BOUNDED = settings(max_examples=20, derandomize=True, suppress_health_check=list(HealthCheck), database=None)


@dataclass(frozen=True, slots=True)
class Target:
    """A wire with a release in the log and two before it: parameters that lead somewhere."""

    tokens: dict[str, str]
    there: dict[str, list[Any]]


@pytest.fixture
def target(db: None, own_head: Any) -> Target:
    out = stories.released()
    house = Organisation.objects.get()
    author = stories.author_of(house)
    draft, queued = (releases.begin(author, stories.STORY, now=clock.now()) for _ in range(2))
    editing.submit(queued, by=author, now=clock.now())
    held = {}
    for role in ROLES:
        person = User.objects.create_user(f"{role}@wire.example", "a long password", name="Fuzz", role=role)
        mine = house if role is Role.ISSUER_APPROVER else None
        held[role] = tokens.new(role, now=clock.now(), organisation=mine, user=person)
    subscriber = Subscriber.objects.create(kind=Subscriber.Kind.JOURNALIST, name="Fuzz", user=person)
    endpoint = endpoints.add(subscriber, "email", "fuzz@gazette.example")
    keys = [each.release_id for each in (out, draft, queued)]
    return Target(held, {"key": keys, "seq": [1], "lang": ["en", "de"], "name": [endpoint.name]})


def _sent(case: Any, token: str) -> Any:
    """The request as it would go over the wire, to Django's own client: it shares the test's transaction."""
    prepared = requests.Request(**case.as_transport_kwargs(base_url="http://testserver")).prepare()
    named = {
        name: value
        for name, value in prepared.headers.items()
        if name.lower() not in {"content-length", "content-type"}
    }
    body = prepared.body.encode() if isinstance(prepared.body, str) else prepared.body or b""
    return Client(raise_request_exception=False).generic(
        prepared.method,
        prepared.path_url,
        body,
        content_type=prepared.headers.get("Content-Type", "application/octet-stream"),
        headers={**named, "Authorization": f"Bearer {token}"},
    )


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.label)
def test_no_request_breaks_it(target: Target, operation: Any, role: Role) -> None:
    @BOUNDED
    @given(operation.as_strategy(), st.data())
    def one(case: Any, data: Any) -> None:
        if data.draw(st.integers(0, 3)):
            for name in case.path_parameters or {}:
                case.path_parameters[name] = data.draw(st.sampled_from(target.there[name]))
        answer = _sent(case, target.tokens[role])
        assert answer.status_code < 500, case
        if answer.status_code >= 400:
            assert answer["Content-Type"] == "application/problem+json", case
            assert answer.json()["status"] == answer.status_code

    one()


ODD = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=200).map(lambda text: text.encode("utf-8", errors="surrogatepass")),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(["\ud800", "\0", "\u202e", "en"]),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["note", "embargo", "at", "rules"]), inner),
        max_leaves=8,
    ).map(lambda value: json.dumps(value).encode()),
)
BODIES = [each for each in OPERATIONS if each.method in {"post", "put"}]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("operation", BODIES, ids=lambda each: each.label)
def test_no_body_breaks_it(target: Target, operation: Any, role: Role) -> None:
    @BOUNDED
    @given(ODD, st.sampled_from(["application/json", "text/plain", "application/xml", "multipart/form-data"]))
    def one(body: bytes, kind: str) -> None:
        path = operation.full_path.format(**{name: there[-1] for name, there in target.there.items()})
        headers = {"Authorization": f"Bearer {target.tokens[role]}"}
        client = Client(raise_request_exception=False)
        answer = client.generic(operation.method.upper(), path, body, content_type=kind, headers=headers)
        assert answer.status_code < 500
        if answer.status_code >= 400:
            assert answer["Content-Type"] == "application/problem+json"

    one()
