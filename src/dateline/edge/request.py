"""Just enough HTTP/1.1 (RFC 9112) to ask for a stream, and what can be wrong with the asking. Pure."""

import contextlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, urlsplit

from dateline.words.errors import BadInput, Fault, Refused

HEAD_LIMIT = 16 * 1024
_MOST_FIELDS = 200
_START = re.compile(r"([A-Z]{1,20}) (\S+) HTTP/1\.[01]")
_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*)")
# A seq is below 2^53.
_SEQ = re.compile(r"[0-9]{1,16}")
PREFLIGHT = (
    "Access-Control-Allow-Methods: GET, POST\r\nAccess-Control-Allow-Headers: *\r\nAccess-Control-Max-Age: 86400\r\n"
)
# What belongs to a status, beside the body.
MORE = {405: "Allow: GET, POST, OPTIONS\r\n", 426: "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"}
COOKIE = "dateline_ticket"
# A receipt is all that anybody sends.
_LONGEST_BODY = 1024


class NotHttp(Refused):
    """This is not a request of HTTP/1.1."""

    slug = "bad-request"
    status = 400


class BadMethod(Refused):
    """A stream is read with GET."""

    slug = "bad-method"
    status = 405


class TooSlow(Refused):
    """The request did not come in time."""

    slug = "too-slow"
    status = 408


class HeadTooLarge(Refused):
    """The head of the request is too large."""

    slug = "head-too-large"
    status = 431


class Busy(Refused):
    """This edge takes no streams now."""

    slug = "busy"
    status = 503


@dataclass(frozen=True, slots=True)
class Request:
    """The start line and headers of a request; header names in lower case."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    keeps: bool = True

    @property
    def origin(self) -> str:
        """The page that asks, as a browser says it; empty from anybody else."""
        return self.headers.get("origin", "")


def parse(head: bytes) -> Request:
    """The request of a complete head; NotHttp if it is none."""
    first, *rest = head.split(b"\r\n\r\n", 1)[0].decode("latin-1").split("\r\n")
    start, headers = _START.fullmatch(first), [_HEADER.fullmatch(line) for line in rest]
    if start is None:
        raise NotHttp("The first line is not that of a request: GET /wire HTTP/1.1")
    method, target = start.groups()
    try:
        parts = urlsplit(target)
        query = parse_qs(parts.query, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise NotHttp(f"The address cannot be read, or has more than {_MOST_FIELDS} fields.") from None
    if not all(headers):
        raise NotHttp("A header has no name, or no colon after it.")
    found = {line[1].lower(): line[2].strip() for line in headers if line is not None}
    said = found.get("connection", "").lower()
    return Request(method, parts.path, query, found, "close" not in said and b"HTTP/1.1" in head[: head.index(b"\r\n")])


def body_length(request: Request) -> int:
    """How many bytes come after the head; HeadTooLarge or NotHttp for what nobody here reads."""
    if "transfer-encoding" in request.headers:
        raise NotHttp("Send Content-Length instead of chunks.")
    said = request.headers.get("content-length", "0")
    if not _SEQ.fullmatch(said):
        raise NotHttp(f"Content-Length is no number: {said[:40]!r}")
    if int(said) > _LONGEST_BODY:
        raise HeadTooLarge(f"Keep what you send under {_LONGEST_BODY} bytes.")
    return int(said)


def ticket(request: Request, trusted: str) -> str:
    """The ticket of the query, or of a cookie that our own pages have set; empty if there is none.

    A page of somebody else's must not read with the cookie of whoever looks at it.
    """
    asked = request.query.get("ticket", [""])[0]
    if asked or request.origin not in {"", trusted}:
        return asked
    found = SimpleCookie()
    with contextlib.suppress(CookieError):
        found.load(request.headers.get("cookie", ""))
    return found[COOKIE].value if COOKIE in found else ""


def seconds(request: Request, longest: float) -> float:
    """How long a poll may wait; BadInput if that is no number."""
    said = request.query.get("wait", [""])[0]
    if not _SEQ.fullmatch(said):
        raise BadInput([Fault("bad-wait", f"{said[:40]!r} is not a number of seconds.", "wait", "Send wait=30.")])
    return min(float(said), longest)


def cors(origin: str, trusted: str) -> str:
    """What lets a browser's page read the answer: anybody's without a cookie, our own with one."""
    if origin and origin == trusted:
        return f"Access-Control-Allow-Origin: {origin}\r\nAccess-Control-Allow-Credentials: true\r\nVary: Origin\r\n"
    return "Access-Control-Allow-Origin: *\r\n"


def cursor(request: Request, seq: int) -> int | None:
    """Where the stream goes on: after `Last-Event-ID`, else after `after=`; None for "from now".

    `seq` is the newest entry. BadInput for what is no seq, and for an `after=` that is still to
    come. A browser cannot mend its `Last-Event-ID`, so it may be ahead of the log, and is told so
    in the stream.
    """
    last = request.headers.get("last-event-id", "")
    after = last or request.query.get("after", [""])[0]
    if not after:
        return None
    mend = "Send the id of the last frame that you have, or leave it out."
    if not _SEQ.fullmatch(after):
        raise BadInput([Fault("bad-cursor", f"{after[:40]!r} is not a seq.", "after", mend)])
    if not last and int(after) > seq:
        what = f"The log has {seq} entries, and no {after} yet."
        raise BadInput([Fault("bad-cursor", what, "after", mend)])
    return int(after)


def refusal(refused: Refused) -> tuple[int, bytes]:
    """The status of what was refused, and a problem document (RFC 9457)."""
    # A query that cannot be used is a bad request; what the API answers 422 for is a document.
    status = 400 if isinstance(refused, BadInput) else refused.status
    return status, json.dumps({**refused.as_problem(), "status": status}, ensure_ascii=False).encode()


def stream_head(access: str) -> bytes:
    """The head of a stream's answer; `access` is what `cors` says."""
    return (
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nCache-Control: no-store\r\n"
        f"X-Accel-Buffering: no\r\n{access}Connection: close\r\n\r\n"
    ).encode()


def answer(status: int, kind: str, body: bytes, more: str = "", *, keep: bool = False) -> bytes:
    """A whole answer, headers and body."""
    head = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
        f"Cache-Control: no-store\r\n{more}Connection: {'keep-alive' if keep else 'close'}\r\n\r\n"
    )
    return head.encode() + body
