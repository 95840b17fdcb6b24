"""One release in one language: its page, and its other formats by extension or by negotiation."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dateline.formats.registry import FORMATS, Format, negotiate
from dateline.web import reading
from dateline.web.editions import chosen, history, touching
from dateline.web.freshness import fresh
from dateline.web.newsroom import in_its_language, page
from dateline.web.shown import Story, tongue
from dateline.web.structured import json_ld
from dateline.wire import log
from dateline.words.entry import Entry
from dateline.words.errors import Fault, NotAcceptable

_SUMMARY = 200


@in_its_language
def release(request: HttpRequest, lang: str, key: str, extension: str = "") -> HttpResponse:
    """By extension, or by Accept; the page for a browser. `?seq=` or `?version=` asks for an older edition."""
    entries = log.story(key, reading.groups(request))
    editions = touching(entries, lang)
    entry = chosen(editions, request.GET.get("seq", ""), request.GET.get("version", ""))
    wanted = FORMATS[extension] if extension else _negotiated(request)
    # 410 Gone: it was here, was taken back or erased, and will not return (RFC 9110 section 15.5.11).
    status = 200 if entry.rendition(lang) else 410
    if wanted.extension == "html" and not extension:
        answer = render(request, "web/release.html", _page(entry, editions, entries, lang), status=status)
    else:
        document = wanted.render(entry, lang, settings.DATELINE_WIRE)
        answer = HttpResponse(document, content_type=wanted.content_type, status=status)
        answer["Link"] = f'<{settings.DATELINE_WIRE.page(entry.key, lang)}>; rel="canonical"'
    return fresh(request, answer, vary=("Cookie",) if extension else ("Accept", "Cookie"))


def _negotiated(request: HttpRequest) -> Format:
    found = negotiate(request.headers.get("Accept", ""))
    if found is None:
        kinds = ", ".join(each.media_type for each in FORMATS.values())
        raise NotAcceptable(
            [Fault("not-acceptable", "None of the types in Accept is served.", "Accept", f"Take one of {kinds}.")]
        )
    return found


def _page(entry: Entry, editions: list[Entry], entries: list[Entry], lang: str) -> dict[str, Any]:
    story = Story(entry, lang)
    newest = entry is editions[-1]
    tags = reading.ordered(tag for each in entries for tag in each.langs)
    source = str(entry.header["source_language"])
    usable = story.said.usable
    return {
        **page(lang),
        "entry": entry,
        "said": story.said,
        "summary": story.summary[:_SUMMARY],
        "when": story.when,
        "old": not newest,
        "indexed": newest and usable and not story.is_test,
        "published": editions[0].header["released_at"],
        "tickers": ", ".join(entry.header["tickers"]) if usable else "",
        "sectors": story.sectors,
        "tongues": [tongue(tag, f"/{tag}/{entry.key}") for tag in tags],
        "default_url": settings.DATELINE_WIRE.page(entry.key, source if source in tags else tags[0]),
        "og_locale": lang.replace("-", "_"),
        "formats": list(FORMATS.values()),
        "editions": history(entries, lang),
        "json_ld": json_ld(story, editions, [tag for tag in tags if tag != lang]),
    }
