"""Filing by the API: what is bad is refused clearly, what was filed is kept, and a repeat is one filing."""

import json
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from dateline.intake.models import FiledVersion
from dateline.people import tokens
from dateline.people.models import Organisation, User
from dateline.people.roles import Role
from dateline.vault import boxes
from dateline.words import clock
from tests.rooms import stories

pytestmark = pytest.mark.django_db
GOOD: dict[str, Any] = {
    "source_language": "en",
    "renditions": [{"lang": "en", "headline": "Tide turns", "place": "Brest", "body_html": "<p>It turned.</p>"}],
    "contacts": [{"name": "Ada Quill"}],
}
JSON = "application/json"
Post = Callable[..., Any]


@pytest.fixture
def post() -> Post:
    """Posts to the API as an issuer's author."""
    house = Organisation.objects.create(name="Tidewell Energy")
    token = tokens.new(Role.ISSUER_AUTHOR, now=clock.now(), organisation=house)

    def send(data: bytes | dict[str, Any], kind: str = JSON, path: str = "/releases", **headers: str) -> Any:
        body = json.dumps(data).encode() if isinstance(data, dict) else data
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        headers = {"Authorization": f"Bearer {token}", **named}
        return Client().post(f"/api/v1{path}", data=body, content_type=kind, headers=headers)

    return send


def changed(**more: Any) -> dict[str, Any]:
    return {**GOOD, **more}


def rendition(**more: Any) -> dict[str, Any]:
    return changed(renditions=[{**GOOD["renditions"][0], **more}])


BOMB = b'<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;&b;&b;">]><newsItem>&c;</newsItem>'


@pytest.mark.parametrize(
    ("data", "kind", "code"),
    [
        (b"<newsItem><a></newsItem>", "application/xml", "broken-xml"),
        (BOMB, "application/xml", None),
        (b"{not json", JSON, None),
        (b"", JSON, None),
        (b"\xff\xfe\x00headline \x00", "text/plain; charset=utf-8", None),
        (rendition(headline="Tide\x00 turns"), JSON, None),
        (rendition(headline="Tide \u202eturns"), JSON, None),
        (rendition(lang="klingonese-xx"), JSON, "bad-language"),
        (changed(sectors=["medtop:99999999"]), JSON, "unknown-sector"),
        (changed(tickers=["nonsense"]), JSON, "unknown-ticker"),
        (changed(colour="red"), JSON, None),
        (b"[" * 100_000, JSON, None),
    ],
    ids=["xml", "bomb", "json", "empty", "charset", "nul", "bidi", "language", "sector", "ticker", "member", "deep"],
)
def test_bad_input_says_what_where_and_how_to_mend_it_and_is_kept(
    post: Post, data: bytes | dict[str, Any], kind: str, code: str | None
) -> None:
    answer = post(data, kind)
    told = answer.json()
    assert answer.status_code == 422, told
    assert answer["Content-Type"] == "application/problem+json"
    assert {"type", "title", "status", "detail", "errors"} <= told.keys()
    assert all(fault["what"] and fault["mend"] for fault in told["errors"]), told["errors"]
    assert code is None or code in {fault["code"] for fault in told["errors"]}
    assert "Traceback" not in answer.content.decode()
    assert boxes.newest(told["release"], "original") is not None


def test_what_was_kept_can_be_filed_again_mended(post: Post) -> None:
    key = post(b"{broken").json()["release"]
    house = Organisation.objects.get()
    token = tokens.new(Role.ISSUER_AUTHOR, now=clock.now(), organisation=house)
    answer = Client().put(
        f"/api/v1/releases/{key}",
        data=json.dumps(GOOD),
        content_type=JSON,
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 200
    assert post({}, path=f"/releases/{key}/submit").json()["state"] == "submitted"


def test_the_same_file_twice_is_a_duplicate_and_names_the_first(post: Post) -> None:
    key = post(GOOD).json()["id"]
    answer = post(GOOD)
    assert answer.status_code == 409
    assert key in answer.json()["detail"]


def test_an_expired_token_is_refused_and_says_so(post: Post) -> None:
    secret = tokens.new(
        Role.ISSUER_AUTHOR, now=clock.now() - timedelta(days=2), organisation=Organisation.objects.get(), days=1
    )
    answer = Client().get("/api/v1/releases", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert "expired" in answer.json()["detail"]


def test_200_mb_are_refused_by_their_length(post: Post) -> None:
    answer = Client().post(
        "/api/v1/releases", data=b"", content_type=JSON, headers={"Content-Length": str(200 * 1024 * 1024)}
    )
    assert answer.status_code == 413
    assert "209,715,200" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("embargo", "code"),
    [
        ({"at": "2001-01-01T09:00", "zone": "Asia/Seoul"}, "past"),
        ({"at": "2099-01-01T09:00", "zone": ""}, "no-zone"),
        ({"at": "2099-03-29T02:30", "zone": "Europe/Berlin"}, "no-such-hour"),
        ({"at": "2098-10-26T02:30", "zone": "Europe/Berlin"}, "hour-twice"),
    ],
)
def test_a_minute_that_is_none_is_never_approved(post: Post, embargo: dict[str, str], code: str) -> None:
    key = post(GOOD, path="/releases?submit=true").json()["id"]
    chief = {"Authorization": f"Bearer {tokens.new(Role.CHIEF_EDITOR, now=clock.now())}"}
    Client().post(f"/api/v1/releases/{key}/claim", headers=chief)
    answer = Client().post(
        f"/api/v1/releases/{key}/approve", data=json.dumps({"embargo": embargo}), content_type=JSON, headers=chief
    )
    assert answer.status_code == 422
    assert [fault["code"] for fault in answer.json()["errors"]] == [code]
    assert FiledVersion.objects.get().state == "in_review"


def test_a_webhook_on_the_machines_own_network_is_refused(settings: Any) -> None:
    settings.DATELINE_PRIVATE_WEBHOOKS = False
    person = User.objects.create_user("esra@gazette.example", "a long password", name="Esra", role=Role.SUBSCRIBER)
    headers = {"Authorization": f"Bearer {tokens.new(Role.SUBSCRIBER, now=clock.now(), user=person)}"}
    for address in (
        "http://127.0.0.1:8000/",
        "http://[::1]/",
        "http://169.254.169.254/latest/",
        "http://10.0.0.1/",
        "http://localhost/",
    ):
        body = json.dumps({"channel": "webhook", "address": address})
        answer = Client().post("/api/v1/subscription/endpoints", data=body, content_type=JSON, headers=headers)
        assert answer.status_code == 422, address
        assert answer.json()["errors"][0]["mend"]


def test_a_repeat_with_its_key_gets_the_answer_of_then(post: Post) -> None:
    first = post(GOOD, Idempotency_Key="k1")
    again = post(GOOD, Idempotency_Key="k1")
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    other = post(rendition(headline="Another"), Idempotency_Key="k1")
    assert other.status_code == 422
    assert other.json()["errors"][0]["code"] == "key-used"
    broken = [post(b"{broken", Idempotency_Key="k2").json()["release"] for _ in range(2)]
    assert broken[0] == broken[1]


def test_an_answer_that_is_kept_tells_a_thief_nothing(post: Post) -> None:
    post(rendition(headline="Quixotalpha"), Idempotency_Key="k3")
    with connection.cursor() as cursor:
        cursor.execute("SELECT tag, request, sealed FROM intake_answer")
        row = cursor.fetchone()
    assert b"Quixotalpha" not in bytes(row[2])
    assert "k3" not in str(row[:2])


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_is_filed(post: Post) -> None:
    answers: list[tuple[int, Any]] = []

    def send() -> None:
        try:
            answer = post(GOOD, Idempotency_Key="at-once")
            answers.append((answer.status_code, answer.json()["id"]))
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(answers)) == 1
    assert len(answers) == 6
    assert FiledVersion.objects.count() == 1


@pytest.mark.usefixtures("own_head")
def test_an_erasure_takes_what_was_answered_too(post: Post) -> None:
    first = post(GOOD, path="/releases?submit=true", Idempotency_Key="k4").json()
    chief = {"Authorization": f"Bearer {tokens.new(Role.CHIEF_EDITOR, now=clock.now())}"}
    for act in ("claim", "approve"):
        answer = Client().post(f"/api/v1/releases/{first['id']}/{act}", data="{}", content_type=JSON, headers=chief)
        assert answer.status_code == 200
    stories.release_due()
    assert post(GOOD, path="/releases?submit=true", Idempotency_Key="k4").json() == first
    stories.erased(FiledVersion.objects.get(), "1:rendition/en")
    assert post(GOOD, path="/releases?submit=true", Idempotency_Key="k4").status_code == 404
