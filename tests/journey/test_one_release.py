"""One release, the whole way: filed, checked, sealed, released, streamed, fed, posted, mailed, reported, proved.

Then corrected, and at last withdrawn.
"""

import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import feedparser
import httpx
import pytest
from standardwebhooks import Webhook

from tests.house import House, house
from tests.rooms.ends import Ends, ends, until
from tests.shared import shared

FILE = "pr-globenewswire/202006097942547-en.newsml"


@dataclass(slots=True)
class Screen:
    """A desktop: every frame that came, by `curl -N` as a newcomer would try it."""

    url: str
    frames: list[dict[str, Any]] = field(default_factory=list)
    process: subprocess.Popen[str] | None = None
    thread: threading.Thread | None = None

    def open(self) -> None:
        self.process = subprocess.Popen(["curl", "-sN", self.url], stdout=subprocess.PIPE, text=True)
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self) -> None:
        assert self.process is not None
        assert self.process.stdout is not None
        event = ""
        for line in self.process.stdout:
            if line.startswith("event:"):
                event = line[6:].strip()
            if line.startswith("data:") and event != "heartbeat":
                self.frames.append({"event": event, **json.loads(line[5:])})

    def close(self) -> None:
        if self.process is not None:
            self.process.terminate()
            if self.thread is not None:
                self.thread.join()
            self.process.wait()
            if self.process.stdout is not None:
                self.process.stdout.close()


@dataclass(slots=True)
class Story:
    """What the whole journey shares."""

    wire: House
    outside: Ends
    screen: Screen
    provider: str
    chief: str
    secret: str
    key: str = ""


@pytest.fixture(scope="module")
def story() -> Iterator[Story]:
    with ends() as outside, house(DATELINE_SMTP_URL=outside.smtp_url) as wire:
        wire.init()
        provider = wire.token("issuer_author", "--organisation", "GlobeNewswire", "--provider")
        chief = wire.token("chief_editor")
        wire.dateline("user", "new", "esra@gazette.example", "--role", "subscriber", "--password", "a-long-pass-phrase")
        reader = wire.token("subscriber", "--user", "esra@gazette.example")
        wire.start()
        wants = {"languages": ["en"], "rules": [{"everything": True}]}
        assert wire.call("PUT", "/api/v1/subscription", reader, wants)[0] == 200
        hook = {"channel": "webhook", "address": outside.hook("gazette")}
        status, endpoint = wire.call("POST", "/api/v1/subscription/endpoints", reader, hook)
        assert status == 201, endpoint
        mail = {"channel": "email", "address": "esra@gazette.example"}
        assert wire.call("POST", "/api/v1/subscription/endpoints", reader, mail)[0] == 201
        _say_yes(wire, outside)
        screen = Screen(f"{wire.stream}/wire?lang=en")
        screen.open()
        yield Story(wire, outside, screen, provider, chief, endpoint["secret"])
        screen.close()


def _say_yes(wire: House, outside: Ends) -> None:
    """The journalist is asked by mail whether the address is hers, and answers on the page that it leads to."""
    until(lambda: outside.mails)
    _, question = outside.mails.pop()
    path = re.search(r"/confirm/\S+", question.get_body(("plain",)).get_content())
    assert path
    assert httpx.post(f"{wire.web}{path[0]}", data={"act": "yes"}).status_code == 200


def test_1_a_real_file_is_submitted_by_the_command(story: Story) -> None:
    file = shared("fixtures") / FILE
    done = story.wire.dateline("submit", str(file), "--token", story.provider, "--url", story.wire.web)
    assert "submitted as" in done.stdout
    found = re.search(r"submitted as ([a-z2-7]{26})", done.stdout)
    assert found
    story.key = found[1]
    again = story.wire.dateline("submit", str(file), "--token", story.provider, "--url", story.wire.web)
    assert story.key in again.stdout, "a repeat is the same filing"


def test_2_the_desk_claims_edits_and_approves_it(story: Story) -> None:
    act = f"/api/v1/releases/{story.key}"
    assert story.wire.call("POST", f"{act}/claim", story.chief, {})[1]["state"] == "in_review"
    status, shown = story.wire.call("GET", act, story.chief)
    assert status == 200
    if any(finding["weight"] == "stop" for finding in shown["findings"]):
        content = {**shown["content"], "contacts": [{"name": "Desk", "email": "desk@wire.example"}]}
        content.pop("erases")
        assert story.wire.call("PUT", f"{act}?edit={shown['edit']}", story.chief, content)[0] == 200
    status, approved = story.wire.call("POST", f"{act}/approve", story.chief, {})
    assert (status, approved["state"]) == (200, "approved")


def test_3_the_desktop_sees_it_within_a_second(story: Story) -> None:
    until(lambda: story.screen.frames)
    (frame,) = story.screen.frames
    assert frame["event"] == "release"
    assert (frame["seq"], frame["prev"], frame["edition"]) == (1, 0, 1)
    assert frame["guid"].endswith(story.key)
    assert frame["source"] == "GlobeNewswire"


def test_4_a_feed_reader_a_newsroom_and_every_format_have_it(story: Story) -> None:
    headline = story.screen.frames[0]["headline"].rstrip("…")
    for kind in ("rss", "atom"):
        feed = feedparser.parse(httpx.get(f"{story.wire.web}/feeds/en.{kind}").content)
        assert not feed.bozo
        assert feed.entries[0].title.startswith(headline)
    page = httpx.get(f"{story.wire.web}/en/{story.key}", headers={"Accept": "text/html"}).text
    for sign in ("GlobeNewswire", "third-party content provider", "application/ld+json", 'hreflang="en"'):
        assert sign in page
    for extension in ("json", "xml", "txt", "html"):
        text = httpx.get(f"{story.wire.web}/en/{story.key}.{extension}").text
        assert "third-party content provider" in text, f"{extension} omits the disclaimer"


def test_5_the_outlet_and_the_journalist_have_it(story: Story) -> None:
    until(lambda: story.outside.posts and story.outside.mails)
    post = story.outside.posts[0]
    Webhook(story.secret).verify(post.body, {name.lower(): value for name, value in post.headers.items()})
    assert json.loads(post.body)["uri"].endswith(f"{story.key}/en")
    _, mail = story.outside.mails[0]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "third-party content provider" in mail.get_body(("plain",)).get_content()


def test_6_the_report_says_what_they_saw(story: Story) -> None:
    def report() -> dict[str, Any]:
        words = ("report", story.key, "--token", story.provider, "--url", story.wire.web, "--json")
        return dict(json.loads(story.wire.dateline(*words).stdout))

    until(lambda: report()["totals"]["delivered"] == 2)
    told = report()
    assert told["totals"]["owed"] == 2
    evidence = {row["channel"]: row["evidence"] for row in told["recipients"]}
    assert "204" in evidence["webhook"]
    assert evidence["email"].startswith("250")
    assert "esra" not in json.dumps(told), "an issuer sees a pseudonym"


def test_7_the_log_proves_it_offline(story: Story) -> None:
    key = story.wire.dateline("key", "public").stdout.strip()
    bundle = story.wire.folder / "proof.json"
    bundle.write_bytes(httpx.get(f"{story.wire.web}/api/v1/wire/1/proof").content)
    proved = story.wire.dateline("verify", str(bundle), "--key", key).stdout
    assert "Entry 1 is in that log" in proved
    assert "The part rendition/en is, to the letter, what was released." in proved
    bundle.write_text(bundle.read_text().replace("released", "sealed"))
    assert story.wire.dateline("verify", str(bundle), "--key", key, check=False).returncode == 1
    assert "Entry 1" in story.wire.dateline("verify", story.key, "--url", story.wire.web).stdout


def test_8_a_correction_goes_the_same_way(story: Story) -> None:
    act = f"/api/v1/releases/{story.key}"
    body = {"signal": "correction", "ednote": "Corrects the headline."}
    assert story.wire.call("POST", f"{act}/correct", story.chief, body)[0] == 200
    shown = story.wire.call("GET", act, story.chief)[1]
    content = shown["content"]
    content.pop("erases")
    content["renditions"][0]["headline"] = "The corrected headline"
    assert story.wire.call("PUT", f"{act}?edit={shown['edit']}", story.chief, content)[0] == 200
    assert story.wire.call("POST", f"{act}/approve", story.chief, {})[0] == 200
    until(lambda: len(story.screen.frames) == 2 and len(story.outside.posts) == 2 and len(story.outside.mails) == 2)
    frame = story.screen.frames[1]
    assert (frame["event"], frame["headline"], frame["edition"]) == ("correction", "The corrected headline", 2)
    page = httpx.get(f"{story.wire.web}/en/{story.key}", headers={"Accept": "text/html"}).text
    assert "<ins>" in page
    assert "Corrects the headline." in page
    feed = feedparser.parse(httpx.get(f"{story.wire.web}/feeds/en.atom").content)
    assert len(feed.entries) == 1
    assert feed.entries[0].title == "The corrected headline"
    assert feed.entries[0].updated > feed.entries[0].published


def test_9_after_the_withdrawal_nobody_serves_the_text(story: Story) -> None:
    body = {"reason": "It was not true."}
    assert story.wire.call("POST", f"/api/v1/releases/{story.key}/withdraw", story.chief, body)[0] == 200
    until(lambda: len(story.screen.frames) == 3 and len(story.outside.posts) == 3 and len(story.outside.mails) == 3)
    assert story.screen.frames[2]["event"] == "withdrawal"
    words = "The corrected headline"
    time.sleep(0.2)
    for address in (
        f"/en/{story.key}",
        f"/en/{story.key}?seq=1",
        f"/en/{story.key}.json",
        f"/en/{story.key}.xml",
        f"/en/{story.key}.txt",
    ):
        answer = httpx.get(f"{story.wire.web}{address}")
        assert words not in answer.text, address
    for address in (
        "/en/",
        "/feeds/en.rss",
        "/feeds/en.json",
        "/api/v1/wire",
        "/api/v1/wire/2",
        "/api/v1/wire/2/proof",
        "/news-sitemap.xml",
    ):
        assert words not in httpx.get(f"{story.wire.web}{address}").text, address
    atom = httpx.get(f"{story.wire.web}/feeds/en.atom").text
    assert "deleted-entry" in atom
    assert words not in atom
    replay = subprocess.run(
        ["curl", "-sN", "-m", "2", f"{story.wire.stream}/wire?after=0"], capture_output=True, text=True, check=False
    )
    assert replay.stdout.count('data: {"headline"') == 3
    assert words not in replay.stdout
    assert json.loads(story.outside.posts[2].body)["pubStatus"] == "canceled"
    assert words not in story.outside.mails[2][1].as_string()
    assert "withdrawn" in story.wire.dateline("verify", story.key, "--url", story.wire.web).stdout


def test_the_tail_command_follows_and_reads_back(story: Story) -> None:
    line = [sys.executable, "-m", "dateline", "tail", "--after", "0", "--json", "--url", story.wire.stream]
    with subprocess.Popen(line, env=story.wire.environment, stdout=subprocess.PIPE, text=True) as tail:
        assert tail.stdout is not None
        events = [json.loads(tail.stdout.readline())["event"] for _ in range(3)]
        tail.terminate()
    assert events[2] == "withdrawal"
