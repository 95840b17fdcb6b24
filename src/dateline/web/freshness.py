"""How a public answer is sent: how long it may be kept, and what a page may load.

It may not be kept at all without asking, so that a withdrawal is seen at once.
Sources: RFC 9110 sections 8.8 and 13 (validators, conditional requests), RFC 9111 section 5.2 (Cache-Control),
Content Security Policy Level 3.
"""

import hashlib

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date

from dateline.wire import log
from dateline.words import clock


def fresh(request: HttpRequest, answer: HttpResponse, *, vary: tuple[str, ...] = ("Cookie",)) -> HttpResponse:
    """The answer with its validators, or 304 where the asker has it already.

    All that a public page says comes from the log, so nothing changes but by an append.
    """
    etag = f'"{hashlib.sha256(answer.content).hexdigest()[:32]}"'
    answer["ETag"] = etag
    answer["Cache-Control"] = "private, no-cache" if request.user.is_authenticated else "no-cache"
    patch_vary_headers(answer, vary)
    if answer["Content-Type"].startswith("text/html"):
        answer["Content-Security-Policy"] = _policy()
    changed = _last_append()
    if changed is not None:
        answer["Last-Modified"] = http_date(changed)
    done = get_conditional_response(request, etag=etag, last_modified=changed, response=answer)
    return done if isinstance(done, HttpResponse) else answer


def _policy() -> str:
    """Bodies come from strangers and were cleaned; what may have slipped through still loads and runs nothing."""
    return (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
        f"connect-src {settings.DATELINE_WIRE.stream_url}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def _last_append() -> int | None:
    """The second of the last append; None within that second, when there may still come another."""
    at = log.last_released_at()
    if at is None or int(at.timestamp()) >= int(clock.now().timestamp()):
        return None
    return int(at.timestamp())
