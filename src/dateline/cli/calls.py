"""Calls to a running wire's API. Only the standard library: a command starts at once."""

import json
import os
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlsplit

from dateline.words.errors import BadInput, Fault, Refused

_PATIENCE = 60


def web_url() -> str:
    """Where the wire's pages and API are: DATELINE_BASE_URL, or this machine."""
    return os.environ.get("DATELINE_BASE_URL") or f"http://127.0.0.1:{os.environ.get('DATELINE_PORT', '8000')}"


def stream_url() -> str:
    """Where the live stream is: DATELINE_STREAM_URL, or this machine."""
    return os.environ.get("DATELINE_STREAM_URL") or f"http://127.0.0.1:{os.environ.get('DATELINE_STREAM_PORT', '8001')}"


def call(
    method: str, url: str, *, token: str = "", body: bytes | None = None, headers: dict[str, str] | None = None
) -> tuple[int, Any]:
    """One request: status and parsed JSON. Refused if nobody answers there."""
    if urlsplit(url).scheme not in {"http", "https"}:
        raise BadInput(
            [Fault("bad-url", f"{url!r} is no web address.", "--url", "Write http:// or https:// before it.")]
        )
    request = urllib.request.Request(url, data=body, method=method, headers=headers or {})
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=_PATIENCE) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, _problem(refused.read())
    except (urllib.error.URLError, TimeoutError, ConnectionError) as down:
        why = getattr(down, "reason", down)
        fault = Fault(
            "no-answer",
            f"No wire answers at {url}: {why}.",
            "--url",
            "Start it with make run, or name another address.",
        )
        raise Refused([fault]) from None


def faults(answer: Any) -> list[Fault]:
    """The faults of a problem document."""
    if not isinstance(answer, dict):
        return [Fault("refused", str(answer))]
    told = answer.get("errors") or [{"code": "refused", "what": str(answer.get("detail", answer))}]
    return [
        Fault(each.get("code", ""), each.get("what", ""), each.get("where", ""), each.get("mend", "")) for each in told
    ]


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
