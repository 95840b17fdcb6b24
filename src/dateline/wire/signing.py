"""The wire's Ed25519 key: it signs heads. Its public half is a C2SP verifier key."""

from functools import cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from dateline.formats import note
from dateline.vault import keys


@cache
def _private(seed: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(seed)


def private() -> Ed25519PrivateKey:
    return _private(keys.named("sign"))


def vkey() -> str:
    """`NAME+KEYID+KEY`, as the API publishes it and `dateline verify` takes it."""
    public = private().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return note.vkey(settings.DATELINE_WIRE.origin, public)


def head(size: int, root: bytes) -> str:
    """The signed head of a log of `size` entries."""
    origin = settings.DATELINE_WIRE.origin
    return note.sign(note.checkpoint(origin, size, root), origin, private())
