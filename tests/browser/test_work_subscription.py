"""The subscriber's page in a real browser, from left to right and from right to left."""

import os
import random
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from dateline.delivery import endpoints, planning
from dateline.delivery.models import Endpoint, Outcome, Shard
from dateline.intake.models import FiledVersion
from dateline.people.models import User
from dateline.people.roles import Role
from dateline.routing import profiles
from dateline.routing.matching import Matching
from dateline.routing.models import Subscriber
from dateline.words import clock
from tests.browser.conftest import PHONE, WIDE
from tests.browser.test_public import AA, CONTRAST, sideways

PASSWORD = "a long password"
ADDRESS = "esra@gazette.example"


@pytest.mark.parametrize(
    ("lang", "size", "scheme"),
    [("en", WIDE, "light"), ("en", PHONE, "dark"), ("ar", WIDE, "dark"), ("ar", PHONE, "light")],
)
def test_one_adds_an_address_sets_quiet_hours_and_leaves(
    released: Callable[..., FiledVersion], visit: Callable[..., Page], lang: str, size: tuple[int, int], scheme: str
) -> None:
    released()
    person = User.objects.create_user(ADDRESS, PASSWORD, name="Esra", role=Role.SUBSCRIBER, language=lang)
    esra = Subscriber.objects.create(kind="journalist", name="Esra", user=person, address_from="a fair in 2025")
    profiles.set_rules(esra, [{"everything": True}])
    endpoints.add(esra, "email", "esra@gazette.example", came_from="a card that she gave us")
    page = visit("/sign-in?next=/work/subscription", size=size, scheme=scheme, locale=lang)
    _signs_in(page)
    page.goto("/work/subscription")
    page.locator("#endpoints select[name=channel]").select_option("email")
    page.locator("#endpoints input[name=address]").fill("second@gazette.example")
    page.locator("#endpoints button[value=add]").click()
    expect(page.locator("#endpoints li")).to_have_count(2)
    expect(page.locator("#endpoints li").nth(1).locator(".badge.warn")).to_be_visible()
    first = page.locator("#endpoints li").first
    first.locator("summary").click()
    first.locator("input[name=zone]").fill("Asia/Seoul")
    first.locator("input[name=quiet]").fill("22:00-07:00")
    first.locator("button[value=wishes]").click()
    expect(page.locator("#endpoints li").first.locator("summary")).to_contain_text("22:00-07:00")
    _ends_and_takes_up(page)
    _chooses_languages_by_keyboard(page)
    expect(page.locator("html")).to_have_attribute("dir", "rtl" if lang == "ar" else "ltr")
    assert sideways(page) <= 0
    assert page.evaluate(CONTRAST, AA) == []
    if pictures := os.environ.get("DATELINE_PICTURES"):
        page.screenshot(path=f"{pictures}/subscription-{lang}-{size[0]}.png", full_page=True)
    gone = page.locator("form[action$=forget]")
    gone.locator("input[name=sure]").check()
    gone.locator("button").click()
    expect(page.locator("h1")).to_be_visible()
    assert set(Endpoint.objects.values_list("state", "address")) == {("ended", "")}


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_what_was_sent_to_a_webhook_can_be_read_to_its_end_on_a_phone(
    released: Callable[..., FiledVersion], visit: Callable[..., Page], lang: str
) -> None:
    released()
    person = User.objects.create_user(ADDRESS, PASSWORD, name="Esra", role=Role.SUBSCRIBER, language=lang)
    esra = Subscriber.objects.create(kind="journalist", name="Esra", user=person)
    profiles.set_rules(esra, [{"everything": True}])
    hook = endpoints.add(esra, "webhook", "http://127.0.0.1:9/hook")
    planning.plan(Matching(), clock.now(), random.Random(1))
    shard = Shard.objects.get()
    Outcome.objects.create(shard=shard, seq=1, endpoint=hook, attempt=1, result="failed", at=clock.now())
    page = visit("/sign-in", size=PHONE, locale=lang)
    _signs_in(page)
    page.goto(f"/work/subscription/endpoint/{hook.name}")
    page.locator("details.why summary").click()
    # What sticks out on the side where reading begins cannot be scrolled to.
    assert page.locator("pre").evaluate("each => each.scrollWidth - each.clientWidth") <= 0
    assert sideways(page) <= 0


def _signs_in(page: Page) -> None:
    page.locator("input[type=email], input[name=username]").first.fill(ADDRESS)
    page.locator("input[type=password]").fill(PASSWORD)
    page.locator("form button").first.click()


def _ends_and_takes_up(page: Page) -> None:
    page.locator("#endpoints > ul > li").first.locator("button[value=end]").click()
    ended = page.locator("#endpoints details.ended")
    expect(page.locator("#endpoints > ul > li")).to_have_count(1)
    ended.locator("summary").click()
    ended.locator("button[value=take-up]").click()
    expect(page.locator("#endpoints > ul > li")).to_have_count(2)


def _chooses_languages_by_keyboard(page: Page) -> None:
    page.locator(".contents a[href='#how']").press("Enter")
    first = page.locator("#how select").first
    first.focus()
    first.press("End")
    page.keyboard.press("Tab")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    page.locator("#how button").press("Enter")
    expect(page.locator("#how option[selected]")).to_have_count(2)
