"""What is refused under /api/ is a problem document, whoever refuses it, and tells nothing that it should not."""

import json
from typing import Any

import pytest
from django.test import Client

from dateline.api import wire
from dateline.intake.models import FiledVersion
from dateline.people import tokens
from dateline.people.models import Organisation
from dateline.people.roles import Role
from dateline.words import clock
from tests.rooms import stories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_head")]
JSON = "application/json"
GOOD = {
    "source_language": "en",
    "renditions": [{"lang": "en", "headline": "Tide turns", "place": "Brest", "body_html": "<p>It turned.</p>"}],
    "contacts": [{"name": "Ada Quill"}],
}
MARKDOWN = b"---\nheadline: Tide turns\nlang: en\nplace: Brest\ncontacts:\n  - name: Ada Quill\n---\nIt turned.\n"


def token_of(role: Role) -> str:
    house, _ = Organisation.objects.get_or_create(name="Tidewell Energy")
    return tokens.new(role, now=clock.now(), organisation=house if role is Role.ISSUER_AUTHOR else None)


def send(
    method: str, path: str, body: Any = b"", role: Role = Role.ISSUER_AUTHOR, kind: str = JSON, **more: str
) -> Any:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {token_of(role)}", **{k.replace("_", "-"): v for k, v in more.items()}}
    return Client(raise_request_exception=False).generic(
        method, f"/api/v1{path}", data, content_type=kind, headers=headers
    )


def problem(answer: Any, status: int) -> dict[str, Any]:
    told: dict[str, Any] = answer.json()
    assert (answer.status_code, told["status"]) == (status, status), told
    assert answer["Content-Type"] == "application/problem+json"
    assert told["title"]
    assert told["errors"][0]["what"]
    return told


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/", 404),
        ("GET", "/wire/", 404),
        ("DELETE", "/releases", 405),
        ("GET", "/wire/x", 422),
        ("GET", "/wire/99999999999999999999999", 404),
        ("GET", "/releases?state=lost", 422),
        ("GET", "/releases?before=%C2%B2", 422),
        ("GET", "/releases/none?version=99999999999999999999999", 404),
        ("GET", "/releases/a%00b", 422),
        ("GET", "/entries/%00", 422),
        ("GET", "/wire?lang=%00", 422),
    ],
)
def test_what_the_server_refuses_by_itself_is_a_problem_too(method: str, path: str, status: int) -> None:
    problem(send(method, path), status)


def test_a_method_that_is_none_names_those_that_are() -> None:
    assert set(send("DELETE", "/releases")["Allow"].split(", ")) == {"GET", "POST"}


def test_a_host_that_is_none_is_a_problem() -> None:
    problem(send("GET", "/wire", Host="a b"), 400)


def test_head_is_answered_as_get() -> None:
    assert send("HEAD", "/wire").status_code == 200
    problem(send("HEAD", "/wire/7"), 404)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"note"', "broken-json"),
        (b"\xff\xfe", "broken-json"),
        (b"[" * 100_000, "broken-json"),
        (b'{"note": NaN}', "broken-json"),
        (b'{"note": "\\ud800"}', "control-character"),
        (b'{"note": "\\u0000"}', "control-character"),
        (b'{"note": "\\u202e"}', "bidi-control"),
        (b'{"note": 7}', "string_type"),
        (b'{"notes": "a"}', "extra_forbidden"),
        (b"[]", "model_attributes_type"),
    ],
)
def test_a_body_that_cannot_be_meant_is_refused_with_its_fault(body: bytes, code: str) -> None:
    key = send("POST", "/releases?submit=true", GOOD).json()["id"]
    told = problem(send("POST", f"/releases/{key}/hold", body, Role.CHIEF_EDITOR), 422)
    assert code in {fault["code"] for fault in told["errors"]}


@pytest.mark.parametrize(
    "body",
    [
        {"embrago": {"at": "2099-01-01T09:00", "zone": "UTC"}},
        {"embargo": {"time": "2099-01-01T09:00", "zone": "UTC"}},
        {"embargo": {"zone": "UTC"}},
        {"embargo": "2099-01-01T09:00Z"},
    ],
)
def test_a_misspelt_embargo_is_never_read_as_none(body: dict[str, Any]) -> None:
    key = send("POST", "/releases?submit=true", GOOD).json()["id"]
    send("POST", f"/releases/{key}/claim", role=Role.CHIEF_EDITOR)
    problem(send("POST", f"/releases/{key}/approve", body, Role.CHIEF_EDITOR), 422)
    assert FiledVersion.objects.get().state == "in_review"


@pytest.mark.parametrize("signal", ["correct", "withdraw", "erase"])
def test_what_goes_into_the_log_for_good_has_no_hidden_letters(signal: str) -> None:
    key = stories.released().release_id
    body = {"ednote": "a\u000bb"} if signal == "correct" else {"reason": "a\u000bb"}
    problem(send("POST", f"/releases/{key}/{signal}", body, Role.CHIEF_EDITOR), 422)
    assert FiledVersion.objects.count() == 1


def test_a_fault_of_ours_tells_a_number_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def breaks(*_: object) -> None:
        raise RuntimeError("Quixotalpha merges")

    monkeypatch.setattr(wire.log, "after", breaks)
    told = problem(send("GET", "/wire"), 500)
    said = "".join(capfd.readouterr()) + json.dumps(told)
    assert "Quixotalpha" not in said
    assert "Traceback" not in said
    assert "noted as" in told["detail"]


def test_a_file_may_come_as_a_form_and_is_the_same_filing_by_another_boundary() -> None:
    def form(boundary: str) -> Any:
        body = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.md"\r\n'
            f"Content-Type: text/markdown\r\n\r\n{MARKDOWN.decode()}\r\n--{boundary}--\r\n"
        )
        kind = f"multipart/form-data; boundary={boundary}"
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "k"}
        return Client().generic("POST", "/api/v1/releases", body.encode(), content_type=kind, headers=headers)

    token = token_of(Role.ISSUER_AUTHOR)
    first, again = form("one"), form("two")
    assert first.status_code == 201
    assert first.json()["format"] == "markdown"
    assert again.json() == first.json()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"--x--", "not-one-file"),
        (b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\nno file\r\n--x--\r\n", "not-one-file"),
        (
            b'--x\r\nContent-Disposition: form-data; name=a; filename="a"\r\n\r\n1\r\n' * 2 + b"--x--\r\n",
            "not-one-file",
        ),
        (b"--x\r\n" * 2000, "broken-form"),
    ],
)
def test_a_form_that_is_not_one_file_is_refused(body: bytes, code: str) -> None:
    told = problem(send("POST", "/releases", body, kind="multipart/form-data; boundary=x"), 422)
    assert [fault["code"] for fault in told["errors"]] == [code]
    problem(send("POST", "/releases", body, kind="multipart/form-data"), 422)


def test_the_name_of_the_file_tells_its_format() -> None:
    answer = send("POST", "/releases", MARKDOWN, kind="text/plain", Content_Disposition='attachment; filename="a.md"')
    assert answer.json()["format"] == "markdown"
    assert answer["Location"].endswith(f"/api/v1/releases/{answer.json()['id']}")
    broken = send("POST", "/releases", GOOD, Content_Disposition="attachment; filename*=no-such''%ff")
    assert broken.status_code == 201, "a name that cannot be read is no name"
