"""The live screen in a real browser, before a whole install with a real edge that is killed under it."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PHONE, WIDE
from tests.browser.test_public import AA, CONTRAST, sideways
from tests.house import House, house

PATIENCE = 20_000
ARABIC = {"lang": "ar", "headline": "المد يتغير", "place": "بريست", "body_html": "<p>تغيّر المد.</p>"}


@pytest.fixture(scope="module")
def wire() -> Iterator[House]:
    with house() as made:
        made.init()
        made.start()
        yield made


@pytest.fixture(scope="module")
def desk(wire: House) -> tuple[str, str]:
    """An author's token, and a chief editor's."""
    return wire.token("issuer_author", "--organisation", "Tidewell Energy"), wire.token("chief_editor")


@pytest.fixture
def visit(chromium: Browser, wire: House) -> Iterator[Callable[..., Page]]:
    opened, errors = [], []

    def open_page(path: str, *, size: tuple[int, int] = WIDE, scheme: Any = "light") -> Page:
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, base_url=wire.web
        )
        context.set_default_timeout(PATIENCE)
        opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(path)
        return page

    yield open_page
    for context in opened:
        context.close()
    assert not errors


def release(wire: House, desk: tuple[str, str], headline: str, **more: Any) -> str:
    """File and approve one; its id."""
    author, chief = desk
    rendition = {"lang": "en", "headline": headline, "place": "Brest", "body_html": f"<p>{headline}: it did.</p>"}
    document = {
        "source_language": "en",
        "renditions": [rendition, {**ARABIC, "headline": f"{ARABIC['headline']} {headline}"}],
        "contacts": [{"name": "Ada Quill"}],
        "slugline": f"tide-{time.monotonic_ns()}",
        **more,
    }
    status, made = wire.call("POST", "/api/v1/releases?submit=true", author, document)
    assert status == 201, made
    name = str(made["id"])
    wire.call("POST", f"/api/v1/releases/{name}/claim", chief, {})
    status, approved = wire.call("POST", f"/api/v1/releases/{name}/approve", chief, {})
    assert status == 200, approved
    return name


def live(page: Page) -> None:
    expect(page.locator(".state[data-state=live]")).to_be_visible(timeout=PATIENCE)


def headlines(page: Page) -> list[str]:
    """Those in view, from the top."""
    found = page.evaluate(
        "[...document.querySelectorAll('.row')].sort((a, b) => a.dataset.index - b.dataset.index)"
        ".map((row) => row.querySelector('.headline').textContent)"
    )
    return [str(each) for each in found]


def edge_of(wire: House) -> int:
    """The process that serves the stream."""
    home = f"DATELINE_HOME={wire.home}".encode()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if b"\0serve\0edge\0" in (process / "cmdline").read_bytes() and home in (process / "environ").read_bytes():
                return int(process.name)
        except OSError:
            continue
    raise AssertionError("there is no edge")


def test_it_shows_what_is_released_and_takes_back_what_is_withdrawn(
    wire: House, desk: tuple[str, str], visit: Callable[..., Page]
) -> None:
    page = visit("/en/screen")
    live(page)
    first = release(wire, desk, "Tide turns early", urgency=2)
    row = page.locator(".row", has_text="Tide turns early")
    expect(row).to_be_visible()
    expect(row.locator(".urgency")).to_have_text("2")
    row.click()
    expect(page.locator("#text article")).to_contain_text("Tide turns early: it did.")
    status, _ = wire.call("POST", f"/api/v1/releases/{first}/withdraw", desk[1], {"reason": "It was wrong."})
    assert status == 200
    expect(page.locator(".row.withdrawal")).to_be_visible()
    expect(page.locator(".row.gone")).to_have_count(2)
    assert "Tide turns early" not in " ".join(headlines(page))


def test_an_edge_that_is_killed_loses_nothing_on_the_screen(
    wire: House, desk: tuple[str, str], visit: Callable[..., Page]
) -> None:
    page = visit("/en/screen?find=Storm")
    live(page)
    release(wire, desk, "Storm 1")
    expect(page.locator(".row", has_text="Storm 1")).to_be_visible()
    for number in (2, 3):
        os.kill(edge_of(wire), signal.SIGKILL)
        release(wire, desk, f"Storm {number}")
        expect(page.locator(".row", has_text=f"Storm {number}")).to_be_visible(timeout=40_000)
        live(page)
    release(wire, desk, "Storm 4")
    expect(page.locator(".row", has_text="Storm 4")).to_be_visible()
    assert headlines(page) == ["Storm 4", "Storm 3", "Storm 2", "Storm 1"]


def test_a_browsers_own_eventsource_survives_it_too(
    wire: House, desk: tuple[str, str], visit: Callable[..., Page]
) -> None:
    page = visit("/en/screen")
    page.evaluate(
        "(url) => { window.got = []; const source = new EventSource(url);"
        " source.addEventListener('release', (event) => window.got.push(JSON.parse(event.data).seq));"
        " source.onopen = () => { window.opened = (window.opened ?? 0) + 1; }; }",
        f"{wire.stream}/wire?after=0",
    )
    page.wait_for_function("window.opened >= 1")
    release(wire, desk, "Before the kill")
    os.kill(edge_of(wire), signal.SIGKILL)
    release(wire, desk, "While it was down")
    page.wait_for_function("window.opened >= 2", timeout=40_000)
    release(wire, desk, "When it was back")
    _, log = wire.call("GET", "/api/v1/wire?limit=500")
    # What was taken back since is told as that.
    out = [each for each in log["entries"] if each["header"]["signal"] == "release" and each["canceled_by"] is None]
    wanted = [each["header"]["seq"] for each in out]
    page.wait_for_function("(count) => window.got.length >= count", arg=len(wanted), timeout=40_000)
    assert page.evaluate("window.got") == wanted


def test_filters_are_the_streams_and_stand_in_the_address(
    wire: House, desk: tuple[str, str], visit: Callable[..., Page]
) -> None:
    release(wire, desk, "Dividend in Korea", countries=["KR"], sectors=["medtop:20000177"])
    release(wire, desk, "Merger in France", countries=["FR"], sectors=["medtop:04000000"])
    page = visit("/en/screen")
    live(page)
    expect(page.locator(".row", has_text="Dividend in Korea")).to_be_visible()
    page.locator("[name=country]").fill("kr")
    expect(page.locator(".row", has_text="Merger in France")).to_have_count(0)
    expect(page.locator(".row", has_text="Dividend in Korea")).to_be_visible()
    assert "country=KR" in page.url
    again = visit(page.url.removeprefix(wire.web))
    expect(again.locator("[name=country]")).to_have_value("KR")
    expect(again.locator(".row", has_text="Dividend in Korea")).to_be_visible()
    again.locator("[name=country]").fill("")
    again.locator("[name=words]").fill("merger AND NOT dividend")
    expect(again.locator(".row", has_text="Merger in France")).to_be_visible()
    expect(again.locator(".row", has_text="Dividend in Korea")).to_have_count(0)
    again.locator("[name=words]").fill("merger AND")
    expect(again.locator("#refusal")).to_be_visible()
    again.locator("button[type=reset]").click()
    expect(again.locator("#refusal")).to_be_hidden()
    expect(again.locator(".row", has_text="Dividend in Korea")).to_be_visible()


def test_by_keyboard_alone(wire: House, desk: tuple[str, str], visit: Callable[..., Page]) -> None:
    release(wire, desk, "Keys one")
    release(wire, desk, "Keys two")
    page = visit("/en/screen?find=Keys")
    live(page)
    expect(page.locator(".row", has_text="Keys one")).to_be_visible()
    page.locator("#rows").focus()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(".row[aria-selected=true] .headline")).to_have_text("Keys one")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page.locator("#text article")).to_contain_text("Keys two")
    page.keyboard.press("Escape")
    page.keyboard.press("p")
    release(wire, desk, "Keys three")
    expect(page.locator("#state")).to_contain_text("(1)")
    assert "Keys three" not in headlines(page)
    page.keyboard.press("p")
    expect(page.locator(".row", has_text="Keys three")).to_be_visible()
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.locator("#rows").focus()
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("m")
    expect(page.locator("#alarm")).to_have_value("4")


def test_ten_thousand_lines_are_a_handful_in_the_document(visit: Callable[..., Page]) -> None:
    page = visit("/en/screen")
    page.evaluate(
        """async () => {
          const address = document.querySelector("script[type=module]").src.replace("screen.js", "screen_list.js");
          const { List } = await import(address);
          const shown = document.getElementById("rows");
          const box = shown.cloneNode(false), spacer = document.getElementById("spacer").cloneNode(false);
          box.append(spacer);
          shown.replaceWith(box);
          const draw = (item, node) => { node.textContent = item; };
          window.big = new List(box, spacer, draw, { chosen() {}, away: (count) => { window.away = count; } });
          big.set(Array.from({ length: 10000 }, (_, number) => `Line ${number}`));
        }"""
    )
    page.wait_for_function("document.querySelectorAll('.row').length > 5")
    page.evaluate("big.box.scrollTop = 5000 * big.row")
    line = page.locator(".row", has_text="Line 5005")
    expect(line).to_be_visible()
    before = line.bounding_box()
    assert int(page.evaluate("document.querySelectorAll('.row').length")) < 80
    page.evaluate("big.add(['New one', 'New two'])")
    page.wait_for_function("window.away === 2")
    after = line.bounding_box()
    assert before is not None
    assert after is not None
    assert abs(before["y"] - after["y"]) < 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE])
@pytest.mark.parametrize("lang", ["en", "ar"])
def test_it_fits_and_can_be_read(
    wire: House, desk: tuple[str, str], visit: Callable[..., Page], lang: str, size: tuple[int, int], scheme: str
) -> None:
    release(wire, desk, f"Fits {lang} {size[0]} {scheme}", urgency=1, sectors=["medtop:04000000"])
    page = visit(f"/{lang}/screen?lang={lang}", size=size, scheme=scheme)
    live(page)
    expect(page.locator(".row").first).to_be_visible()
    assert sideways(page) <= 0
    assert page.evaluate(CONTRAST, AA) == []
    assert page.locator("html").get_attribute("dir") == ("rtl" if lang == "ar" else "ltr")
    if pictures := os.environ.get("DATELINE_PICTURES"):
        page.screenshot(path=f"{pictures}/screen-{lang}-{size[0]}-{scheme}.png")
        page.locator(".row").first.click()
        expect(page.locator("#text article")).to_be_visible()
        page.screenshot(path=f"{pictures}/screen-{lang}-{size[0]}-{scheme}-open.png")
