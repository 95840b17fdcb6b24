"""The working pages, by role and by object: nobody sees or moves what is not theirs."""

import json

import pytest
from django.test import Client
from django.urls import URLPattern

from dateline.desk import editing
from dateline.intake import filing
from dateline.intake.models import FiledVersion
from dateline.people.models import Organisation, User
from dateline.people.roles import Actor, Role
from dateline.web.work import urls
from dateline.words import clock

pytestmark = pytest.mark.django_db
ISSUERS, DESK = {Role.ISSUER_AUTHOR, Role.ISSUER_APPROVER}, {Role.EDITOR, Role.CHIEF_EDITOR}
WHO = ("nobody", *Role)
ALL = set(Role)
SECRET = "Quixotalpha merges"

# Page → who sees it for a release of his own house, and for somebody else's. A redirect elsewhere is seen.
PAGES: dict[str, tuple[set[str], set[str]]] = {
    "sign-in": ({*WHO}, {*WHO}),
    "sign-out": ({*WHO}, {*WHO}),
    "work": (ALL, ALL),
    "work/new": (ISSUERS | DESK, ISSUERS | DESK),
    "work/preview": (ISSUERS | DESK, ISSUERS | DESK),
    "work/r/<str:key>": (ISSUERS | DESK, DESK),
    "work/desk/<str:key>": (DESK, DESK),
    "work/desk/<str:key>/original": (DESK, DESK),
    "work/report/<str:key>": (set(), set()),
    "work/subscription": ({Role.SUBSCRIBER}, {Role.SUBSCRIBER}),
}
POSTED_ONLY = {"work/preview", "sign-out"}
ACTS = (
    "claim",
    "return",
    "proof",
    "approve",
    "hold",
    "spike",
    "correction",
    "withdraw",
    "erase",
    "save",
    "agree",
    "submit",
)


@pytest.fixture
def keys() -> dict[str, str]:
    """A release at the desk, of Tidewell and of another house; and a person of each role."""
    houses = {name: Organisation.objects.create(name=name) for name in ("own", "other")}
    for role in Role:
        mine = houses["own"] if role in ISSUERS else None
        User.objects.create_user(
            f"{role}@wire.example", "a long password", name=str(role), role=role, organisation=mine
        )
    return {name: filed(house) for name, house in houses.items()}


def filed(house: Organisation) -> str:
    author = Actor(f"test:{house.pk}", "Ada Quill", Role.ISSUER_AUTHOR, house.pk, house.name, "s")
    release = {
        "source_language": "en",
        "renditions": [{"lang": "en", "headline": SECRET, "place": "Brest", "body_html": "<p>It does.</p>"}],
        "contacts": [{"name": "Ada Quill"}],
    }
    made = filing.file(json.dumps(release).encode(), by=author, now=clock.now(), media_type="application/json")
    return editing.submit(made.version, by=author, now=clock.now()).release_id


def browser(who: str) -> Client:
    client = Client()
    if who != "nobody":
        assert client.login(username=f"{who}@wire.example", password="a long password")
    return client


def test_the_table_names_every_page_and_no_other() -> None:
    patterns = [pattern for pattern in urls.urlpatterns if isinstance(pattern, URLPattern)]
    assert {str(pattern.pattern) for pattern in patterns} == set(PAGES)


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("whose", ["own", "other"])
@pytest.mark.parametrize("page", PAGES)
def test_who_sees_a_page(keys: dict[str, str], page: str, whose: str, who: str) -> None:
    address = "/" + page.replace("<str:key>", keys[whose])
    client = browser(who)
    answer = client.post(address) if page in POSTED_ONLY else client.get(address)
    inside = PAGES[page][0 if whose == "own" else 1]
    shown = answer.status_code in {200, 302} and not answer.headers.get("Location", "").startswith("/sign-in")
    assert shown == (who in inside)
    if who not in DESK and not (who in ISSUERS and (whose == "own" or "<" not in page)):
        assert SECRET not in answer.content.decode()
    if page.startswith("work") and answer.status_code == 200:
        assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("who", WHO)
def test_nobody_moves_what_is_not_theirs(keys: dict[str, str], who: str, act: str) -> None:
    """The desk may act on any release; everybody else on none of another house, by whatever page."""
    if who in DESK:
        return
    for page in ("work/r", "work/desk"):
        browser(who).post(f"/{page}/{keys['other']}", {"act": act, "note": "Because.", "sure": "on"})
    version = FiledVersion.objects.get(release=keys["other"])
    assert (version.state, version.edit, version.number) == ("submitted", 0, 1)


def test_every_form_needs_its_token(keys: dict[str, str]) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.login(username=f"{Role.EDITOR}@wire.example", password="a long password")
    assert client.post(f"/work/desk/{keys['own']}", {"act": "claim"}).status_code == 403
    assert FiledVersion.objects.get(release=keys["own"]).state == "submitted"


def test_too_many_attempts_to_sign_in_are_refused(keys: dict[str, str]) -> None:
    answers = [
        Client().post("/sign-in", {"username": "guess@wire.example", "password": "x"}).status_code for _ in range(10)
    ]
    assert answers[0] == 200
    assert answers[-1] == 429
