"""How long an answer may be kept: not at all without asking, so that a withdrawal is seen at once.

Sources: RFC 9110 sections 8.8 and 13 (validators, conditional requests), RFC 9111 section 5.2 (Cache-Control).
"""

import hashlib

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
    changed = _last_append()
    if changed is not None:
        answer["Last-Modified"] = http_date(changed)
    done = get_conditional_response(request, etag=etag, last_modified=changed, response=answer)
    return done if isinstance(done, HttpResponse) else answer


def _last_append() -> int | None:
    """The second of the last append; None within that second, when there may still come another."""
    at = log.last_released_at()
    if at is None or int(at.timestamp()) >= int(clock.now().timestamp()):
        return None
    return int(at.timestamp())
