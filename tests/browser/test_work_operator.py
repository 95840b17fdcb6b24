"""The operator's page in a real browser: it follows what happens without being loaded again."""

import os
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from dateline.delivery.models import Hold, Shard
from dateline.people.models import User
from dateline.people.roles import Role
from dateline.words import clock
from tests.browser.conftest import PHONE, WIDE
from tests.browser.test_public import AA, CONTRAST, sideways

PASSWORD = "a long password"


def signed_in(visit: Callable[..., Page], lang: str, size: tuple[int, int], scheme: str) -> Page:
    User.objects.create_user("op@wire.example", PASSWORD, name="Ola Berg", role=Role.OPERATOR, language=lang)
    page = visit("/sign-in?next=/work/operator", size=size, scheme=scheme, locale=lang)
    page.locator("input[type=email], input[name=username]").first.fill("op@wire.example")
    page.locator("input[type=password]").fill(PASSWORD)
    page.locator("form button").first.click()
    page.goto("/work/operator")
    return page


def owe(lane: str, count: int, minutes_late: int = 0) -> None:
    due = clock.now() - timedelta(minutes=minutes_late)
    Shard.objects.create(
        seq=1,
        guid="g",
        signal="release",
        channel="email",
        lane=lane,
        recipients="[]",
        count=count,
        left=count,
        due_at=due,
    )


@pytest.mark.parametrize(
    ("lang", "size", "scheme"), [("en", WIDE, "light"), ("ar", WIDE, "dark"), ("ar", PHONE, "light")]
)
def test_the_page_follows_what_is_owed_and_a_pause_shows(
    own_head: object, visit: Callable[..., Page], lang: str, size: tuple[int, int], scheme: str
) -> None:
    page = signed_in(visit, lang, size, scheme)
    expect(page.locator("#now .lead")).to_be_visible()
    owe("gazette.example", 41)
    row = page.locator("#lanes tbody tr")
    expect(row).to_contain_text("41")
    expect(page.locator("#late")).to_be_hidden()
    # By keyboard: the page that follows takes nobody's place from him.
    row.locator("button").focus()
    owe("herald.example", 7, minutes_late=2)
    expect(row).to_have_count(2)
    expect(page.locator("#late")).to_be_visible()
    expect(page.locator("#plot #owed")).to_have_attribute("points", re.compile(r"^\S+( \S+)+$"))
    page.wait_for_timeout(1200)
    page.keyboard.press("Enter")
    expect(page.locator(".message.success")).to_be_visible()
    assert Hold.objects.get().lane == "gazette.example"
    expect(page.locator("#lanes .badge.warn")).to_have_count(1)
    page.locator("#lanes [value=resume]").click()
    expect(page.locator("#lanes .badge.warn")).to_have_count(0)
    page.locator("#now [value=cancel]").first.click()
    page.locator("main [value=cancel]").click()
    expect(page.locator("#now .lead")).to_be_visible()
    assert sideways(page) <= 0
    assert page.evaluate(CONTRAST, AA) == []
    if pictures := os.environ.get("DATELINE_PICTURES"):
        owe("gazette.example", 1200)
        expect(row).to_have_count(1)
        page.wait_for_timeout(3000)
        page.screenshot(path=f"{pictures}/operator-{lang}-{size[0]}.png", full_page=True)
