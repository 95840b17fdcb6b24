"""A browser's side of Web Push, by the standards, not by our code: its keys, its reading, its service's checks."""

import base64
import hashlib
import hmac
import json
import os
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from dateline.delivery import endpoints
from dateline.delivery.models import Endpoint
from dateline.routing import profiles
from dateline.routing.models import Subscriber
from tests.rooms.ends import Posted


def plain(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def written(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def public_key(data: bytes) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), data)


class Reading:
    """One browser that has subscribed."""

    def __init__(self, private: ec.EllipticCurvePrivateKey | None = None, secret: bytes = b"") -> None:
        self.private = private or ec.generate_private_key(ec.SECP256R1())
        self.secret = secret or os.urandom(16)

    @property
    def options(self) -> dict[str, str]:
        return {"p256dh": written(self.point), "auth": written(self.secret)}

    @property
    def point(self) -> bytes:
        return self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def read(self, body: bytes) -> bytes:
        """RFC 8291 section 3.4 backwards, with HKDF written out as in RFC 5869."""
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        sender, record = body[21 : 21 + length], body[21 + length :]
        assert len(record) <= size
        shared = self.private.exchange(ec.ECDH(), public_key(sender))
        material = hkdf(self.secret, shared, b"WebPush: info\0" + self.point + sender, 32)
        key = hkdf(salt, material, b"Content-Encoding: aes128gcm\0", 16)
        nonce = hkdf(salt, material, b"Content-Encoding: nonce\0", 12)
        text, delimiter, padding = AESGCM(key).decrypt(nonce, record, None).rpartition(b"\x02")
        assert delimiter
        assert not padding.strip(b"\0")
        return text

    def told(self, post: Posted) -> dict[str, Any]:
        """The message of a post."""
        assert post.headers["Content-Encoding"] == "aes128gcm"
        found: dict[str, Any] = json.loads(self.read(post.body))
        return found

    def subscribe(self, address: str, name: str = "Esra Aydin", **more: Any) -> Endpoint:
        """A journalist who wants everything, in this browser."""
        actions = more.pop("actions", "mute pause")
        subscriber = Subscriber.objects.create(kind=Subscriber.Kind.JOURNALIST, name=name, **more)
        profiles.set_rules(subscriber, [{"everything": True}])
        return endpoints.add(subscriber, "push", address, {**self.options, "actions": actions})


def hkdf(salt: bytes, material: bytes, info: bytes, length: int) -> bytes:
    extracted = hmac.digest(salt, material, hashlib.sha256)
    return hmac.digest(extracted, info + b"\x01", hashlib.sha256)[:length]


def vouched(header: str) -> tuple[str, dict[str, Any]]:
    """What a push service reads of `Authorization` (RFC 8292 section 3): the key, and the claims that it signed."""
    scheme, _, rest = header.partition(" ")
    assert scheme == "vapid"
    given = dict(each.strip().split("=", 1) for each in rest.split(","))
    text, _, signature = given["t"].rpartition(".")
    head, claims = (json.loads(plain(part)) for part in text.split("."))
    assert head["alg"] == "ES256"
    numbers = plain(signature)
    assert len(numbers) == 64
    r, s = int.from_bytes(numbers[:32], "big"), int.from_bytes(numbers[32:], "big")
    public_key(plain(given["k"])).verify(encode_dss_signature(r, s), text.encode(), ec.ECDSA(SHA256()))
    return given["k"], claims
