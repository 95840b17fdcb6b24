"""Who it is that pushes: VAPID (RFC 8292), an ES256 token for each push service.

The token is ten lines over `cryptography`, which signs it in any case; a JOSE library would only add itself.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from dateline.delivery.encrypted import CURVE, point, unpadded

# The name of the wire's key from which the private key is made.
KEY = "push"
# The order of P-256 (SEC 2 section 2.4.2).
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
# A token may last a day at most (RFC 8292 section 2); one is used for half of its time.
_LASTS, _USED = 12 * 3600, 6 * 3600
# Addresses come from subscribers, so what is kept of them is bounded.
_KEPT = 200


def private_key(seed: bytes) -> ec.EllipticCurvePrivateKey:
    """The key that 32 random bytes stand for, in the curve's range without bias (FIPS 186-5, A.2.1)."""
    wide = HKDF(algorithm=SHA256(), length=48, salt=None, info=b"dateline vapid p-256").derive(seed)
    return ec.derive_private_key(int.from_bytes(wide, "big") % (_ORDER - 1) + 1, CURVE)


def public(seed: bytes) -> str:
    """The `applicationServerKey` that a browser is given when it subscribes."""
    return unpadded(point(private_key(seed).public_key()))


class Vapid:
    """Signs for one wire; a token is kept for the push service that it names."""

    def __init__(self, seed: bytes, contact: str) -> None:
        self._key, self._public, self._contact = private_key(seed), public(seed), contact
        self._tokens: dict[str, tuple[float, str]] = {}

    def authorization(self, address: str, now: datetime) -> str:
        """The `Authorization` for a push to the address."""
        parts = urlsplit(address)
        origin, at = f"{parts.scheme}://{parts.netloc}", now.timestamp()
        until, token = self._tokens.get(origin, (0.0, ""))
        if not at < until <= at + _USED:
            token = self._signed({"aud": origin, "exp": int(at) + _LASTS, "sub": f"mailto:{self._contact}"})
            if len(self._tokens) >= _KEPT:
                del self._tokens[next(iter(self._tokens))]
            self._tokens[origin] = at + _USED, token
        return f"vapid t={token}, k={self._public}"

    def _signed(self, claims: Mapping[str, object]) -> str:
        """A JWT in compact form (RFC 7515), its signature as two numbers of 32 bytes (RFC 7518 section 3.4)."""
        parts = [unpadded(json.dumps(each).encode()) for each in ({"typ": "JWT", "alg": "ES256"}, claims)]
        text = ".".join(parts)
        r, s = decode_dss_signature(self._key.sign(text.encode(), ec.ECDSA(SHA256())))
        return f"{text}.{unpadded(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"
