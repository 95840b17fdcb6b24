"""DKIM signatures (RFC 6376), with RSA-SHA256 and Ed25519-SHA256 (RFC 8463): relaxed headers, simple body.

What is the same in every mail of a rendition is made canonical once; a mail costs one digest of its body and one
signature a key.
"""

import base64
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

PrivateKey = RSAPrivateKey | Ed25519PrivateKey
Headers = Sequence[tuple[str, str]]
_SPACE = re.compile(r"[ \t]+")
# These are signed once more than they occur, so that nobody adds another (RFC 6376 section 8.15).
_SEALED = ("from", "to", "subject", "date", "message-id", "list-unsubscribe", "list-unsubscribe-post")
_LINE = 74


@dataclass(frozen=True, slots=True)
class Signer:
    """A key, and where its public half is published: `SELECTOR._domainkey.DOMAIN`."""

    domain: str
    selector: str
    key: PrivateKey

    @property
    def algorithm(self) -> str:
        return "rsa-sha256" if isinstance(self.key, RSAPrivateKey) else "ed25519-sha256"

    def header(self, names: str, canonical: bytes, body: bytes, at: int) -> bytes:
        """The DKIM-Signature header over canonical headers and a body's digest; `at` is seconds since 1970."""
        digest = base64.b64encode(body).decode()
        lines = [
            f"v=1; a={self.algorithm}; c=relaxed/simple; d={self.domain}; s={self.selector}; t={at};",
            f"h={names};",
            f"bh={digest};",
            "b=",
        ]
        signed = canonical + f"dkim-signature:{' '.join(lines)}".encode()
        value = base64.b64encode(self._sign(signed)).decode()
        folded = "\r\n\t".join(value[start : start + _LINE] for start in range(0, len(value), _LINE))
        return ("DKIM-Signature: " + "\r\n ".join(lines) + folded + "\r\n").encode()

    def record(self) -> str:
        """What to publish as a TXT record under `SELECTOR._domainkey.DOMAIN` (RFC 6376 section 3.6.1)."""
        public = self.key.public_key()
        if isinstance(self.key, Ed25519PrivateKey):
            raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
            return f"v=DKIM1; k=ed25519; p={base64.b64encode(raw).decode()}"
        der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return f"v=DKIM1; k=rsa; p={base64.b64encode(der).decode()}"

    def _sign(self, data: bytes) -> bytes:
        if isinstance(self.key, Ed25519PrivateKey):
            return self.key.sign(hashlib.sha256(data).digest())
        return self.key.sign(data, PKCS1v15(), hashes.SHA256())


def canonical(headers: Headers) -> bytes:
    """Header fields in relaxed form (RFC 6376 section 3.4.2), in the order that they are signed in."""
    return "".join(f"{name.lower()}:{_relaxed(value)}\r\n" for name, value in headers).encode()


def names(headers: Iterable[tuple[str, str]]) -> str:
    """The `h=` tag: each name as often as it occurs, and those that must not be added to once more."""
    return ":".join([name.lower() for name, _ in headers] + list(_SEALED))


def _relaxed(value: str) -> str:
    unfolded = value.replace("\r\n", "")
    return _SPACE.sub(" ", unfolded).strip(" ")
