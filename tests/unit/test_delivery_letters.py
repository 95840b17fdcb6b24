"""The house's own mails, in every language: whole, and not turned round by what others wrote."""

import email
from email.message import EmailMessage
from email.policy import default

import pytest

from dateline.delivery.mailing.letter import Letter
from dateline.words.languages import FIFTEEN, language
from tests.unit.test_delivery_mail import ESRA, NOW, SENDER, text

VALUES = {
    "webhook": "ab12cd34ef56ab78",
    "host": "https://hook.example:8443",
    "since": "2026-11-23 08:50 UTC",
    "said": "HTTP 503 <b>down</b> (for repair)",
    "url": "https://wire.example/work/subscription/endpoint/ab12cd34ef56ab78",
}
KINDS = ("left_alone", "well_again", "ended")


def letter(kind: str, lang: str) -> EmailMessage:
    made = Letter(kind, lang, VALUES).to(ESRA, SENDER, NOW)
    return email.message_from_bytes(made, policy=default)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("lang", FIFTEEN)
def test_what_an_owner_is_told_is_whole_in_each_language(kind: str, lang: str) -> None:
    made = letter(kind, lang)
    assert VALUES["host"] in made["Subject"]
    assert "%(" not in made["Subject"] + text(made, "plain")
    assert f"\u2068{VALUES['host']}\u2069" in text(made, "plain")
    assert VALUES["url"] in text(made, "plain").splitlines()
    assert f'<a href="{VALUES["url"]}" dir="ltr"' in text(made, "html")
    assert f'dir="{language(lang).direction}" style="' in text(made, "html")
    if lang != "en":
        assert made["Subject"] != letter(kind, "en")["Subject"]


def test_arabic_runs_from_right_to_left_around_what_was_answered() -> None:
    made = letter("left_alone", "ar")
    assert 'lang="ar" dir="rtl"' in text(made, "html")
    assert "<p>\u2068HTTP 503 &lt;b&gt;down&lt;/b&gt; (for repair)\u2069</p>" in text(made, "html")
    assert "\u2068HTTP 503 <b>down</b> (for repair)\u2069" in text(made, "plain")


def test_a_digest_has_headlines_that_lead_to_their_stories_and_a_way_out() -> None:
    leave = "https://wire.example/unsubscribe/0123456789abcdef"
    items = [
        {"headline": "Tide & turns", "dateline": "BREST, Nov. 26", "url": "https://wire.example/en/a", "lang": "en"},
        {"headline": "المد يعود", "dateline": "", "url": "https://wire.example/ar/b", "lang": "ar"},
    ]
    made = email.message_from_bytes(
        Letter("digest", "ar", {"items": items, "leave": leave}).to(ESRA, SENDER, NOW), policy=default
    )
    plain, page = text(made, "plain"), text(made, "html")
    assert plain.splitlines()[:2] == ["BREST, Nov. 26 Tide & turns", "https://wire.example/en/a"]
    assert f'<a href="{leave}" dir="ltr"' in page
    assert '<p lang="en" dir="ltr">BREST, Nov. 26 <a href="https://wire.example/en/a"' in page
    assert (
        '<p lang="ar" dir="rtl"><a href="https://wire.example/ar/b" style="font-weight:bold">المد يعود</a></p>' in page
    )
    assert "direction:rtl;text-align:right" in page
    assert "prefers-color-scheme:dark" in page


def test_what_another_end_answered_is_no_link_even_if_it_looks_like_one() -> None:
    made = Letter("left_alone", "en", {**VALUES, "said": "HTTP 503 see https://lure.example/"}).to(ESRA, SENDER, NOW)
    assert 'href="https://lure' not in text(email.message_from_bytes(made, policy=default), "html")
