"""An author and an editor at work in a real browser, by mouse and by keyboard alone; what it looks like in Arabic."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from dateline.intake import releases
from dateline.intake.models import FiledVersion
from dateline.people.models import Organisation, User
from dateline.people.roles import Actor, Role
from dateline.words import clock
from dateline.words.release import Embargo, State, Version
from tests.browser.conftest import PHONE, WIDE
from tests.browser.test_public import AA, CONTRAST, sideways
from tests.rooms.stories import CHIEF, STORY

pytestmark = pytest.mark.django_db(transaction=True)
Visit = Callable[..., Page]
PASSWORD = "a long password"


@pytest.fixture
def people() -> Callable[..., str]:
    """Makes a person of a role and tells the e-mail address."""

    def person(role: Role, language: str = "en") -> str:
        house, _ = Organisation.objects.get_or_create(name="Tidewell Energy", defaults={"time_zone": "Asia/Seoul"})
        mine = house if role in {Role.ISSUER_AUTHOR, Role.ISSUER_APPROVER} else None
        email = f"{role}@wire.example"
        User.objects.create_user(email, PASSWORD, name="Ada Quill", role=role, organisation=mine, language=language)
        return email

    return person


def signed_in(visit: Visit, email: str, path: str, **more: object) -> Page:
    page = visit(f"/sign-in?next={path}", **more)
    page.fill("[name=username]", email)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda address: "/sign-in" not in address)
    return page


def at_desk(version: Version, *states: State) -> FiledVersion:
    """A release of Tidewell's, moved that far."""
    house, _ = Organisation.objects.get_or_create(name="Tidewell Energy")
    author = Actor("user:1", "Ada Quill", Role.ISSUER_AUTHOR, house.pk, house.name, "s")
    filed = releases.begin(author, version, now=clock.now())
    for state in (State.SUBMITTED, State.IN_REVIEW, *states):
        filed = releases.move(filed, state, by=CHIEF, now=clock.now())
    return filed


def test_from_the_first_word_to_an_embargo(visit: Visit, people: Callable[..., str]) -> None:
    """An author writes, sees it printed, submits; an editor is refused, mends it, and seals it until its minute."""
    author = signed_in(visit, people(Role.ISSUER_AUTHOR), "/work/new")
    author.fill("[name=r-0-headline]", "Tide turns")
    author.fill("[name=r-0-place]", "Brest")
    author.fill("[name=r-0-body]", "It turned at **noon**.")
    preview = author.locator("#preview")
    expect(preview.locator("h1")).to_have_text("Tide turns")
    expect(preview.locator(".body p")).to_have_text(re.compile(r"BREST, .* It turned at noon\."))
    expect(author.locator("#findings")).to_contain_text("It has no contact.")
    author.click("text=Submit to the desk")
    expect(author.locator("[role=status]")).to_have_text("It is with the desk.")

    editor = signed_in(visit, people(Role.EDITOR), "/work")
    editor.click("text=Tide turns")
    editor.click("text=Claim it")
    approve = editor.locator("[data-approves]")
    expect(approve).to_be_disabled()
    editor.click("#findings >> text=It has no contact.")
    expect(editor.locator("[name=c-0-name]")).to_be_focused()
    editor.keyboard.type("Ada Quill")
    expect(approve).to_be_enabled()
    editor.fill("[name=r-0-headline]", "The tide turns")
    editor.check("[name=when][value=at]")
    editor.fill("[name=embargo_at]", "2099-12-01T09:00")
    expect(editor.locator("#minute")).to_contain_text("Asia/Seoul")
    expect(editor.locator("#minute")).to_contain_text("00:00 UTC")
    approve.click()
    expect(editor.locator("[role=status]")).to_have_text("Approved.")
    expect(editor.locator("h1").first).to_have_text("The tide turns")
    assert FiledVersion.objects.get().state == "approved"


def test_by_keyboard_alone(visit: Visit, people: Callable[..., str]) -> None:
    """Sign in, write, go to another language by its tab, save with Ctrl+S: no mouse."""
    page = visit("/sign-in?next=/work/new")
    # The browser gives the focus when it first draws the page.
    expect(page.locator("[autofocus]")).to_be_focused()
    page.keyboard.type(people(Role.ISSUER_AUTHOR))
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=tab]")
    tab_to(page, "r-0-headline")
    page.keyboard.type("Tide turns")
    for _ in range(8):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.getAttribute('role')") == "tab":
            break
    page.keyboard.press("ArrowRight")
    expect(page.locator("[role=tab].add")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("[name=r-1-lang]")).to_be_focused()
    page.keyboard.type("ar")
    page.keyboard.press("Tab")
    page.keyboard.type("برست")
    tab_to(page, "r-1-headline")
    page.keyboard.type("المد يعود")
    assert page.evaluate("getComputedStyle(document.activeElement).direction") == "rtl"
    expect(page.locator("#preview h1")).to_have_text("المد يعود")
    page.keyboard.press("Control+s")
    expect(page.locator("[role=status]")).to_have_text("Saved, sealed.")
    expect(page.locator("[role=tab]")).to_have_text(["English", "العربية", "+"])


def tab_to(page: Page, name: str) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('name')") == name:
            return
    raise AssertionError(f"the Tab key does not reach {name}")


def test_without_scripts_the_form_works_too(visit: Visit, people: Callable[..., str]) -> None:
    page = signed_in(visit, people(Role.ISSUER_AUTHOR), "/work/new", java_script_enabled=False)
    page.fill("[name=r-0-headline]", "Tide turns")
    page.click("summary:has-text('Add a language')")
    page.fill("[name=r-1-lang]", "de")
    page.fill("[name=r-1-headline]", "Die Flut kehrt")
    page.click("button[value=save]")
    expect(page.locator("legend").first).to_have_text("English")
    expect(page.locator("[name=r-1-headline]")).to_have_value("Die Flut kehrt")


def test_a_sitting_that_ends_takes_no_text_with_it(visit: Visit, people: Callable[..., str]) -> None:
    page = signed_in(visit, people(Role.ISSUER_AUTHOR), "/work/new")
    page.fill("[name=r-0-headline]", "Tide turns")
    expect(page.locator("#preview h1")).to_have_text("Tide turns")
    page.context.clear_cookies()
    page.fill("[name=r-0-place]", "Brest")
    expect(page.locator("#preview")).to_contain_text("Nothing that you typed is lost.")
    page.click("button[value=save]")
    with page.context.expect_page() as opened:
        page.click("text=Sign in in another tab")
    other = opened.value
    other.fill("[name=username]", f"{Role.ISSUER_AUTHOR}@wire.example")
    other.fill("[name=password]", PASSWORD)
    other.press("[name=password]", "Enter")
    other.wait_for_url("**/work")
    page.click("text=Send it again")
    # Signing in gave the browser a new token, so the first page was too old.
    expect(page.locator("h1")).to_have_text("This page was older than your sitting.")
    page.click("text=Send it again")
    expect(page.locator("[role=status]")).to_have_text("Saved, sealed.")
    expect(page.locator("[name=r-0-headline]")).to_have_value("Tide turns")


def test_a_withdrawal_is_asked_for_twice(
    visit: Visit, people: Callable[..., str], released: Callable[..., FiledVersion]
) -> None:
    filed = released()
    page = signed_in(visit, people(Role.CHIEF_EDITOR), f"/work/desk/{filed.release_id}")
    page.click("summary:has-text('Withdraw')")
    page.locator(".danger [name=note]").first.fill("It was not true.")
    page.click("button[value=withdraw]")
    expect(page.locator("[role=alert]")).to_contain_text("Tick the box")
    expect(page.locator(".danger [name=note]").first).to_have_value("It was not true.")
    page.locator("[name=sure]").first.check()
    page.click("button[value=withdraw]")
    expect(page.locator("[role=status]")).to_have_text("It is being withdrawn everywhere.")


def test_how_long_until_its_minute(visit: Visit, people: Callable[..., str]) -> None:
    soon = clock.now() + timedelta(hours=3, minutes=1)
    at_desk(replace(STORY, embargo=Embargo(f"{soon:%Y-%m-%dT%H:%M:%S}", "UTC")), State.APPROVED)
    page = signed_in(visit, people(Role.EDITOR), "/work")
    expect(page.locator(".stories .time")).to_contain_text("in 3 hours")


@pytest.mark.parametrize(
    ("language", "size", "scheme"),
    [
        ("en", WIDE, "light"),
        ("ar", WIDE, "dark"),
        ("en", PHONE, "dark"),
        ("ar", PHONE, "light"),
        ("ar", (320, 640), "dark"),
        ("en", (1680, 1050), "light"),
    ],
)
def test_every_page_fits_and_can_be_read(
    visit: Visit,
    people: Callable[..., str],
    released: Callable[..., FiledVersion],
    language: str,
    size: tuple[int, int],
    scheme: str,
) -> None:
    filed = released()
    review = at_desk(STORY)
    page = signed_in(visit, people(Role.CHIEF_EDITOR, language), "/work", size=size, scheme=scheme)
    key = filed.release_id
    for path in (
        "/work",
        f"/work/desk/{key}",
        f"/work/desk/{review.release_id}",
        f"/work/report/{key}",
        "/work/account",
    ):
        page.goto(path)
        assert sideways(page) <= 0, path
        assert page.evaluate(CONTRAST, AA) == [], path
        assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
    issuer = signed_in(visit, people(Role.ISSUER_AUTHOR, language), "/work/new", size=size, scheme=scheme)
    assert sideways(issuer) <= 0
    assert issuer.evaluate(CONTRAST, AA) == []
    reader = signed_in(visit, people(Role.SUBSCRIBER, language), "/work/subscription", size=size, scheme=scheme)
    assert sideways(reader) <= 0
    assert reader.evaluate(CONTRAST, AA) == []
