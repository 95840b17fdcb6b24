"""What a request to the hub asks for, or why it cannot be used. Sources: WebSub section 5.1, RFC 3986 section 2.3."""

import re
import string
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import parse_qsl

from django.conf import settings

from dateline.delivery import addresses
from dateline.delivery.models import HubRequest
from dateline.wire import series
from dateline.wire.series import Series
from dateline.words.errors import BadInput, Fault, NotFound, TooLarge

FORM = "application/x-www-form-urlencoded"
# A request has four short fields; the rest is somebody else's.
LARGEST = 16 * 1024
SHORTEST, USUAL, LONGEST = timedelta(hours=1), timedelta(days=10), timedelta(days=30)
# WebSub section 5.1: less than 200 bytes.
_SECRET = 199
_FIELDS = 50
_UNRESERVED = frozenset(string.ascii_letters + string.digits + "-._~")
_ENCODED = re.compile("%([0-9A-Fa-f]{2})")
_FEED = re.compile(r"/feeds/(?P<lang>[A-Za-z0-9-]{2,40})(/(?P<sector>[a-z]+:[A-Za-z0-9-]+))?\.(?P<kind>[a-z]+)")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that may be accepted: what it is about, and for how long. `secret` may be empty."""

    mode: str
    topic: Series
    callback: str
    secret: str
    lease: timedelta


def form(content_type: str, body: bytes) -> dict[str, str]:
    """The fields of a posted form; of one that comes twice the first. BadInput if it is no form in UTF-8."""
    if content_type.partition(";")[0].strip().lower() != FORM:
        raise BadInput([Fault("bad-type", "The request is not a form.", "Content-Type", f"Send {FORM}.")])
    try:
        fields = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_FIELDS)
    except ValueError:
        fault = Fault("bad-form", "The form cannot be read.", "", f"Send at most {_FIELDS} fields, encoded in UTF-8.")
        raise BadInput([fault]) from None
    return dict(reversed(fields))


def check_length(length: int) -> None:
    """TooLarge if a form has more bytes than any that this hub knows; asked before it is read."""
    if length > LARGEST:
        raise TooLarge([Fault("too-large", f"The form is {length} bytes.", "", f"Send at most {LARGEST}.")])


def asked(fields: Mapping[str, str]) -> Asked:
    """What the fields ask for. Those that the hub does not know are passed over."""
    mode = fields.get("hub.mode", "")
    if mode not in {HubRequest.Mode.SUBSCRIBE, HubRequest.Mode.UNSUBSCRIBE}:
        raise _bad("hub.mode", f"There is no mode {mode[:40]!r}.", "Write subscribe or unsubscribe.")
    callback = decoded(fields.get("hub.callback", ""))
    addresses.check_callback(callback)
    found = topic(fields.get("hub.topic", ""))
    if mode == HubRequest.Mode.UNSUBSCRIBE:
        return Asked(mode, found, callback, "", timedelta(0))
    return Asked(mode, found, callback, _secret(fields), _lease(fields))


def topic(url: str) -> Series:
    """The feed whose own address (`rel=self`) this is; NotFound if it is no feed of this wire."""
    base = settings.DATELINE_WIRE.base_url
    url = decoded(url)
    match = _FEED.fullmatch(url.removeprefix(base)) if url.startswith(base) else None
    if match is None:
        mend = f"This hub is for the feeds of {base}/feeds/ alone. Give the address that a feed calls itself by."
        raise NotFound([Fault("unknown-topic", f"{url[:100]!r} is not a feed of this wire.", "hub.topic", mend)])
    return series.find(match["lang"], match["kind"], match["sector"] or "")


def decoded(url: str) -> str:
    """The address with its unreserved characters as they are (WebSub section 5.1.1, RFC 3986 section 2.3)."""

    def plain(found: re.Match[str]) -> str:
        letter = chr(int(found[1], 16))
        return letter if letter in _UNRESERVED else found[0]

    return _ENCODED.sub(plain, url.strip())


def _secret(fields: Mapping[str, str]) -> str:
    secret = fields.get("hub.secret", "")
    if len(secret.encode()) > _SECRET:
        raise _bad("hub.secret", "The secret has 200 bytes or more.", "Send a shorter one.")
    return secret


def _lease(fields: Mapping[str, str]) -> timedelta:
    """How long the subscription will last: what is asked for, within the bounds."""
    text = fields.get("hub.lease_seconds", "").strip()
    if not text:
        return USUAL
    if not (text.isascii() and text.isdigit()):
        raise _bad("hub.lease_seconds", f"{text[:40]!r} is not a number of seconds.", "Write a whole number, or none.")
    return min(max(timedelta(seconds=int(text[:9])), SHORTEST), LONGEST)


def _bad(field: str, what: str, mend: str) -> BadInput:
    return BadInput([Fault("bad-field", what, field, mend)])
