"""What a form may not lose: what was typed, what was said of a release, and what somebody else wrote."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.test import Client
from lxml import html

from dateline.intake import releases
from dateline.intake.models import FiledVersion
from dateline.people.models import Organisation, User
from dateline.people.roles import Role
from dateline.routing import profiles
from dateline.routing.models import Rule
from dateline.web.work.form import ReleaseForm
from dateline.web.work.subscription import own
from dateline.words import clock
from dateline.words.release import Contact, Embargo, Rendition, Source, Track, Version
from tests.rooms import stories
from tests.rooms.pages import select, texts, tree

pytestmark = pytest.mark.django_db
WHOLE = Version(
    renditions=(
        Rendition("en", "Tide turns", "At noon", "Brest", "", "<p>It <strong>turned</strong>.</p>", "<p>About.</p>"),
        Rendition("ar", "المد يعود", place="برست", body_html="<p>عاد <b>المد</b>.</p>", based_on="en",
                  machine_translated=True),
        Rendition("ko", "조수", body_html="<table><tbody><tr><td>1</td></tr></tbody></table>", based_on="en",
                  track=Track.MAY_FOLLOW),
    ),
    source_language="en",
    source=Source("Tidewell Energy", "Beacon", "bn-1", "2026-11-22", "Tidewell", "Ministry", None, "Ruritania"),
    contacts=(Contact("Ada Quill", "Tidewell", "Engineer", "ada@x.example", "+33 1", "https://x.example", "Ask"),),
    sectors=("medtop:04000000",),
    countries=("FR", "DE"),
    tickers=("XPAR:TIDE",),
    isins=("FR0000120271",),
    circuits=("europe",),
    audience=("media",),
    embargo=Embargo("2099-10-26T02:30+01:00", "Europe/Berlin"),
    urgency=2,
    slugline="Tide",
    ednote="Corrects the hour.",
    sponsored=True,
    ai_use="translation",
    regulated=True,
    unread=("Fish",),
)  # fmt: skip


@pytest.fixture
def people() -> Callable[[Role], Client]:
    house = Organisation.objects.create(name="Tidewell Energy", time_zone="Europe/Berlin")

    def sign_in(role: Role) -> Client:
        mine = house if role in {Role.ISSUER_AUTHOR, Role.ISSUER_APPROVER} else None
        email = f"{role}@wire.example"
        if not User.objects.filter(email=email).exists():
            User.objects.create_user(email, "a long password", name=str(role), role=role, organisation=mine)
        client = Client()
        assert client.login(username=email, password="a long password")
        return client

    return sign_in


def filed(version: Version) -> FiledVersion:
    author = replace(stories.CHIEF, id="user:1", role=Role.ISSUER_AUTHOR, organisation=Organisation.objects.get().pk)
    return releases.begin(author, version, now=clock.now())


def in_review(version: Version) -> FiledVersion:
    made = filed(version)
    for state in ("submitted", "in_review"):
        made = releases.move(made, releases.State(state), by=stories.CHIEF, now=clock.now())
    return made


def content(version: FiledVersion) -> Version:
    newest = FiledVersion.objects.select_related("release").get(pk=version.pk)
    return releases.content(newest, by=stories.CHIEF, why="read", now=clock.now())


def fields(page: str) -> dict[str, list[str]]:
    """What a browser would send back of the form with the id `edit`, if nobody touched it."""
    found: dict[str, list[str]] = {}
    for each in html.document_fromstring(page).iterfind(".//*[@name]"):
        form = each.get("form") or next((box.get("id") for box in each.iterancestors("form")), None)
        kind = each.get("type", "")
        if form != "edit" or each.tag == "button" or (kind in {"checkbox", "radio"} and each.get("checked") is None):
            continue
        if each.tag == "select":
            chosen = [option.get("value") for option in each.iter("option") if option.get("selected") is not None]
            value = (chosen or [each.find(".//option").get("value")])[0]
        else:
            value = each.text or "" if each.tag == "textarea" else each.get("value", "on" if kind == "checkbox" else "")
        found.setdefault(each.get("name"), []).append(value.replace("\n", "\r\n"))
    return found


def test_a_form_that_is_sent_as_it_came_changes_nothing(people: Callable[[Role], Client]) -> None:
    """Labels, tracks, the provider's own dateline and an hour with its offset included."""
    editor, version = people(Role.EDITOR), in_review(WHOLE)
    page = f"/work/desk/{version.release_id}"
    sent = fields(editor.get(page).content.decode())
    assert editor.post(page, {**sent, "act": "save"}).status_code == 302
    assert content(version) == WHOLE


def test_an_edit_of_one_field_leaves_all_others(people: Callable[[Role], Client]) -> None:
    editor, version = people(Role.EDITOR), in_review(WHOLE)
    page = f"/work/desk/{version.release_id}"
    sent = fields(editor.get(page).content.decode()) | {"r-1-headline": ["المد لا يعود"]}
    assert editor.post(page, {**sent, "act": "save"}).status_code == 302
    arabic = WHOLE.renditions[1]
    assert content(version) == WHOLE.with_rendition(replace(arabic, headline="المد لا يعود"))


def test_what_is_approved_is_what_stands_in_the_form(people: Callable[[Role], Client]) -> None:
    """An editor who changes the text and approves at once has approved the changed text."""
    editor, version = people(Role.EDITOR), in_review(replace(WHOLE, embargo=Embargo(), audience=("public",)))
    page = f"/work/desk/{version.release_id}"
    sent = fields(editor.get(page).content.decode()) | {"r-0-headline": ["Tide stands"]}
    editor.post(page, {**sent, "act": "approve", "when": "at", "embargo_at": "2099-05-01T09:00"})
    assert FiledVersion.objects.get(pk=version.pk).state == "approved"
    assert content(version).main.headline == "Tide stands"
    assert content(version).embargo == Embargo("2099-05-01T09:00", "Europe/Berlin")


def test_at_a_minute_that_was_left_empty_is_not_at_once(people: Callable[[Role], Client]) -> None:
    editor, version = people(Role.EDITOR), in_review(replace(WHOLE, embargo=Embargo(), audience=("public",)))
    answer = editor.post(f"/work/desk/{version.release_id}", {"act": "approve", "when": "at", "embargo_at": ""})
    assert answer.status_code == 422
    assert FiledVersion.objects.get(pk=version.pk).state == "in_review"


def test_who_saves_over_a_newer_text_sees_what_it_would_change(people: Callable[[Role], Client]) -> None:
    editor, version = people(Role.EDITOR), in_review(WHOLE)
    page = f"/work/desk/{version.release_id}"
    sent = fields(editor.get(page).content.decode())
    editor.post(page, {**sent, "act": "save", "r-0-headline": "Tide turns early"})
    answer = editor.post(page, {**sent, "act": "save", "r-0-headline": "Tide turns late", "note": "Quick."})
    assert answer.status_code == 409
    assert [texts(tree(answer), each) for each in (".differences del", ".differences ins")] == [["early"], ["late"]]
    assert texts(tree(answer), "textarea[name=r-0-headline]") == ["Tide turns late"]
    assert content(version).main.headline == "Tide turns early"
    again = fields(answer.content.decode())
    assert editor.post(page, {**again, "act": "save"}).status_code == 302
    assert content(version).main.headline == "Tide turns late"


def test_a_note_is_not_lost_with_the_act_that_was_refused(people: Callable[[Role], Client]) -> None:
    chief, version = people(Role.CHIEF_EDITOR), in_review(replace(WHOLE, regulated=False))
    sent = fields(chief.get(f"/work/desk/{version.release_id}").content.decode())
    answer = chief.post(
        f"/work/desk/{version.release_id}",
        {**sent, "act": "return", "note": "Where is this?", "tickers": "not a ticker", "r-0-headline": "Tide"},
    )
    assert answer.status_code == 422
    kept = [texts(tree(answer), f"textarea[name={name}]") for name in ("note", "r-0-headline")]
    assert kept == [["Where is this?"], ["Tide"]]


def test_who_was_signed_out_while_writing_gets_the_text_back() -> None:
    typed = {"r-0-headline": "Tide <turns>", "r-0-body": "One.\r\n\r\nTwo.", "sectors": ["a", "b"], "act": "save"}
    answer = Client().post("/work/new", typed)
    assert answer.status_code == 401
    kept = [(each.get("name"), each.text) for each in select(tree(answer), "textarea")]
    assert ("r-0-headline", "Tide <turns>") in kept
    assert [value for name, value in kept if name == "sectors"] == ["a", "b"]
    assert "/sign-in" in answer.content.decode()


def test_an_old_page_of_ours_gives_the_text_back_too(people: Callable[[Role], Client]) -> None:
    people(Role.ISSUER_AUTHOR)
    client = Client(enforce_csrf_checks=True)
    assert client.login(username=f"{Role.ISSUER_AUTHOR}@wire.example", password="a long password")
    typed = {"r-0-headline": "Tide turns", "csrfmiddlewaretoken": "a" * 32}
    answer = client.post("/work/new", typed, headers={"origin": "http://testserver"})
    assert answer.status_code == 403
    assert texts(tree(answer), "textarea[name=r-0-headline]") == ["Tide turns"]
    fresh = select(tree(answer), "main input[name=csrfmiddlewaretoken]")[0].get("value")
    again = client.post("/work/new", {**typed, "csrfmiddlewaretoken": fresh, "r-0-lang": "en", "act": "save"})
    assert again.status_code == 302


def test_a_file_that_cannot_be_read_says_what_where_and_how_and_is_mended(people: Callable[[Role], Client]) -> None:
    author = people(Role.ISSUER_AUTHOR)
    broken = SimpleUploadedFile("broken.json", b'{"renditions": [{"lang": "xx-nonsense"}], "urgency": "high"}')
    page = author.post("/work/new", {"files": broken})["Location"]
    (told,) = texts(tree(author.get(page)), ".errors li")
    assert told == "It must be a whole number, not text. /urgency Write a whole number."
    mended = json.dumps({"renditions": [{"lang": "en", "headline": "Tide turns", "body_text": "At noon."}]})
    assert author.post(page, {"act": "mend", "mended": mended}).status_code == 302
    assert texts(tree(author.get(page)), "textarea[name=r-0-headline]") == ["Tide turns"]


def test_what_markdown_wrote_is_shown_as_markdown_again(people: Callable[[Role], Client]) -> None:
    author = people(Role.ISSUER_AUTHOR)
    typed = "It *turned* at **noon**.\n\n- one\n- two\n\n[More](<https://tidewell.example/a_b>)"
    page = author.post("/work/new", {"r-0-lang": "en", "r-0-body": typed, "act": "save"})["Location"]
    assert select(tree(author.get(page)), "textarea[name=r-0-body]")[0].text == typed


def test_a_translation_that_is_added_says_of_what(people: Callable[[Role], Client]) -> None:
    data = QueryDict(mutable=True)
    data.update({"r-0-lang": "ko", "r-0-headline": "a", "r-1-lang": "en", "r-1-headline": "b", "source_row": "0"})
    made = ReleaseForm.posted(data).version()
    assert made.source_language == "ko"
    assert [(each.lang, each.based_on) for each in made.renditions] == [("ko", None), ("en", "ko")]


def test_the_preview_of_a_providers_release_keeps_its_disclaimer(people: Callable[[Role], Client]) -> None:
    editor, version = people(Role.EDITOR), in_review(WHOLE)
    sent = fields(editor.get(f"/work/desk/{version.release_id}").content.decode())
    shown = editor.post("/work/preview", sent).content.decode()
    assert "third-party" in shown
    assert "Beacon" in shown
    assert "data-stops" in shown, "an hour with its offset, for a closed audience: regulated disclosure stops it"


def test_a_correction_shows_the_desk_what_it_changes(
    people: Callable[[Role], Client], released: Callable[..., FiledVersion]
) -> None:
    chief, version = people(Role.CHIEF_EDITOR), released()
    page = f"/work/desk/{version.release_id}"
    chief.post(page, {"act": "correction", "note": "Corrects the headline."})
    sent = fields(chief.get(page).content.decode())
    chief.post(page, {**sent, "act": "save", "r-0-headline": "Tide turned"})
    assert texts(tree(chief.get(page)), ".changed ins") == ["turned"]


def test_an_erasure_asks_twice(people: Callable[[Role], Client], released: Callable[..., FiledVersion]) -> None:
    chief, version = people(Role.CHIEF_EDITOR), released()
    page = f"/work/desk/{version.release_id}"
    part = select(tree(chief.get(page)), "input[name=parts]")[0].get("value")
    sent = {"act": "erase", "parts": part, "note": "By order of a court."}
    assert chief.post(page, sent).status_code == 422
    assert FiledVersion.objects.count() == 1
    assert chief.post(page, {**sent, "sure": "on"}).status_code == 302
    assert FiledVersion.objects.count() == 2


def test_an_issuer_is_shown_why_a_release_came_back(people: Callable[[Role], Client]) -> None:
    version = in_review(WHOLE)
    people(Role.EDITOR).post(f"/work/desk/{version.release_id}", {"act": "return", "note": "Name the town."})
    author = people(Role.ISSUER_AUTHOR)
    for page in ("/work", f"/work/r/{version.release_id}"):
        assert "Name the town." in author.get(page).content.decode()


def test_a_withdrawn_release_is_still_known_by_its_headline(
    people: Callable[[Role], Client], released: Callable[..., FiledVersion]
) -> None:
    stories.withdrawn(released())
    chief = people(Role.CHIEF_EDITOR)
    assert "Tide turns" in texts(tree(chief.get("/work")), ".stories .title")


def test_rules_keep_what_the_page_has_no_field_for(people: Callable[[Role], Client]) -> None:
    reader = people(Role.SUBSCRIBER)
    user = User.objects.get(role=Role.SUBSCRIBER)
    mine = own(replace(stories.CHIEF, id="x", role=Role.SUBSCRIBER, user=user.pk))
    profiles.set_rules(
        mine, [{"countries": ["FR"], "circuits": ["europe"], "urgency": 3, "refused": {"issuer": ["A"]}}]
    )
    rule = Rule.objects.get(profile__subscriber=mine)
    sent = {"act": "rules", "0-pk": str(rule.pk), "0-countries": "FR DE", "0-urgency": "3"}
    assert reader.post("/work/subscription", sent).status_code == 302
    kept = Rule.objects.get(profile__subscriber=mine).document()
    assert kept == {"countries": ["FR", "DE"], "circuits": ["europe"], "urgency": 3, "refused": {"issuer": ["A"]}}


def test_a_webhooks_secret_is_shown_once_and_in_no_cookie(people: Callable[[Role], Client]) -> None:
    reader = people(Role.SUBSCRIBER)
    answer = reader.post(
        "/work/subscription", {"act": "add", "channel": "webhook", "address": "https://outlet.example/hook"}
    )
    (secret,) = texts(tree(answer), ".secret")
    assert secret.startswith("whsec_")
    assert all(secret not in cookie.value for cookie in reader.cookies.values())
    assert secret not in reader.get("/work/subscription").content.decode()


def test_the_pages_speak_the_language_of_the_person(people: Callable[[Role], Client]) -> None:
    author = people(Role.ISSUER_AUTHOR)
    assert author.post("/work/account", {"language": "ar"}).status_code == 302
    page = tree(author.get("/work/new"))
    assert (page.get("lang"), page.get("dir")) == ("ar", "rtl")


def test_a_password_is_changed_by_who_knows_the_old_one(people: Callable[[Role], Client]) -> None:
    author = people(Role.ISSUER_AUTHOR)
    new = {"act": "password", "new_password1": "quite another one", "new_password2": "quite another one"}
    assert author.post("/work/account", {**new, "old_password": "wrong"}).status_code == 422
    assert author.post("/work/account", {**new, "old_password": "a long password"}).status_code == 302
    assert author.get("/work").status_code == 200
    assert Client().login(username=f"{Role.ISSUER_AUTHOR}@wire.example", password="quite another one")
