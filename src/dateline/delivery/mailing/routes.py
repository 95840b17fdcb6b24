"""Where the mail of a domain goes: to the operator's relay, to the servers that the domain names, or as a file says.

DATELINE_SMTP_URL is the relay (`smtp://relay.example`, `smtps://user:password@relay.example`), or `mx:` for the servers
of each domain (RFC 5321 section 5), or `file:/etc/dateline/routes`, in which each line is a domain, or `*`, and one
of the above.
"""

import random
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import dns.asyncresolver
import dns.exception
import dns.name
import dns.rdatatype
import dns.resolver

from dateline.words.errors import NotConfigured

_PORTS = {"smtp": 25, "smtp+tls": 25, "smtps": 465}
# How long names may take to be found, in seconds.
_NAMES = 10.0


@dataclass(frozen=True, slots=True)
class Destination:
    """Servers that take the mail of a domain, the best first, and how to speak to them.

    `tls` is `never`, `may` (opportunistic, RFC 7435: any certificate is better than none), `must` (verified), or
    `first` (verified, from the first byte on). Where a stranger's domain names the servers, they must lie `outside`
    the machine's own network.
    """

    name: str
    hosts: tuple[tuple[str, int], ...]
    tls: str = "may"
    user: str = ""
    password: str = ""
    outside: bool = False


class NoServerError(Exception):
    """The domain names no server for mail. `for_good` if it says that it never will (RFC 7505)."""

    def __init__(self, why: str, *, for_good: bool) -> None:
        super().__init__(why)
        self.for_good = for_good


class Routes:
    """`url` is DATELINE_SMTP_URL; NotConfigured if it is none of the three.

    Unless `private`, no domain's MX leads into the machine's own network.
    """

    def __init__(
        self, url: str, resolver: "dns.asyncresolver.Resolver | None" = None, *, private: bool = False
    ) -> None:
        self._table, self._outside = _table(url), not private
        self._resolver = resolver

    async def of(self, domain: str) -> Destination:
        """Where the mail of a domain goes. NoServerError if nowhere."""
        url = self._table.get(domain) or self._table.get("*")
        if url is None:
            raise NoServerError(f"no route is set for {domain}", for_good=False)
        return await self._by_mx(domain) if url == "mx:" else relay(url)

    async def _by_mx(self, domain: str) -> Destination:
        if self._resolver is None:
            self._resolver = dns.asyncresolver.Resolver()
            self._resolver.cache = dns.resolver.LRUCache()
        try:
            found = await self._resolver.resolve(domain, dns.rdatatype.MX, lifetime=_NAMES)
        except dns.resolver.NoAnswer:
            # Without an MX the domain itself is asked (RFC 5321 section 5.1).
            return Destination(domain, ((domain, 25),), outside=self._outside)
        except dns.resolver.NXDOMAIN:
            raise NoServerError(f"there is no domain {domain}", for_good=True) from None
        except (dns.exception.DNSException, OSError) as error:
            raise NoServerError(f"the name {domain} could not be found: {error}", for_good=False) from None
        order = sorted(found, key=lambda row: (row.preference, random.random()))
        hosts = [row.exchange.to_text(omit_final_dot=True).lower() for row in order]
        if hosts == ["."] or not any(hosts):
            raise NoServerError(f"{domain} takes no mail (null MX)", for_good=True)
        return Destination(_site(hosts), tuple((host, 25) for host in hosts), outside=self._outside)


def relay(url: str) -> Destination:
    """`smtp://`, `smtp+tls://` or `smtps://` as a destination; NotConfigured if it is none of them."""
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise NotConfigured(f"{url!r} is no way for mail. Write smtp://HOST, smtp+tls://HOST, smtps://HOST or mx:.")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    tls = {"smtp": "must" if user else "may", "smtp+tls": "must", "smtps": "first"}[parts.scheme]
    port = parts.port or _PORTS[parts.scheme]
    return Destination(f"{parts.hostname}:{port}", ((parts.hostname, port),), tls, user, password)


def _table(url: str) -> dict[str, str]:
    if not url.startswith("file:"):
        return {"*": _checked(url)}
    path = Path(url.removeprefix("file:"))
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise NotConfigured(f"The routes for mail cannot be read: {error}.") from None
    table = {}
    for number, line in enumerate(lines, start=1):
        words = line.partition("#")[0].split()
        if len(words) not in {0, 2}:
            raise NotConfigured(f"{path}, line {number}: write a domain (or *) and one address such as smtp://HOST.")
        if words:
            table[words[0].lower()] = _checked(words[1])
    return table


def _checked(url: str) -> str:
    if url != "mx:":
        relay(url)
    return url


def _site(hosts: list[str]) -> str:
    """What the limits of a big host belong to: all domains that name the same servers."""
    return ",".join(sorted(hosts))
