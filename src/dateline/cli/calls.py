"""Calls to a running wire's API. Only the standard library: a command starts at once."""

import http.client
import json
import os
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlsplit

from dateline.words.errors import BadInput, Fault, Refused

_PATIENCE = 60


class NoAnswer(Refused):
    """No wire answers there."""


def web_url() -> str:
    """Where the wire's pages and API are: DATELINE_BASE_URL, or this machine."""
    return os.environ.get("DATELINE_BASE_URL") or f"http://127.0.0.1:{os.environ.get('DATELINE_PORT', '8000')}"


def stream_url() -> str:
    """Where the live stream is: DATELINE_STREAM_URL, or this machine."""
    return os.environ.get("DATELINE_STREAM_URL") or f"http://127.0.0.1:{os.environ.get('DATELINE_STREAM_PORT', '8001')}"


def call(
    method: str, url: str, *, token: str = "", body: bytes | None = None, headers: dict[str, str] | None = None
) -> tuple[int, Any]:
    """One request: status and parsed JSON. Refused if nobody answers there, or nobody who speaks as a wire does."""
    try:
        return _answered(_opener(url), _request(method, url, token, body, headers or {}))
    except (ValueError, http.client.InvalidURL):
        raise BadInput([Fault("bad-url", f"{url!r} cannot be asked.", "--url", "Write http://HOST:PORT.")]) from None
    except (OSError, http.client.HTTPException) as down:
        why = getattr(down, "reason", down)
        mend = "Start it with make run, or name another address."
        raise NoAnswer([Fault("no-answer", f"No wire answers at {url}: {why}.", "--url", mend)]) from None


def _request(method: str, url: str, token: str, body: bytes | None, headers: dict[str, str]) -> urllib.request.Request:
    request = urllib.request.Request(url, data=body, method=method, headers=headers)
    if token:
        if not (token.isascii() and token.isprintable()):
            raise BadInput([Fault("bad-token", "The token has letters that none has.", "--token", "Copy it again.")])
        # Whoever the wire may point to has no business with it.
        request.add_unredirected_header("Authorization", f"Bearer {token}")
    return request


def _opener(url: str) -> urllib.request.OpenerDirector:
    """What asks: not through a proxy where the wire is on this machine."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"}:
        raise BadInput(
            [Fault("bad-url", f"{url!r} is no web address.", "--url", "Write http:// or https:// before it.")]
        )
    here = parts.hostname in {"127.0.0.1", "::1", "localhost"}
    return urllib.request.build_opener(*([urllib.request.ProxyHandler({})] if here else []))


def _answered(opener: urllib.request.OpenerDirector, request: urllib.request.Request) -> tuple[int, Any]:
    try:
        with opener.open(request, timeout=_PATIENCE) as answer:
            status, body = answer.status, answer.read()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, _problem(refused.read())
    try:
        return status, json.loads(body)
    except ValueError:
        what = f"What answers at {request.full_url} is no wire: it does not speak JSON."
        raise NoAnswer([Fault("no-wire", what, "--url", "Name the wire's own address.")]) from None


def faults(answer: Any) -> list[Fault]:
    """The faults of a problem document."""
    if not isinstance(answer, dict):
        return [Fault("refused", str(answer))]
    told = answer.get("errors")
    if not isinstance(told, list) or not told:
        told = [{"code": "refused", "what": answer.get("detail", answer)}]
    return [fault(each) for each in told if isinstance(each, dict)]


def fault(told: dict[str, Any]) -> Fault:
    """A fault as the API writes it."""
    return Fault(*(str(told.get(name) or "") for name in ("code", "what", "where", "mend")))


def checked(answer: tuple[int, Any]) -> Any:
    """The body of a good answer; Refused with the answer's own faults otherwise."""
    status, body = answer
    if status >= 400:
        raise Refused(faults(body))
    return body


def _problem(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode("utf-8", errors="replace")[:500]
