"""The keys that sign the wire's mail: made here, published by the operator, used once they are active."""

from datetime import datetime
from typing import cast

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from django.db import transaction

from dateline.delivery.mailing.dkim import PrivateKey, Signer
from dateline.delivery.models import MailKey
from dateline.vault import keys

_KEY = "mail"
# What every receiver takes (RFC 8301 asks for at least 1024 bits, and that 2048 be used).
_BITS = 2048


@transaction.atomic
def make(now: datetime) -> list[MailKey]:
    """A new pair of keys, RSA and Ed25519, not yet active: publish their records first."""
    made = []
    for algorithm in MailKey.Algorithm:
        key = MailKey(selector=_selector(algorithm, now), algorithm=algorithm)
        key.private = keys.encrypt(keys.named(_KEY), _der(_fresh(algorithm)), f"{_KEY}:{key.selector}")
        key.save()
        made.append(key)
    return made


@transaction.atomic
def activate(selectors: list[str]) -> None:
    """Sign with these from now on, and with no others."""
    MailKey.objects.exclude(selector__in=selectors).update(active=False)
    MailKey.objects.filter(selector__in=selectors).update(active=True)


def signer(key: MailKey, sender: str) -> Signer:
    """`sender` is the address that the wire's mail is from; its domain signs."""
    der = keys.decrypt(keys.named(_KEY), key.private, f"{_KEY}:{key.selector}")
    private = cast("PrivateKey", load_der_private_key(der, None))
    return Signer(sender.rpartition("@")[2], key.selector, private)


def active(sender: str) -> tuple[Signer, ...]:
    """Who signs now, the algorithm that everybody knows last: it stands nearest to the mail's own headers."""
    return tuple(signer(key, sender) for key in MailKey.objects.filter(active=True).order_by("algorithm"))


def _selector(algorithm: str, now: datetime) -> str:
    """Tells its age, as keys are changed; and no two are alike."""
    stem = f"{now:%Y%m%d}-{algorithm}"
    taken = set(MailKey.objects.filter(selector__startswith=stem).values_list("selector", flat=True))
    return next(name for number in range(1000) if (name := f"{stem}-{number}" if number else stem) not in taken)


def _fresh(algorithm: str) -> PrivateKey:
    if algorithm == MailKey.Algorithm.RSA:
        return rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
    return Ed25519PrivateKey.generate()


def _der(key: PrivateKey) -> bytes:
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
