"""Feeds over HTTP: what `wire.series` makes, with links and validators."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe

from dateline.formats.atom import links
from dateline.formats.feed import Feed
from dateline.web import reading
from dateline.web.freshness import fresh
from dateline.web.newsroom import FEEDS
from dateline.wire import series as feeds
from dateline.wire.series import Series
from dateline.words import sectors
from dateline.words.languages import FIFTEEN, language


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All feeds that there are."""
    active = translation.get_language() or "en"
    ui = next((tag for tag in FIFTEEN if tag.lower() == active), "en")
    named = sorted(((code, sectors.name(code, ui)) for code in sectors.own_codes()), key=lambda each: each[1])
    tags = [language(tag) for tag in reading.there()]
    context: dict[str, Any] = {"languages": tags, "feeds": FEEDS, "sectors": named, "ui": ui}
    return fresh(request, render(request, "web/feeds.html", context), vary=("Accept-Language", "Cookie"))


@require_safe
def current(request: HttpRequest, lang: str, kind: str, sector: str = "") -> HttpResponse:
    """The newest items, and all that no archive page holds yet."""
    series = feeds.find(lang, kind, sector)
    return _answer(request, series, feeds.current(series))


@require_safe
def archive(request: HttpRequest, lang: str, kind: str, page: str, sector: str = "") -> HttpResponse:
    """One archive page."""
    series = feeds.find(lang, kind, sector)
    return _answer(request, series, feeds.archive(series, int(page)))


def _answer(request: HttpRequest, series: Series, made: Feed) -> HttpResponse:
    answer = HttpResponse(series.bytes_of(made), content_type=series.media_type)
    answer["Link"] = ", ".join(f'<{href}>; rel="{rel}"' for rel, href in links(made))
    return fresh(request, answer, vary=())
