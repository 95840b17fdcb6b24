"""Where files go: `sftp://user@host:port/folder`, and the same for ftp and ftps.

As RFC 1738 section 3.2.2 has it for FTP, a folder begins where the login lands, and with a second slash at the root.
"""

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from dateline.delivery import addresses
from dateline.words.errors import BadInput, Fault

_PORTS = {"sftp": 22, "ftp": 21, "ftps": 21}


@dataclass(frozen=True, slots=True)
class Place:
    """A folder at a host, as one user sees it. `folder` is empty where the login lands in it."""

    scheme: str
    user: str
    host: str
    port: int
    folder: str

    @classmethod
    def of(cls, address: str) -> "Place":
        """ValueError if it is none."""
        parts = urlsplit(address)
        user, folder = unquote(parts.username or ""), unquote(parts.path.removeprefix("/"))
        if parts.scheme not in _PORTS or not parts.hostname or not user:
            raise ValueError("not an address of a folder")
        # A line break in them would be another command to an FTP server.
        if not f"{address}{user}{folder}".isprintable() or parts.password or parts.query or parts.fragment:
            raise ValueError("not an address of a folder")
        port = _PORTS[parts.scheme] if parts.port is None else parts.port
        return cls(parts.scheme, user, parts.hostname, port, folder.removesuffix("/") or folder)


def check(address: str, schemes: tuple[str, ...]) -> None:
    """BadInput unless it is such an address, out in the Internet as far as its name says now."""
    try:
        place = Place.of(address)
    except ValueError:
        place = None
    if place is None or place.scheme not in schemes or not 0 < place.port < 65536 or len(address) > 500:
        # It is not repeated: a password may stand in it.
        mend = f"Write it as {schemes[-1]}://user@files.example.org/folder; a password is the secret."
        raise BadInput([Fault("bad-address", "This is no address of a folder.", "/address", mend)])
    addresses.check_host(place.host, place.port)
