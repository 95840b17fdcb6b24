"""The log by the API: pages that lose nothing, formats by negotiation, proofs that hold, withdrawals without text."""

import json
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from lxml import etree

from dateline.formats import note, proof
from dateline.people import tokens
from dateline.people.roles import Role
from dateline.wire import log
from dateline.words import clock
from dateline.words.release import Rendition
from tests.rooms import stories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_head")]
KOREAN = replace(
    stories.STORY,
    renditions=(Rendition("ko", headline="조수가 바뀌다", place="브레스트", body_html="<p>정오에.</p>"),),
    source_language="ko",
)
FOR_MEDIA = replace(stories.STORY, audience=("media",))


def get(path: str, **headers: str) -> Any:
    return Client().get(f"/api/v1{path}", headers=headers)


def walk(limit: int, lang: str = "") -> list[int]:
    """Every seq that the pages give, from the first to the last."""
    seqs, cursor = [], 0
    while True:
        page = get(f"/wire?after={cursor}&limit={limit}&lang={lang}").json()
        seqs += [entry["header"]["seq"] for entry in page["entries"]]
        if page["next"] == cursor:
            return seqs
        cursor = page["next"]
        assert cursor <= page["size"]


def media() -> dict[str, str]:
    token = tokens.new(Role.SUBSCRIBER, now=clock.now(), groups=("media",))
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_pages_of_any_length_give_each_entry_once(limit: int) -> None:
    for version in (stories.STORY, KOREAN, FOR_MEDIA, stories.STORY, KOREAN):
        stories.released(version)
    assert walk(limit) == [1, 2, 4, 5]
    assert walk(limit, "ko") == [2, 5]
    assert walk(limit, "de") == [1, 4]


def test_what_is_appended_between_two_pages_is_on_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    stories.released()
    after = log.after

    def and_then_one_more(*asked: Any) -> Any:
        found = after(*asked)
        monkeypatch.setattr(log, "after", after)
        stories.released()
        return found

    monkeypatch.setattr(log, "after", and_then_one_more)
    page = get("/wire").json()
    assert [entry["header"]["seq"] for entry in page["entries"]] == [1]
    assert [entry["header"]["seq"] for entry in get(f"/wire?after={page['next']}").json()["entries"]] == [2]


def test_a_group_reads_what_is_for_it_and_no_cache_keeps_that() -> None:
    stories.released(FOR_MEDIA)
    assert get("/wire").json()["entries"] == []
    assert get("/wire/1").status_code == 404
    answer = get("/wire/1", **media())
    assert answer.json()["header"]["audience"] == ["media"]
    assert answer["Cache-Control"] == "private, no-store"
    assert "Authorization" in answer["Vary"]


def test_who_has_a_bad_token_is_told_so_and_not_served_as_anybody() -> None:
    stories.released()
    assert get("/wire/1", Authorization="Bearer dl_forged").status_code == 401
    assert get("/wire/1").status_code == 200


@pytest.mark.parametrize(
    ("accept", "query", "kind", "language"),
    [
        ("", "", "application/json", "en"),
        ("*/*", "", "application/json", "de"),
        ("application/xml", "", "application/vnd.iptc.g2.newsitem+xml", "en"),
        ("text/html;q=0.5, text/plain", "", "text/plain; charset=utf-8", "ar"),
        ("text/html", "?format=xml", "application/vnd.iptc.g2.newsitem+xml", "de"),
        ("image/png", "?format=html", "text/html; charset=utf-8", "en"),
    ],
)
def test_a_rendition_comes_in_the_format_that_was_asked_for(accept: str, query: str, kind: str, language: str) -> None:
    key = stories.released().release_id
    answer = get(f"/entries/{key}/{language}{query}", Accept=accept)
    assert (answer.status_code, answer["Content-Type"]) == (200, kind)
    assert answer["Content-Language"] == language
    headline = next(each.headline for each in stories.STORY.renditions if each.lang == language)
    assert headline in json.dumps(answer.json(), ensure_ascii=False) if "json" in kind else headline.encode()
    if "xml" in kind:
        etree.fromstring(answer.content)


def test_a_format_or_language_that_is_none_is_refused_by_its_name() -> None:
    key = stories.released().release_id
    assert get(f"/entries/{key}/en?format=pdf").json()["errors"][0]["code"] == "bad-format"
    assert get(f"/entries/{key}/en", Accept="image/png").status_code == 406
    assert get(f"/entries/{key}/klingonese-xx").json()["errors"][0]["code"] == "bad-language"
    assert get(f"/entries/{key}/ko").status_code == 404
    assert get("/wire?lang=klingonese-xx").status_code == 422


def test_the_proof_holds_against_the_key_that_the_api_gives() -> None:
    for _ in range(3):
        stories.released()
    key = get("/wire/key").json()
    assert key["origin"] == "wire.example"
    said = proof.check(get("/wire/2/proof").json(), key["key"])
    assert any(sentence.startswith("Entry 2 is in that log") for sentence in said)


def test_the_head_shows_that_the_log_only_grew() -> None:
    stories.released()
    first = get("/wire/head").json()
    stories.released()
    grown = get("/wire/head?from=1").json()
    assert "begins with the log of 1" in proof.check_consistency(grown, first["head"], first["key"])
    assert note.parse_checkpoint(grown["head"]).size == 2
    for size in ("0", "3", "-1", "x"):
        assert get(f"/wire/head?from={size}").status_code == 422


def test_after_a_withdrawal_nothing_of_the_text_is_served_and_the_proof_still_holds() -> None:
    filed = stories.released()
    stories.withdrawn(filed)
    key = get("/wire/key").json()["key"]
    paths = ["/wire", "/wire/1", "/wire/1/proof", f"/entries/{filed.release_id}", f"/entries/{filed.release_id}/en"]
    for path in [*paths, f"/entries/{filed.release_id}/en?format=txt"]:
        answer = get(path)
        assert answer.status_code == 200
        assert "Tide turns" not in answer.content.decode(), path
    assert get("/wire/1").json()["canceled_by"] == 2
    assert get(f"/entries/{filed.release_id}/en").json()["pubStatus"] == "canceled"
    assert any("withdrawn" in sentence for sentence in proof.check(get("/wire/1/proof").json(), key))


def test_sectors_have_names_in_a_language() -> None:
    answer = get("/sectors?lang=de").json()
    assert answer["lang"] == "de"
    assert answer["sectors"]["medtop:04000000"] == "Wirtschaft und Finanzen"


def test_a_ticket_is_for_the_streams_own_groups_and_is_never_kept() -> None:
    answer = Client().post("/api/v1/tickets", content_type="application/json", headers=media())
    told = answer.json()
    assert told["stream"] == f"{settings.DATELINE_WIRE.stream_url}/wire"
    assert told["ticket"]
    assert answer["Cache-Control"] == "no-store"
