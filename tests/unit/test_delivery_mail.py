"""A mail parses back to what was said, in every script, for every recipient, and can be told apart by nothing else."""

import base64
import email
import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.delivery import links
from dateline.delivery.channels.webhook import signature
from dateline.delivery.mailing.mail import Mail, Sender
from dateline.delivery.recipient import Recipient
from dateline.words.entry import Entry
from dateline.words.wire import Wire

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
WIRE = Wire(name="Wire, the {best}", base_url="https://wire.example")
SENDER = Sender(WIRE, "wire@wire.example", leave=b"key", bounce=b"another key")
ESRA = Recipient(1, "ab12cd34ef56ab78", "esra@gazette.example", "", 2, "en", 0, "msg_2", "msg_1")
HEADLINES = {
    "en": "Tide turns: “at noon”",
    "ar": "المد يعود عند الظهر، والشركة تعلن نتائجها للربع الثالث من العام وتوقعاتها للعام المقبل",
    "zh-Hans": "潮水在正午转向，公司公布第三季度业绩以及对明年的展望" * 4,
    "th": "กระแสน้ำเปลี่ยนตอนเที่ยง บริษัทประกาศผลประกอบการไตรมาสที่สาม",
    "ko": "조류가 정오에 바뀌었다",
}


def entry(lang: str, headline: str, body: str, **header: object) -> Entry:
    source = {"kind": "issuer", "name": "Tidewell", "issuer": "Tidewell", "guid": "", "state_controlled": None}
    part = {"lang": lang, "headline": headline, "dateline": "BREST – ", "body_html": body, "labels": []}
    return Entry(
        {
            "seq": 2,
            "guid": "tag:wire.example,2026:k3",
            "signal": "release",
            "released_at": "2026-11-23T09:00:00.000Z",
            "editions": {lang: 1},
            "source": source,
            "sectors": [],
            "ednote": "",
            "disclosure": {"third_party": False, "sponsored": False, "machine_translated": [], "ai_use": "none"},
            **header,
        },
        {f"rendition/{lang}": part},
    )


def mail(sent: Entry, lang: str, to: Recipient = ESRA) -> EmailMessage:
    made = Mail.of(sent, lang, SENDER).to(to, SENDER, NOW)
    made.decode("ascii")
    return email.message_from_bytes(made, policy=default)


def text(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return part.get_content()


@pytest.mark.parametrize("lang", HEADLINES)
def test_every_script_comes_back_as_it_was_written(lang: str) -> None:
    made = mail(entry(lang, HEADLINES[lang], f"<p>{HEADLINES[lang]}</p>"), lang)
    assert made["Subject"] == HEADLINES[lang]
    assert made["From"].addresses[0].display_name == WIRE.name
    assert made["Content-Language"] == lang
    assert not made.defects
    assert made["Date"].datetime == NOW
    for kind in ("plain", "html"):
        assert HEADLINES[lang].split(":")[0] in text(made, kind)
        assert "https://wire.example/unsubscribe/ab12cd34ef56ab78" in text(made, kind)
    direction = "rtl" if lang == "ar" else "ltr"
    assert f'<div class="story" lang="{lang}" dir="{direction}" style="' in text(made, "html")
    assert [part.get_content_type() for part in made.iter_parts()] == ["text/plain", "text/html"]


LETTERS = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff")


@given(st.text(LETTERS, min_size=1, max_size=300))
def test_no_headline_breaks_out_of_its_header(headline: str) -> None:
    made = mail(entry("en", headline, "<p>It turned.</p>"), "en")
    assert "".join(str(made["Subject"]).split()) == "".join(headline.split())
    assert made["To"] == "esra@gazette.example"
    assert made["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_the_id_is_of_the_recipient_and_the_thread_of_the_story() -> None:
    sent = entry("en", "Tide turns", "<p>It turned.</p>")
    made = mail(sent, "en")
    assert (made["Message-ID"], made["References"]) == ("<msg_2@wire.example>", "<msg_1@wire.example>")
    first = mail(sent, "en", replace(ESRA, before="", message="msg_9"))
    assert first["References"] is None
    assert first["Message-ID"] == "<msg_9@wire.example>"


def test_what_is_withdrawn_has_a_label_and_no_text() -> None:
    sent = replace(entry("en", "Tide turns", "<p>It turned at noon.</p>", signal="withdrawal", ednote="In error."))
    made = mail(sent, "en")
    assert made["Subject"] == "Withdrawn"
    for kind in ("plain", "html"):
        assert "noon" not in text(made, kind)
        assert "turns" not in text(made, kind)
        assert "In error." in text(made, kind)


def test_a_token_is_bound_to_its_endpoint() -> None:
    one, other = (links.signed(b"key", name) for name in ("ab12cd34ef56ab78", "ab12cd34ef56ab79"))
    assert one.startswith("ab12cd34ef56ab78")
    assert one[16:] != other[16:]
    assert links.signed(b"another key", "ab12cd34ef56ab78") != one


def test_a_webhook_is_signed_as_the_standard_says() -> None:
    expected = hmac.new(b"0" * 24, b"msg_1.1795424400.{}", hashlib.sha256).digest()
    secret = "whsec_" + base64.b64encode(b"0" * 24).decode()
    assert signature(secret, "msg_1", 1795424400, b"{}") == f"v1,{base64.b64encode(expected).decode()}"
