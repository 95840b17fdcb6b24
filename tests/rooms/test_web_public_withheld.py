"""What public readers may not see: withdrawn, erased, or for others."""

import json
from collections.abc import Callable
from dataclasses import replace

from django.test import Client

from dateline.desk import changes
from dateline.formats.registry import FORMATS
from dateline.intake.models import FiledVersion
from dateline.people.models import User
from dateline.wire import log
from dateline.words import clock
from dateline.words.release import Rendition, Signal
from tests.rooms import stories
from tests.rooms.pages import BROWSER, SECTORED, key, select, texts, tree
from tests.rooms.stories import CHIEF, STORY

# A page of each kind in which a released text may stand; LANG and KEY are filled in.
EVERYWHERE = (
    "/LANG/",
    "/LANG/?before=999",
    "/LANG/sector/medtop:04000000/",
    "/LANG/KEY",
    "/LANG/KEY?seq=1",
    "/LANG/KEY?version=1",
    *(f"/LANG/KEY.{extension}" for extension in FORMATS),
    "/feeds/LANG.rss",
    "/feeds/LANG.atom",
    "/feeds/LANG.json",
    "/feeds/LANG/medtop:04000000.rss",
    "/sitemap.xml",
    "/sitemap-1.xml",
    "/news-sitemap.xml",
    "/metrics",
    "/api/v1/wire",
    "/api/v1/wire/1/proof",
    "/api/v1/entries/KEY",
)
Released = Callable[..., FiledVersion]


def without_headers(document: object) -> object:
    """What an API answer says beside the signed headers."""
    if isinstance(document, dict):
        return {name: without_headers(value) for name, value in document.items() if name != "header"}
    return [without_headers(each) for each in document] if isinstance(document, list) else document


def test_after_a_withdrawal_no_public_answer_has_the_text(released: Released, browser: Client) -> None:
    filed = released(SECTORED)
    stories.corrected(filed, replace(SECTORED, signal=Signal.CORRECTION, ednote="It is forty million, not four."))
    before = browser.get(f"/en/{key(filed)}")
    stories.withdrawn(filed)
    words = [each.headline for each in STORY.renditions]
    words += ["noon", "forty", "Sie kehrte", "عاد", "Tidewell-plant", "Ada Quill"]
    for lang in ("en", "de", "ar"):
        for path in EVERYWHERE:
            answer = browser.get(path.replace("LANG", lang).replace("KEY", key(filed)))
            found = answer.content.decode()
            if path.startswith("/api/"):
                # The signed header keeps its note and slugline, or its leaf could not be proved.
                found = json.dumps(without_headers(json.loads(found)), ensure_ascii=False)
            assert not [word for word in words if word in found], path
    page = tree(browser.get(f"/en/{key(filed)}"))
    assert browser.get(f"/en/{key(filed)}").status_code == 410
    assert texts(page, "h1") == ["Withdrawn"]
    assert "Filed in error." in texts(page, ".notice")[0]
    assert f"{log.entry(1).guid}/en" in texts(page, ".about code")[0]
    # Who has the page already is told at once.
    again = browser.get(f"/en/{key(filed)}", headers={"if-none-match": before["ETag"], **BROWSER})
    assert again.status_code == 410


def test_an_erased_part_says_so_and_the_other_languages_stay(released: Released, browser: Client) -> None:
    filed = released()
    changes.erase(filed, ["1:rendition/de"], "A court ordered it.", by=CHIEF, now=clock.now())
    stories.release_due()
    answer = browser.get(f"/de/{key(filed)}")
    assert answer.status_code == 410
    page = tree(answer)
    assert "Flut" not in answer.content.decode()
    assert len(select(page, ".history li")) == 2
    assert select(page, ".history .note")[0].text_content() == "A court ordered it."
    assert texts(tree(browser.get(f"/en/{key(filed)}")), "h1") == ["Tide turns"]


def test_only_those_in_the_audience_read_and_nobody_else_learns_of_it(released: Released, browser: Client) -> None:
    swahili = Rendition("sw", headline="Maji yamegeuka", place="Brest", body_html="<p>Yamegeuka.</p>")
    filed = released(replace(SECTORED, audience=("media",), renditions=(*STORY.renditions, swahili)))
    for path in EVERYWHERE:
        answer = browser.get(path.replace("LANG", "en").replace("KEY", key(filed)))
        assert "Tide turns" not in answer.content.decode(), path
        if "KEY" in path:
            assert answer.status_code == 404
    assert browser.get("/sw/").status_code == 404
    assert "sw" not in browser.get("/.well-known/dateline.json").json()["languages"]
    assert key(filed) not in browser.get("/sitemap-1.xml").content.decode()
    reader = User.objects.create_user("j@gazette.example", "x", name="Esra", role="subscriber", groups=["media"])
    browser.force_login(reader)
    answer = browser.get(f"/sw/{key(filed)}")
    assert "Maji yamegeuka" in answer.content.decode()
    assert answer["Cache-Control"] == "private, no-cache"
    assert "Maji yamegeuka" in browser.get("/sw/").content.decode()
    # Feeds are fetched by programs without a session: what they have is public.
    assert "Tide turns" not in browser.get("/feeds/en.atom").content.decode()
