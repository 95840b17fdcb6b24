"""The working pages, by role and by object: nobody sees or moves what is not theirs."""

import json
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import URLPattern

from dateline.desk import editing
from dateline.intake import filing
from dateline.intake.models import FiledVersion
from dateline.people.models import Organisation, User
from dateline.people.roles import Actor, Role
from dateline.web.work import acts, urls
from dateline.words import clock
from tests.rooms import stories
from tests.rooms.pages import BROWSER

pytestmark = pytest.mark.django_db
ISSUERS, DESK = {Role.ISSUER_AUTHOR, Role.ISSUER_APPROVER}, {Role.EDITOR, Role.CHIEF_EDITOR}
WHO = ("nobody", *Role)
SECRET = "Quixotalpha merges"
STRANGER = "a" * 26

# What a page answers, in the order of WHO: nobody, author, approver, editor, chief editor, subscriber, operator.
# A redirect of nobody's leads to the sign-in; where a stranger's release differs from one's own, it has its own row.
TABLE: dict[tuple[str, str], tuple[int, ...]] = {
    ("GET", "sign-in"): (200, 302, 302, 302, 302, 302, 302),
    ("POST", "sign-in"): (200, 302, 302, 302, 302, 302, 302),
    ("GET", "sign-out"): (405, 405, 405, 405, 405, 405, 405),
    ("POST", "sign-out"): (302, 302, 302, 302, 302, 302, 302),
    ("GET", "work"): (302, 200, 200, 200, 200, 302, 302),
    ("POST", "work"): (401, 200, 200, 200, 200, 302, 302),
    ("GET", "work/new"): (302, 200, 200, 403, 403, 403, 403),
    ("POST", "work/new"): (401, 302, 302, 403, 403, 403, 403),
    ("GET", "work/preview"): (405, 405, 405, 405, 405, 405, 405),
    ("POST", "work/preview"): (401, 200, 200, 403, 403, 403, 403),
    ("GET", "work/account"): (302, 200, 200, 200, 200, 200, 200),
    ("POST", "work/account"): (401, 422, 422, 422, 422, 422, 422),
    ("GET", "work/subscription"): (302, 403, 403, 403, 403, 200, 403),
    ("POST", "work/subscription"): (401, 403, 403, 403, 403, 422, 403),
    ("GET", "work/subscription/preview"): (302, 405, 405, 405, 405, 405, 405),
    ("POST", "work/subscription/preview"): (401, 403, 403, 403, 403, 200, 403),
    ("GET", "work/subscription/add/sftp"): (302, 403, 403, 403, 403, 200, 403),
    ("POST", "work/subscription/add/sftp"): (401, 403, 403, 403, 403, 422, 403),
    ("GET", "work/subscription/browser"): (302, 405, 405, 405, 405, 405, 405),
    ("POST", "work/subscription/browser"): (401, 403, 403, 403, 403, 422, 403),
    ("GET", "work/subscription/endpoint/own"): (302, 403, 403, 403, 403, 404, 403),
    ("POST", "work/subscription/endpoint/own"): (401, 403, 403, 403, 403, 404, 403),
    ("GET", "work/subscription/export"): (302, 403, 403, 403, 403, 200, 403),
    ("POST", "work/subscription/export"): (401, 405, 405, 405, 405, 405, 405),
    ("GET", "work/subscription/forget"): (302, 405, 405, 405, 405, 405, 405),
    ("POST", "work/subscription/forget"): (401, 403, 403, 403, 403, 302, 403),
    ("GET", "work/operator"): (302, 403, 403, 403, 403, 403, 200),
    ("POST", "work/operator"): (401, 403, 403, 403, 403, 403, 422),
    ("GET", "work/operator/now"): (302, 403, 403, 403, 403, 403, 200),
    ("GET", "work/operator/sender"): (302, 403, 403, 403, 403, 403, 200),
    ("POST", "work/operator/sender"): (401, 403, 403, 403, 403, 403, 200),
    ("POST", "work/operator/now"): (401, 403, 403, 403, 403, 403, 200),
    ("GET", "work/r/own"): (302, 200, 200, 302, 302, 403, 403),
    ("GET", "work/r/other"): (302, 404, 404, 302, 302, 403, 403),
    ("GET", "work/r/draft"): (302, 200, 200, 404, 404, 403, 403),
    ("POST", "work/r/own"): (401, 409, 409, 302, 302, 403, 403),
    ("POST", "work/r/other"): (401, 404, 404, 302, 302, 403, 403),
    ("GET", "work/desk/own"): (302, 403, 403, 200, 200, 403, 403),
    ("GET", "work/desk/other"): (302, 403, 403, 200, 200, 403, 403),
    ("GET", "work/desk/draft"): (302, 403, 403, 404, 404, 403, 403),
    ("POST", "work/desk/own"): (401, 403, 403, 422, 422, 403, 403),
    ("POST", "work/desk/other"): (401, 403, 403, 422, 422, 403, 403),
    ("GET", "work/desk/own/original"): (302, 403, 403, 200, 200, 403, 403),
    ("GET", "work/desk/draft/original"): (302, 403, 403, 404, 404, 403, 403),
    ("POST", "work/desk/own/original"): (401, 403, 403, 200, 200, 403, 403),
    ("GET", "work/report/own"): (302, 404, 404, 404, 404, 403, 403),
    ("GET", "work/report/released"): (302, 404, 404, 200, 200, 403, 403),
    ("POST", "work/report/own"): (401, 404, 404, 404, 404, 403, 403),
}
OBJECTS = ("own", "other", "draft", "released")
PLACES = {**dict.fromkeys(OBJECTS, "<str:key>"), "sftp": "<str:channel>"}
# What tells the text of a release: the pages of those whose it is, and of the desk.
MAY_READ = {"own": ISSUERS | DESK, "other": DESK, "draft": ISSUERS, "released": DESK, "": ISSUERS | DESK}


@pytest.fixture
def keys(released: Callable[..., FiledVersion]) -> dict[str, str]:
    """Releases by whose they are and how far; and a person of each role, the issuers' in the house that owns `own`."""
    houses = {name: Organisation.objects.create(name=name) for name in ("own", "other")}
    for role in Role:
        mine = houses["own"] if role in ISSUERS else None
        User.objects.create_user(
            f"{role}@wire.example", "a long password", name=str(role), role=role, organisation=mine
        )
    at_desk = {name: submitted(house).release_id for name, house in houses.items()}
    return {**at_desk, "draft": filed(houses["own"], "a draft").release_id, "released": released().release_id}


def filed(house: Organisation, slug: str) -> FiledVersion:
    release = {
        "source_language": "en",
        "slugline": slug,
        "renditions": [{"lang": "en", "headline": SECRET, "place": "Brest", "body_html": "<p>It does.</p>"}],
        "contacts": [{"name": "Ada Quill"}],
    }
    data = json.dumps(release).encode()
    return filing.file(data, by=author_of(house), now=clock.now(), media_type="application/json").version


def author_of(house: Organisation) -> Actor:
    return Actor(f"test:{house.pk}", "Ada Quill", Role.ISSUER_AUTHOR, house.pk, house.name, "s")


def submitted(house: Organisation) -> FiledVersion:
    return editing.submit(filed(house, "a story"), by=author_of(house), now=clock.now())


def signed_in(who: str) -> Client:
    client = Client(headers=BROWSER)
    if who != "nobody":
        assert client.login(username=f"{who}@wire.example", password="a long password")
    return client


def test_the_table_names_every_page_by_both_methods_and_no_other() -> None:
    """A page that is added without a word on who may see it fails here."""
    patterns = {str(each.pattern) for each in urls.urlpatterns if isinstance(each, URLPattern)}
    named = {(method, "/".join(PLACES.get(part, part) for part in page.split("/")))
             for method, page in TABLE}  # fmt: skip
    assert named == {(method, pattern) for method in ("GET", "POST") for pattern in patterns}


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize(("method", "page"), TABLE)
def test_who_gets_what_of_a_page(keys: dict[str, str], method: str, page: str, who: str) -> None:
    whose = next((each for each in OBJECTS if each in page.split("/")), "")
    address = "/" + "/".join(keys.get(part, part) for part in page.split("/"))
    client = signed_in(who)
    answer = client.post(address) if method == "POST" else client.get(address)
    assert answer.status_code == TABLE[method, page][WHO.index(who)]
    if who == "nobody" and answer.status_code == 302 and page != "sign-out":
        assert answer["Location"].startswith("/sign-in")
    if who not in MAY_READ[whose]:
        assert SECRET not in answer.content.decode()
    if page.startswith("work") and answer.status_code in {200, 302, 422}:
        assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("page", ["work/r", "work/desk", "work/report"])
def test_what_is_not_there_and_what_is_not_theirs_look_the_same(keys: dict[str, str], page: str) -> None:
    for who in WHO[1:]:
        if who not in DESK:
            client = signed_in(who)
            told = [client.get(f"/{page}/{key}").status_code for key in (keys["other"], STRANGER)]
            assert told[0] == told[1], who


@pytest.mark.parametrize("act", [*acts.NAMES, "save", "submit", "agree", "correct", "mend"])
@pytest.mark.parametrize("who", [who for who in WHO if who not in DESK])
def test_nobody_moves_what_is_not_theirs(keys: dict[str, str], who: str, act: str) -> None:
    """The desk may act on any release; everybody else on none of another house, by whatever page."""
    client = signed_in(who)
    before = FiledVersion.objects.count()
    for page in ("work/r", "work/desk"):
        for name in ("other", "released"):
            sent = {"act": act, "note": "Because.", "sure": "on", "parts": "1:contacts", "mended": "{}", "edit": "0"}
            assert client.post(f"/{page}/{keys[name]}", sent).status_code in {401, 403, 404}
    version = FiledVersion.objects.get(release=keys["other"])
    assert (version.state, version.edit, version.number) == ("submitted", 0, 1)
    assert FiledVersion.objects.count() == before


@pytest.mark.parametrize("who", sorted(ISSUERS))
def test_nobody_previews_on_anothers_release(keys: dict[str, str], who: str) -> None:
    answer = signed_in(who).post("/work/preview", {"release": keys["other"]})
    assert answer.status_code == 404


@pytest.mark.parametrize("act", ["spike", "withdraw", "erase"])
def test_an_editor_does_not_what_only_the_chief_may(keys: dict[str, str], act: str) -> None:
    key = keys["own" if act == "spike" else "released"]
    sent = {"act": act, "note": "Because.", "sure": "on", "parts": "1:contacts"}
    assert signed_in(Role.EDITOR).post(f"/work/desk/{key}", sent).status_code == 403
    assert f'value="{act}"' not in signed_in(Role.EDITOR).get(f"/work/desk/{key}").content.decode()
    assert f'value="{act}"' in signed_in(Role.CHIEF_EDITOR).get(f"/work/desk/{key}").content.decode()


def test_every_form_needs_its_token(keys: dict[str, str]) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.login(username=f"{Role.EDITOR}@wire.example", password="a long password")
    assert client.post(f"/work/desk/{keys['own']}", {"act": "claim"}).status_code == 403
    assert FiledVersion.objects.get(release=keys["own"]).state == "submitted"


def test_a_form_of_a_strangers_page_never_comes_back_to_be_sent(keys: dict[str, str]) -> None:
    client = Client(enforce_csrf_checks=True, headers=BROWSER)
    assert client.login(username=f"{Role.EDITOR}@wire.example", password="a long password")
    for origin in ("https://evil.example", "null"):
        answer = client.post(f"/work/desk/{keys['own']}", {"act": "claim"}, headers={"origin": origin})
        assert answer.status_code == 403
        assert 'value="claim"' not in answer.content.decode()
        assert ">claim<" not in answer.content.decode()


def test_too_many_attempts_to_sign_in_are_refused(keys: dict[str, str]) -> None:
    answers = [
        Client().post("/sign-in", {"username": "guess@wire.example", "password": "x"}).status_code for _ in range(10)
    ]
    assert answers[0] == 200
    assert answers[-1] == 429


def test_the_issuer_of_a_release_gets_its_report(released: Callable[..., FiledVersion]) -> None:
    filed = released()
    house = Organisation.objects.get(name=stories.STORY.source.issuer)
    User.objects.create_user(
        "ada@tidewell.example", "a long password", name="Ada", role=Role.ISSUER_AUTHOR, organisation=house
    )
    client = Client()
    assert client.login(username="ada@tidewell.example", password="a long password")
    assert client.get(f"/work/report/{filed.release_id}").status_code == 200
