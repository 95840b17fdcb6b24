"""What only one browser can read: the encryption of Web Push (RFC 8291) in one record of RFC 8188."""

import base64
import os

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE = ec.SECP256R1()
SECRET, _SALT, _RECORD = 16, 16, 4096
# RFC 8291 section 4: one record of 4096 bytes, less header (86), tag (16) and delimiter (1).
MOST = 3993


def unpadded(data: bytes) -> str:
    """Base64url without padding, as all of Web Push writes it (RFC 7515 section 2)."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def bytes_of(text: str) -> bytes:
    """The reverse; ValueError unless it is that."""
    return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), altchars=b"-_", validate=True)


def point(key: ec.EllipticCurvePublicKey) -> bytes:
    """A public key as 65 bytes, uncompressed (SEC 1 section 2.3.3)."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def read_point(data: bytes) -> ec.EllipticCurvePublicKey:
    """ValueError unless it is an uncompressed point on the curve."""
    if len(data) != 65:
        raise ValueError("not 65 bytes")
    return ec.EllipticCurvePublicKey.from_encoded_point(CURVE, data)


def encrypt(
    text: bytes,
    browser: bytes,
    secret: bytes,
    *,
    own: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
) -> bytes:
    """The body of the POST: header, key and one record (RFC 8291 section 3.4).

    `own` and `salt` are fresh for each message; only a test vector gives them.
    """
    if len(text) > MOST:
        raise ValueError("longer than one record")
    own = own or ec.generate_private_key(CURVE)
    salt = salt or os.urandom(_SALT)
    public = point(own.public_key())
    shared = own.exchange(ec.ECDH(), read_point(browser))
    material = _derive(shared, secret, b"WebPush: info\0" + browser + public, 32)
    key = _derive(material, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derive(material, salt, b"Content-Encoding: nonce\0", 12)
    header = salt + _RECORD.to_bytes(4, "big") + len(public).to_bytes(1, "big") + public
    # 2 is the delimiter of the last record (RFC 8188 section 2).
    return header + AESGCM(key).encrypt(nonce, text + b"\x02", None)


def _derive(material: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(material)
