"""The newsroom and a release in a real browser: wide and on a phone, from left and from right."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest.mock import Mock

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from dateline.intake.models import FiledVersion
from dateline.words.release import Rendition, Signal
from tests.browser.conftest import PHONE, WIDE
from tests.rooms import stories
from tests.rooms.stories import STORY

Visit = Callable[..., Page]
Released = Callable[..., FiledVersion]
TABLE = "<table>" + "<tr>" + "<td>1,234,567</td>" * 14 + "</tr></table>"
LONG = replace(
    STORY,
    renditions=tuple(
        replace(each, body_html=each.body_html + TABLE + "<p>https://tidewell.example/" + "a" * 120 + "</p>")
        for each in STORY.renditions
    ),
    sectors=("medtop:04000000",),
)

# The smallest contrast that WCAG 2.2 asks of running text.
AA = 4.5
CONTRAST = """
(least) => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const channels = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = (colour) => {
    const [r, g, b] = channels(colour).slice(0, 3).map((c) => c / 255)
      .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (node) => {
    for (; node; node = node.parentElement) {
      const colour = getComputedStyle(node).backgroundColor;
      if (channels(colour)[3]) return colour;
    }
    return "white";
  };
  const poor = [];
  for (const node of document.querySelectorAll("body *")) {
    const own = [...node.childNodes].some((each) => each.nodeType === 3 && each.data.trim());
    if (!own || !node.checkVisibility()) continue;
    const [a, b] = [light(getComputedStyle(node).color), light(ground(node))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < least) poor.push(`${node.tagName}.${node.className}: ${ratio.toFixed(2)}`);
  }
  return poor;
}
"""


def sideways(page: Page) -> int:
    """By how much the page is wider than the screen."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.mark.parametrize("size", [WIDE, PHONE, (320, 640)])
@pytest.mark.parametrize("lang", ["en", "ar"])
def test_nothing_runs_off_the_page(released: Released, visit: Visit, lang: str, size: tuple[int, int]) -> None:
    filed = released(LONG)
    for path in (f"/{lang}/", f"/{lang}/{filed.release_id}", "/feeds/", f"/{lang}/sector/"):
        assert sideways(visit(path, size=size)) <= 0, path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_can_be_read_by_day_and_by_night(released: Released, visit: Visit, scheme: str) -> None:
    filed = released(LONG)
    stories.corrected(filed, replace(LONG, renditions=stories.CORRECTED.renditions, signal=Signal.CORRECTION))
    for path in ("/en/", f"/en/{filed.release_id}", "/feeds/"):
        assert visit(path, scheme=scheme).evaluate(CONTRAST, AA) == []


def test_arabic_is_set_from_the_right(released: Released, visit: Visit) -> None:
    filed = released(LONG)
    page = visit(f"/ar/{filed.release_id}")
    assert page.locator("html").get_attribute("dir") == "rtl"
    text, aside = page.locator("article.release").bounding_box(), page.locator("aside.about").bounding_box()
    assert text is not None
    assert aside is not None
    assert aside["x"] < text["x"]
    assert page.locator(".body p").first.evaluate("node => getComputedStyle(node).textAlign") in {"start", "right"}
    english = visit(f"/en/{filed.release_id}").locator("aside.about").bounding_box()
    assert english is not None
    assert english["x"] > 700


def test_a_line_of_text_is_no_longer_than_the_eye_likes(released: Released, visit: Visit) -> None:
    words = Rendition("en", "Tide turns", place="Brest", body_html=f"<p>{'The tide turned at noon today. ' * 40}</p>")
    filed = released(replace(STORY, renditions=(words,)))
    page = visit(f"/en/{filed.release_id}", size=(1600, 900))
    letters = page.locator(".body p").evaluate(
        "node => { const r = document.createRange(); r.selectNodeContents(node);"
        " return node.textContent.length / new Set([...r.getClientRects()].map(b => Math.round(b.top))).size }"
    )
    assert 45 <= letters <= 80


def test_the_languages_open_and_lead_to_the_same_release(released: Released, visit: Visit) -> None:
    filed = released()
    page = visit(f"/en/{filed.release_id}", size=PHONE)
    page.locator(".menu summary").click()
    page.locator(".menu").get_by_text("العربية").click()
    expect(page).to_have_url(f"/ar/{filed.release_id}")
    expect(page.locator("h1")).to_have_text("المد يعود")


def test_it_can_be_read_by_keyboard_alone(released: Released, visit: Visit) -> None:
    released()
    page = visit("/en/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(".lead h2 a")).to_be_focused()
    assert page.locator(".lead h2 a").evaluate("node => getComputedStyle(node).outlineStyle") == "solid"


def test_without_scripts_the_page_is_whole(released: Released, visit: Visit) -> None:
    released()
    page = visit("/en/", java_script_enabled=False)
    expect(page.locator(".lead h2")).to_have_text("Tide turns")
    expect(page.locator(".news-bar")).to_be_hidden()


def test_what_slipped_through_the_cleaning_runs_nothing(released: Released, visit: Visit) -> None:
    evil = "<p>So.</p><img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>"
    filed = released(replace(STORY, renditions=(replace(STORY.main, body_html=evil),)))
    page = visit(f"/en/{filed.release_id}")
    expect(page.locator(".body p")).to_contain_text("So.")
    assert page.title() == "Tide turns · Wire"


def test_on_paper_there_is_the_text_and_no_machinery(released: Released, visit: Visit) -> None:
    filed = released()
    page = visit(f"/en/{filed.release_id}")
    page.emulate_media(media="print")
    expect(page.locator(".body")).to_be_visible()
    for machinery in (".menu", ".about", ".colophon nav"):
        expect(page.locator(machinery)).to_be_hidden()


@pytest.fixture
def stream(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A live stream that tells of two releases; the addresses it was asked for."""
    asked: list[str] = []

    def respond(request: BaseHTTPRequestHandler) -> None:
        asked.append(request.path)
        request.send_response(200)
        request.send_header("Content-Type", "text/event-stream")
        request.send_header("Access-Control-Allow-Origin", "*")
        request.end_headers()
        request.wfile.write(b"retry: 60000\n\nid: 2\nevent: release\ndata: {}\n\nid: 3\nevent: release\ndata: {}\n\n")

    handler = type("Stream", (BaseHTTPRequestHandler,), {"do_GET": respond, "log_message": Mock()})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setattr(settings, "DATELINE_WIRE", replace(settings.DATELINE_WIRE, stream_url=address))
    yield asked
    server.shutdown()
    thread.join()
    server.server_close()


def test_what_is_new_is_announced_and_shown_when_the_reader_asks(
    released: Released, visit: Visit, stream: list[str]
) -> None:
    released(LONG)
    page = visit("/en/sector/medtop:04000000/")
    expect(page.locator(".news-bar")).to_have_text("New releases: 2")
    assert stream == ["/wire?lang=en&sector=medtop:04000000&after=1"]
    released(replace(LONG, renditions=(replace(STORY.main, headline="A second tide"),)))
    page.locator(".news-bar").click()
    expect(page.get_by_text("A second tide")).to_be_visible()
