"""A fuzz of the API from its own OpenAPI document: no 5xx, and every refusal is a problem document."""

from typing import Any

import pytest
import requests
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, given, settings

from dateline.api.urls import api
from dateline.people import tokens
from dateline.people.models import Organisation, User
from dateline.people.roles import Role
from dateline.words import clock

schema = schemathesis.openapi.from_dict(dict(api.get_openapi_schema()))
OPERATIONS = [operation.ok() for operation in schema.get_all_operations()]


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


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.ISSUER_AUTHOR, Role.CHIEF_EDITOR, Role.SUBSCRIBER])
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.label)
def test_no_request_breaks_it(operation: Any, role: Role) -> None:
    house, _ = Organisation.objects.get_or_create(name="Tidewell Energy")
    person = User.objects.create_user(f"{role}@wire.example", "a long password", name="Fuzz", role=role)
    mine = house if role is Role.ISSUER_AUTHOR else None
    token = tokens.new(role, now=clock.now(), organisation=mine, user=person)

    @settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None)
    @given(operation.as_strategy())
    def one(case: Any) -> None:
        answer = _sent(case, token)
        assert answer.status_code < 500, case
        if answer.status_code >= 400:
            assert answer["Content-Type"] == "application/problem+json", case
            assert answer.json()["status"] == answer.status_code

    one()
