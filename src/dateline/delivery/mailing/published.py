"""What must stand in the DNS before the wire's mail is believed, and what stands there: SPF, DKIM, DMARC and MX.

Sources: RFC 7208 (SPF), RFC 6376 (DKIM), RFC 7489 (DMARC). Big mailbox hosts ask all three of
whoever sends 5,000 mails a day. The MX is for what bounces.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import dns.exception
import dns.resolver

from dateline.delivery.mailing.dkim import Signer

# (name, type) → the records' texts; none if there is no such name.
Lookup = Callable[[str, str], list[str]]


@dataclass(frozen=True, slots=True)
class Record:
    """A record to publish under a name, what is found there, and whether that will do."""

    kind: str
    name: str
    wanted: str
    found: tuple[str, ...]
    good: bool


def records(address: str, signers: Iterable[Signer], lookup: Lookup) -> list[Record]:
    """What mail from an address needs, each beside what is published."""
    domain = address.rpartition("@")[2]
    return [
        _spf(domain, lookup),
        *(_dkim(each, lookup) for each in signers),
        _dmarc(domain, address, lookup),
        _mx(domain, lookup),
    ]


def in_the_dns(name: str, kind: str) -> list[str]:
    """A lookup in the DNS, as this machine sees it."""
    try:
        rows = dns.resolver.resolve(name, kind, lifetime=5)
    except (dns.exception.DNSException, OSError):
        return []
    return [b"".join(row.strings).decode(errors="replace") if kind == "TXT" else row.to_text() for row in rows]


def _spf(domain: str, lookup: Lookup) -> Record:
    """Two of them are as bad as none (RFC 7208 section 4.5)."""
    found = [each for each in lookup(domain, "TXT") if each.lower().startswith("v=spf1")]
    return Record("SPF", domain, "v=spf1 mx -all", tuple(found), len(found) == 1 and not found[0].endswith("+all"))


def _dkim(signer: Signer, lookup: Lookup) -> Record:
    name = f"{signer.selector}._domainkey.{signer.domain}"
    found, wanted = lookup(name, "TXT"), signer.record()
    return Record("DKIM", name, wanted, tuple(found), any(_key(each) == _key(wanted) for each in found))


def _key(record: str) -> str:
    tags = dict(part.strip().partition("=")[::2] for part in record.split(";"))
    return "".join(tags.get("p", "").split())


def _dmarc(domain: str, address: str, lookup: Lookup) -> Record:
    found = [each for each in lookup(f"_dmarc.{domain}", "TXT") if each.lower().startswith("v=dmarc1")]
    wanted = f"v=DMARC1; p=reject; rua=mailto:{address}"
    return Record("DMARC", f"_dmarc.{domain}", wanted, tuple(found), len(found) == 1)


def _mx(domain: str, lookup: Lookup) -> Record:
    found = lookup(domain, "MX")
    return Record("MX", domain, f"10 mail.{domain}.", tuple(found), bool(found))
