"""The desk and the issuer at work, by the pages: what is refused, and that nothing typed is lost."""

import re
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dateline.intake.models import FiledVersion
from dateline.people.models import Organisation, User
from dateline.people.roles import Role
from dateline.vault import boxes

pytestmark = pytest.mark.django_db
FORM = {
    "r-0-lang": "en",
    "r-0-headline": "Tide turns",
    "r-0-place": "Brest",
    "r-0-body": "It turned at **noon**.",
    "c-0-name": "Ada Quill",
    "source_language": "en",
    "embargo_zone": "Europe/Berlin",
}


@pytest.fixture
def people() -> Callable[[Role], Client]:
    house = Organisation.objects.create(name="Tidewell Energy", time_zone="Europe/Berlin")

    def sign_in(role: Role) -> Client:
        mine = house if role in {Role.ISSUER_AUTHOR, Role.ISSUER_APPROVER} else None
        User.objects.create_user(
            f"{role}@wire.example", "a long password", name=str(role), role=role, organisation=mine
        )
        client = Client()
        answer = client.post("/sign-in", {"username": f"{role}@wire.example", "password": "a long password"})
        assert answer.status_code == 302
        return client

    return sign_in


def written(author: Client, **more: str) -> str:
    answer = author.post("/work/new", {**FORM, "act": "submit", **more})
    assert answer.status_code == 302, answer.content
    return str(answer["Location"].rsplit("/", 1)[-1])


def state(key: str) -> str:
    return str(FiledVersion.objects.filter(release=key).order_by("-number")[0].state)


def test_from_the_form_to_approved_with_an_embargo_in_the_issuers_zone(people: Callable[[Role], Client]) -> None:
    author, editor = people(Role.ISSUER_AUTHOR), people(Role.EDITOR)
    key = written(author)
    author.get(f"/work/r/{key}")
    page = f"/work/desk/{key}"
    assert "Tide turns" in editor.get("/work").content.decode()
    editor.post(page, {"act": "claim"})
    assert 'value="Europe/Berlin"' in editor.get(page).content.decode()
    editor.post(page, {"act": "approve", "embargo_at": "2099-03-01T09:00", "embargo_zone": "Europe/Berlin"})
    assert state(key) == "approved"
    told = boxes.openings(key)
    assert {each["name"] for each in told} >= {"editor", "issuer_author"}


@pytest.mark.parametrize(
    ("at", "zone", "says"),
    [
        ("2099-03-29T02:30", "Europe/Berlin", "does not exist"),
        ("2098-10-26T02:30", "Europe/Berlin", "comes twice"),
        ("2001-01-01T09:00", "Asia/Seoul", "already past"),
        ("2099-01-01T09:00", "Mars/Olympus", "not an IANA time zone"),
        ("2099-01-01T09:00", "", "in which zone"),
    ],
)
def test_a_minute_that_is_none_is_refused_and_said(
    people: Callable[[Role], Client], at: str, zone: str, says: str
) -> None:
    key, editor = written(people(Role.ISSUER_AUTHOR)), people(Role.EDITOR)
    editor.post(f"/work/desk/{key}", {"act": "claim"})
    answer = editor.post(f"/work/desk/{key}", {"act": "approve", "embargo_at": at, "embargo_zone": zone}, follow=True)
    assert says in answer.content.decode()
    assert state(key) == "in_review"


def test_without_a_contact_it_cannot_be_approved_and_says_so(people: Callable[[Role], Client]) -> None:
    key, editor = written(people(Role.ISSUER_AUTHOR), **{"c-0-name": ""}), people(Role.CHIEF_EDITOR)
    page = f"/work/desk/{key}"
    editor.post(page, {"act": "claim"})
    shown = editor.get(page).content.decode()
    assert "It has no contact." in shown
    assert re.search(r'value="approve"[^>]* disabled', shown)
    answer = editor.post(page, {"act": "approve"}, follow=True)
    assert "It has no contact." in answer.content.decode()
    assert state(key) == "in_review"


def test_nothing_that_was_typed_is_lost_when_it_is_refused(people: Callable[[Role], Client]) -> None:
    answer = people(Role.ISSUER_AUTHOR).post("/work/new", {**FORM, "tickers": "not a ticker", "act": "save"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "It turned at **noon**." in page
    assert "not a ticker" in page
    assert 'role="alert"' in page


def test_who_saves_over_a_newer_text_is_told_and_keeps_his(people: Callable[[Role], Client]) -> None:
    key, editor = written(people(Role.ISSUER_AUTHOR)), people(Role.EDITOR)
    page = f"/work/desk/{key}"
    editor.post(page, {"act": "claim"})
    assert editor.post(page, {**FORM, "act": "save", "edit": "0", "r-0-headline": "First"}).status_code == 302
    answer = editor.post(page, {**FORM, "act": "save", "edit": "0", "r-0-headline": "Second"})
    assert answer.status_code == 409
    assert "Second" in answer.content.decode()
    assert "Somebody else changed it meanwhile." in answer.content.decode()


def test_an_unreadable_upload_is_kept_and_can_be_mended(people: Callable[[Role], Client]) -> None:
    author = people(Role.ISSUER_AUTHOR)
    answer = author.post(
        "/work/new", {"files": SimpleUploadedFile("broken.xml", b"<newsItem><a></newsItem>")}, follow=True
    )
    assert "The XML is broken" in answer.content.decode()
    (version,) = FiledVersion.objects.all()
    assert boxes.newest(version.release_id, "original") is not None
    author.post(f"/work/r/{version.release_id}", {**FORM, "act": "submit", "edit": "0"})
    assert state(version.release_id) == "submitted"


def test_the_preview_is_what_will_be_printed_and_keeps_nothing(people: Callable[[Role], Client]) -> None:
    author = people(Role.ISSUER_AUTHOR)
    page = author.post("/work/preview", {**FORM, "r-0-lang": "ar", "source_language": "ar"}).content.decode()
    assert 'dir="rtl"' in page
    assert "<strong>noon</strong>" in page
    assert not FiledVersion.objects.exists()


def test_a_proof_is_agreed_to_by_its_issuers_approver_alone(people: Callable[[Role], Client]) -> None:
    author, approver, editor = people(Role.ISSUER_AUTHOR), people(Role.ISSUER_APPROVER), people(Role.EDITOR)
    key = written(author)
    editor.post(f"/work/desk/{key}", {"act": "claim"})
    editor.post(f"/work/desk/{key}", {"act": "proof"})
    assert author.post(f"/work/r/{key}", {"act": "agree"}).status_code == 403
    editor.post(f"/work/desk/{key}", {"act": "approve"})
    assert state(key) == "proof"
    approver.post(f"/work/r/{key}", {"act": "agree"})
    assert state(key) == "approved"


def test_a_withdrawal_asks_twice(people: Callable[[Role], Client], released: Callable[[], FiledVersion]) -> None:
    filed, chief = released(), people(Role.CHIEF_EDITOR)
    page = f"/work/desk/{filed.release_id}"
    answer = chief.post(page, {"act": "withdraw", "note": "It was not true."}, follow=True)
    assert "Tick the box" in answer.content.decode()
    chief.post(page, {"act": "withdraw", "note": "It was not true.", "sure": "on"})
    assert state(filed.release_id) == "approved"


def test_the_report_has_a_page(people: Callable[[Role], Client], released: Callable[[], FiledVersion]) -> None:
    filed = released()
    page = people(Role.EDITOR).get(f"/work/report/{filed.release_id}").content.decode()
    assert "Nobody was owed it." in page


def test_a_subscriber_keeps_his_own_profile(people: Callable[[Role], Client]) -> None:
    reader = people(Role.SUBSCRIBER)
    page = "/work/subscription"
    reader.post(page, {"act": "profile", "languages": "ar en"})
    reader.post(page, {"act": "rules", "0-countries": "FR DE", "1-everything": "on"})
    reader.post(page, {"act": "add", "channel": "email", "address": "esra@gazette.example"})
    shown = reader.get(page).content.decode()
    for sign in ('value="ar" lang="ar" selected', 'value="en" lang="en" selected', "FR DE", "esra@gazette.example"):
        assert sign in shown
    answer = reader.post(page, {"act": "rules", "0-countries": "Atlantis"}, follow=True)
    assert "is not a country" in answer.content.decode()
