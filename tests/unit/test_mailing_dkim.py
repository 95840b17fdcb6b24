"""What we sign, another implementation finds good; and what was changed on the way, bad."""

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from dateline.delivery.mailing.dkim import Signer
from dateline.delivery.mailing.mail import Mail, Sender
from tests import signatures
from tests.unit.test_delivery_mail import ESRA, HEADLINES, WIRE, entry

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
SIGNERS = (
    Signer("wire.example", "ed", Ed25519PrivateKey.generate()),
    Signer("wire.example", "rsa", rsa.generate_private_key(public_exponent=65537, key_size=2048)),
)
SENDER = Sender(WIRE, "wire@wire.example", b"k", b"b", SIGNERS)
RECORDS = {f"{each.selector}._domainkey.{each.domain}": each.record() for each in SIGNERS}


def made(lang: str) -> bytes:
    return Mail.of(entry(lang, HEADLINES[lang], f"<p>{HEADLINES[lang]}</p>"), lang, SENDER).to(ESRA, SENDER, NOW)


def test_both_signatures_are_good_in_every_script() -> None:
    assert signatures.judged([made(lang) for lang in HEADLINES], RECORDS) == [["good", "good"]] * len(HEADLINES)


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        (b"To: esra@", b"To: asra@", "bad"),
        (b"List-Unsubscribe: <https://wire", b"List-Unsubscribe: <https://wine", "bad"),
        (b"One-Click", b"Two-Click", "bad"),
        (b"Message-ID:", b"From: Someone <else@wire.example>\r\nMessage-ID:", "bad"),
        (b"Message-ID:", b"Subject: Another\r\nMessage-ID:", "bad"),
        (b"alternative_=--\r\n", b"alternative_=-- \r\n", "body hash mismatch"),
    ],
)
def test_nothing_can_be_changed_or_added(was: bytes, now: bytes, said: str) -> None:
    message = made("en")
    assert was in message
    ((one, other),) = signatures.judged([message.replace(was, now, 1)], RECORDS)
    assert one.startswith(said)
    assert other.startswith(said)
