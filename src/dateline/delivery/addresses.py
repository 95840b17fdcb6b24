"""What may be an address, and which of them lie on a network of the machine's own."""

import ipaddress
import socket
from typing import NoReturn
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from dateline.words.errors import BadInput, Fault

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_PORTS = range(1, 65536)
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_public(text: str) -> bool:
    """Whether an IP address lies out in the Internet: not private, loopback, link-local, shared or metadata.

    An IPv4 address inside an IPv6 one (mapped, 6to4, Teredo, NAT64) is looked at too: a gateway would unwrap it.
    """
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return all(each.is_global and not each.is_multicast for each in (address, *_inside(address)))


def check_webhook(url: str) -> None:
    """BadInput unless it is an https address out in the Internet, as far as its name says now.

    It is checked again at each connection, for a name may point elsewhere by then. Where
    DATELINE_PRIVATE_WEBHOOKS is set, http and the own network are taken too.
    """
    parts = _split(url)
    private = settings.DATELINE_PRIVATE_WEBHOOKS
    if parts.scheme != "https" and not (private and parts.scheme == "http"):
        _refuse("bad-address", f"{url[:100]!r} does not begin with https://.", "Give an https address.")
    if parts.username or parts.password:
        _refuse("bad-address", "A name or password stands in the address.", "Webhooks are signed; leave them out.")
    check_host(parts.hostname or "", parts.port or 443)


def check_host(host: str, port: int) -> None:
    """BadInput unless a host lies out in the Internet, as far as its name says now, or the own network is allowed."""
    if settings.DATELINE_PRIVATE_WEBHOOKS:
        return
    for address in _resolved(host, port):
        if not is_public(address):
            what = f"{host} is on this machine's own network."
            _refuse("own-network", what, "Give an address that is reached from the Internet.")


def check_callback(url: str) -> None:
    """BadInput unless it is an http or https address that may lie out in the Internet, as it is written.

    No name is looked up: anybody may send one, and a slow name server must hold up no door. Where it leads is checked
    at each connection.
    """
    parts = _split(url)
    if parts.scheme not in {"http", "https"} or not url.isascii() or "#" in url:
        _refuse("bad-address", f"{url[:100]!r} is not an http address.", "Write it in ASCII, without a fragment.")
    if parts.username or parts.password:
        _refuse("bad-address", "A name or password stands in the address.", "Put what is secret into its path.")
    host = (parts.hostname or "").rstrip(".")
    own = host == "localhost" or host.endswith(".localhost") or not all(map(is_public, _written(host)))
    if own and not settings.DATELINE_PRIVATE_WEBHOOKS:
        _refuse("own-network", f"{host} is on this machine's own network.", "Give one that the Internet can reach.")


def check_mail(address: str) -> None:
    """BadInput unless it is an e-mail address in ASCII: a relay need not take SMTPUTF8 (RFC 6531)."""
    try:
        validate_email(address)
        address.encode("ascii")
    except (ValidationError, UnicodeEncodeError):
        _refuse("bad-address", f"{address[:100]!r} is not an e-mail address.", "Write it as name@example.org.")


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        good = bool(parts.hostname) and (parts.port is None or parts.port in _PORTS) and url.isprintable()
    except ValueError:
        good = False
    if not good or " " in url or len(url) > 500:
        _refuse("bad-address", f"{url[:100]!r} is not a web address.", "Write it as https://news.example.org/hook.")
    return parts


def _resolved(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        _refuse("unknown-host", f"The name {host[:100]} leads nowhere.", "Check its spelling.")
    return [str(address[0]) for *_, address in found]


def _written(host: str) -> list[str]:
    """The IP address that a host is written as, in any of the ways that a resolver takes; none if it is a name."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return []
    return [str(address[0]) for *_, address in found]


def _inside(address: Address) -> list[Address]:
    if isinstance(address, ipaddress.IPv4Address):
        return []
    found: list[Address | None] = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _NAT64:
        found.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return [each for each in found if each is not None]


def _refuse(code: str, what: str, mend: str) -> NoReturn:
    raise BadInput([Fault(code, what, "/address", mend)])
