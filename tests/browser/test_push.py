"""Notices in a real Chromium. It has no push service here, so what one would bring is handed to the worker by CDP."""

import json
import os
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import CDPSession, Page, expect

from dateline.delivery import links, notice, tapped
from dateline.delivery.models import Endpoint
from dateline.delivery.recipient import Recipient
from dateline.intake.models import FiledVersion
from dateline.people.models import User
from dateline.people.roles import Role
from dateline.vault import keys
from tests.browser.conftest import PHONE, WIDE
from tests.browser.test_public import AA, CONTRAST, sideways
from tests.rooms import stories
from tests.rooms.ends import until
from tests.rooms.subscribed import Reading

PASSWORD = "a long password"
# What the browser's maker would answer; the rest of the page's way is the browser's own.
SUBSCRIBES = "PushManager.prototype.subscribe = async () => ({ toJSON: () => (%s) });"
SHOWN = """async () => {
  const found = await (await navigator.serviceWorker.ready).getNotifications();
  return found.map(({ title, body, lang, dir, tag, requireInteraction, actions, data }) =>
    ({ title, body, lang, dir, tag, requireInteraction, actions: actions.map(({ title }) => title), data }));
}"""
# A click cannot be made from outside. An event of a script may not wait, so that it throws after the act began.
TAP = """async (action) => {
  const [notification] = await self.registration.getNotifications();
  try { self.dispatchEvent(new NotificationEvent("notificationclick", { notification, action })); } catch { }
}"""


def signed_in(visit: Callable[..., Page], lang: str, **more: Any) -> Page:
    User.objects.create_user("esra@gazette.example", PASSWORD, name="Esra", role=Role.SUBSCRIBER, language=lang)
    page = visit("/sign-in?next=/work/subscription", locale=lang, **more)
    page.context.grant_permissions(["notifications"])
    page.locator("input[type=email], input[name=username]").first.fill("esra@gazette.example")
    page.locator("input[type=password]").fill(PASSWORD)
    page.locator("form button").first.click()
    return page


def subscribe(page: Page) -> Endpoint:
    """Press the button; the page then lists this browser."""
    given = {"endpoint": "http://127.0.0.1:9/esra", "keys": Reading().options}
    page.add_init_script(SUBSCRIBES % json.dumps(given))
    page.goto("/work/subscription")
    page.locator("#push button").click()
    expect(page.locator("#endpoints li").first).to_contain_text("http://127.0.0.1:9/esra")
    return Endpoint.objects.get(channel="push")


def bring(page: Page, filed: FiledVersion, lang: str, there: Endpoint) -> None:
    """Hand the worker what it would have read after decrypting."""
    to = Recipient(there.pk, there.name, there.address, "", 2, lang, 0, "msg_1", "", None, there.options)
    key = keys.named(tapped.KEY)
    message = notice.Notice.of(stories.entry(filed), lang, settings.DATELINE_WIRE, key).to(to, key)
    cdp, origin = page.context.new_cdp_session(page), page.evaluate("location.origin")
    given = {"origin": origin, "registrationId": registration(page, cdp), "data": message.decode()}
    cdp.send("ServiceWorker.deliverPushMessage", given)


def registration(page: Page, cdp: CDPSession) -> str:
    found: list[str] = []

    def hear(event: dict[str, Any]) -> None:
        found.extend(each["registrationId"] for each in event["registrations"])

    cdp.on("ServiceWorker.workerRegistrationUpdated", hear)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    cdp.send("ServiceWorker.enable")
    for _ in range(100):
        if found:
            return found[-1]
        page.wait_for_timeout(50)
    raise AssertionError("no worker is registered")


def shown(page: Page, signal: str) -> dict[str, Any]:
    """The one notice there is, when it is of this signal."""
    for _ in range(100):
        found = page.evaluate(SHOWN)
        if found and found[0]["data"]["signal"] == signal:
            assert len(found) == 1
            return dict(found[0])
        page.wait_for_timeout(50)
    raise AssertionError(f"no notice of the {signal} came")


@pytest.mark.parametrize(
    ("lang", "direction", "headline", "correction"),
    [("en", "ltr", "Tide turns", "Tide turns back"), ("ar", "rtl", "المد يعود", "Tide turns back")],
)
def test_a_notice_stands_in_its_language_and_a_correction_takes_its_place(
    released: Callable[..., FiledVersion],
    visit: Callable[..., Page],
    lang: str,
    direction: str,
    headline: str,
    correction: str,
) -> None:
    page = signed_in(visit, lang)
    there, filed = subscribe(page), released()
    bring(page, filed, lang, there)
    first = shown(page, "release")
    assert (first["title"], first["lang"], first["dir"]) == (headline, lang, direction)
    assert first["body"] == settings.DATELINE_WIRE.name
    assert len(first["actions"]) == 2
    assert all(title.isascii() == (lang == "en") for title in first["actions"])
    assert first["data"]["url"].endswith(f"/{lang}/{filed.release_id}")
    bring(page, stories.corrected(filed, stories.CORRECTED), "en", there)
    second = shown(page, "correction")
    assert (second["title"], second["tag"]) == (correction, first["tag"])
    stories.withdrawn(filed)
    filed = FiledVersion.objects.filter(release=filed.release_id).order_by("-seq").first()
    bring(page, filed, "en", there)
    last = shown(page, "withdrawal")
    assert (last["actions"], last["requireInteraction"], last["tag"]) == ([], True, first["tag"])
    assert "Tide" not in last["title"]


def test_a_tap_on_the_notice_mutes_its_story(released: Callable[..., FiledVersion], visit: Callable[..., Page]) -> None:
    page = signed_in(visit, "en")
    there, filed = subscribe(page), released()
    bring(page, filed, "en", there)
    notice_shown = shown(page, "release")
    (worker,) = page.context.service_workers
    worker.evaluate(TAP, "mute")
    until(lambda: "muted" in Endpoint.objects.get(pk=there.pk).options)
    assert Endpoint.objects.get(pk=there.pk).options["muted"] == notice_shown["data"]["guid"]
    assert page.evaluate(SHOWN) == []
    kept = page.evaluate("caches.open('push').then((c) => c.match('/push-act')).then((a) => a.text())")
    assert kept == f"/push/{links.signed(keys.named(tapped.KEY), there.name)}"
    page.goto("/work/subscription")
    page.locator("button[value=undo]").click()
    expect(page.locator("button[value=undo]")).to_have_count(0)
    assert "muted" not in Endpoint.objects.get(pk=there.pk).options


def test_the_worker_tells_the_wire_where_the_browser_has_moved(
    released: Callable[..., FiledVersion], visit: Callable[..., Page]
) -> None:
    released()
    page = signed_in(visit, "en")
    there, fresh = subscribe(page), Reading()
    page.context.clear_cookies()
    (worker,) = page.context.service_workers
    given = {"endpoint": "http://127.0.0.1:9/moved", "keys": fresh.options}
    worker.evaluate("(given) => move(null, { toJSON: () => given })", given)
    until(lambda: Endpoint.objects.get(pk=there.pk).address == "http://127.0.0.1:9/moved")
    assert Endpoint.objects.get(pk=there.pk).options["p256dh"] == fresh.options["p256dh"]


@pytest.mark.parametrize(("lang", "size", "scheme"), [("en", WIDE, "light"), ("ar", PHONE, "dark")])
def test_the_button_fits_its_page(
    released: Callable[..., FiledVersion], visit: Callable[..., Page], lang: str, size: tuple[int, int], scheme: str
) -> None:
    released()
    page = signed_in(visit, lang, size=size, scheme=scheme)
    page.goto("/work/subscription")
    expect(page.locator("#push")).to_be_visible()
    expect(page.locator("#push-said")).to_be_empty()
    assert sideways(page) <= 0
    assert page.evaluate(CONTRAST, AA) == []
    if pictures := os.environ.get("DATELINE_PICTURES"):
        page.screenshot(path=f"{pictures}/push-{lang}-{size[0]}.png", full_page=True)
    page.locator("#push button").click()
    # This browser has no push service to subscribe at, and says so in its own words.
    expect(page.locator("#push-said")).not_to_be_empty()
    assert not Endpoint.objects.exists()


def test_a_browser_without_notices_says_so(visit: Callable[..., Page], released: Callable[..., FiledVersion]) -> None:
    released()
    page = signed_in(visit, "en")
    page.add_init_script("delete window.PushManager")
    page.goto("/work/subscription")
    expect(page.locator("#push-said")).to_have_text("This browser takes no notices.")
    expect(page.locator("#push")).to_be_hidden()
