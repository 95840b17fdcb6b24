"""The keys: the master keys of the key file, and what they wrap.

AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce before each ciphertext; the associated
data binds a ciphertext to its place, so that no row can be moved to another.
"""

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import transaction

from dateline.vault.models import DataKey, NamedKey
from dateline.words.errors import NotConfigured

_NONCE = 12


@dataclass(frozen=True, slots=True)
class MasterKeys:
    """The key file's keys by id, and the id of the one that wraps what is new."""

    current: str
    keys: dict[str, bytes]


def encrypt(key: bytes, plaintext: bytes, place: str) -> bytes:
    """nonce ‖ ciphertext ‖ tag."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, place.encode())


def decrypt(key: bytes, sealed: bytes | memoryview, place: str) -> bytes:
    """What `encrypt` sealed for the same place; NotConfigured if the key is not the one."""
    sealed = bytes(sealed)
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], place.encode())
    except InvalidTag:
        raise NotConfigured(
            f"The key file does not open {place.partition(':')[0]}: it is another wire's, or older."
        ) from None


def master() -> MasterKeys:
    """Read the key file anew if it has changed since, as it does when a key is rotated."""
    path = Path(settings.DATELINE_KEY_FILE)
    try:
        return _read(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        raise NotConfigured(f"The key file {path} is missing. Without it nothing that is unreleased opens.") from None


@cache
def _read(path: Path, _changed: int) -> MasterKeys:
    document = json.loads(path.read_text(encoding="utf-8"))
    keys = {name: base64.b64decode(key) for name, key in document["keys"].items()}
    return MasterKeys(document["current"], keys)


def named(name: str) -> bytes:
    """A key of the wire itself, 32 random bytes; made when first asked for."""
    row = NamedKey.objects.filter(name=name).first()
    if row is None:
        held = master()
        fresh = encrypt(held.keys[held.current], secrets.token_bytes(32), f"named:{name}")
        row, _ = NamedKey.objects.get_or_create(name=name, defaults={"master": held.current, "wrapped": fresh})
    return decrypt(_master_key(row.master), row.wrapped, f"named:{name}")


def signing(name: str) -> Ed25519PrivateKey:
    """A key of the wire itself that signs."""
    return Ed25519PrivateKey.from_private_bytes(named(name))


def of_release(release: str) -> bytes:
    """The data key of a release; made when first asked for."""
    row = DataKey.objects.filter(release=release).first()
    if row is None:
        held = master()
        fresh = encrypt(held.keys[held.current], secrets.token_bytes(32), f"data:{release}")
        row, _ = DataKey.objects.get_or_create(release=release, defaults={"master": held.current, "wrapped": fresh})
    return decrypt(_master_key(row.master), row.wrapped, f"data:{release}")


def tag(purpose: str, text: str) -> str:
    """A keyed digest (HMAC-SHA-256, hex): equal texts are found again, and nothing else is told."""
    return hmac.new(named("index"), f"{purpose}\x00{text}".encode(), hashlib.sha256).hexdigest()


@transaction.atomic
def rewrap() -> int:
    """Wrap every key anew under the current master key; returns how many were wrapped."""
    held = master()
    count = 0
    for row in NamedKey.objects.exclude(master=held.current):
        place = f"named:{row.name}"
        row.wrapped = encrypt(held.keys[held.current], decrypt(_master_key(row.master), row.wrapped, place), place)
        row.master = held.current
        row.save()
        count += 1
    for data in DataKey.objects.exclude(master=held.current).iterator():
        place = f"data:{data.release}"
        data.wrapped = encrypt(held.keys[held.current], decrypt(_master_key(data.master), data.wrapped, place), place)
        data.master = held.current
        data.save()
        count += 1
    return count


def _master_key(name: str) -> bytes:
    try:
        return master().keys[name]
    except KeyError:
        raise NotConfigured(f"The key file has no key {name!r}: it is another wire's, or older.") from None
