"""The rules as one line, in a real browser: counted as one types, with a caret under what is wrong."""

import os
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from dateline.intake.models import FiledVersion
from dateline.people.models import User
from dateline.people.roles import Role
from tests.browser.conftest import PHONE, WIDE
from tests.browser.test_public import AA, CONTRAST, sideways

PASSWORD = "a long password"


@pytest.mark.parametrize(
    ("lang", "size", "scheme"), [("en", WIDE, "light"), ("ar", WIDE, "dark"), ("ar", PHONE, "light")]
)
def test_one_types_and_sees_what_it_would_have_sent(
    released: Callable[..., FiledVersion], visit: Callable[..., Page], lang: str, size: tuple[int, int], scheme: str
) -> None:
    released()
    User.objects.create_user("esra@gazette.example", PASSWORD, name="Esra", role=Role.SUBSCRIBER, language=lang)
    page = visit("/sign-in?next=/work/subscription", size=size, scheme=scheme, locale=lang)
    page.locator("input[type=email], input[name=username]").first.fill("esra@gazette.example")
    page.locator("input[type=password]").fill(PASSWORD)
    page.locator("form button").first.click()
    page.goto("/work/subscription")
    line = page.locator("[name=query]")
    line.fill("tide")
    expect(page.locator("#hits li")).to_have_count(1)
    line.fill("tide AND")
    expect(page.locator("#caret")).to_contain_text("^")
    expect(page.locator("#hits li")).to_have_count(0)
    page.locator("[name='0-words']").fill("nowhere")
    expect(line).to_have_value("nowhere")
    expect(page.locator("#count")).to_contain_text("0")
    assert sideways(page) <= 0
    assert page.evaluate(CONTRAST, AA) == []
    if pictures := os.environ.get("DATELINE_PICTURES"):
        line.fill("tide AND NOT rumour")
        expect(page.locator("#hits li")).to_have_count(1)
        page.screenshot(path=f"{pictures}/rules-{lang}-{size[0]}.png", full_page=True)
    line.fill('tide AND country:DE OR "as is"')
    page.locator("button[value=query]").click()
    expect(page.locator("[name='0-words']")).to_have_value("tide")
    expect(page.locator("[name='1-words']")).to_have_value('"as is"')
