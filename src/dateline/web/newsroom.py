"""The newsroom: what is out, newest first, in one language."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation

from dateline.formats import atom, json_feed, rss
from dateline.web.shown import Story, groups, tongue
from dateline.wire import log
from dateline.words import sectors
from dateline.words.languages import FIFTEEN, language

_PAGE = 30
_SECTORS = 18
FEEDS = (("rss", rss.MEDIA_TYPE), ("atom", atom.MEDIA_TYPE), ("json", json_feed.MEDIA_TYPE))


def home(request: HttpRequest) -> HttpResponse:
    """To the newsroom in the reader's language, among those that have news."""
    there = log.languages()
    wanted = request.headers.get("Accept-Language", "en")
    tags = [part.partition(";")[0].strip() for part in wanted.split(",")]
    chosen = next((found for tag in tags if (found := _match(tag, there))), None)
    answer = redirect(f"/{chosen or ('en' if 'en' in there or not there else there[0])}/")
    answer["Vary"] = "Accept-Language"
    return answer


def newsroom(request: HttpRequest, lang: str, sector: str = "") -> HttpResponse:
    """The lead and the list of a language, or of a sector in it."""
    there = log.languages()
    if lang not in there and lang not in FIFTEEN:
        raise Http404
    if sector and not sectors.known(sector):
        raise Http404
    translation.activate(lang.lower())
    before = request.GET.get("before", "")
    items = log.current(
        lang, groups(request), sector=sector, before=int(before) if before.isdigit() else 0, limit=_PAGE + 1
    )
    stories = [Story(item.entry, lang) for item in items[:_PAGE]]
    lead = next((story for story in stories if story.said.usable), None) if not before else None
    answer = render(
        request,
        "web/newsroom.html",
        {
            **page(lang),
            "lead": lead,
            "stories": [story for story in stories if story is not lead],
            "older": stories[-1].entry.seq if len(items) > _PAGE else None,
            "sector": sector,
            "sector_name": sectors.name(sector, lang) if sector else "",
            "sectors": _sectors(stories, lang),
            "languages": [tongue(tag) for tag in there or [lang]],
            "feeds": FEEDS,
            "feed_base": f"/feeds/{lang}/{sector}" if sector else f"/feeds/{lang}",
            "stream": f"{settings.DATELINE_WIRE.stream_url}/wire?lang={lang}" + (f"&sector={sector}" if sector else ""),
        },
    )
    answer["Cache-Control"] = "no-cache"
    return answer


def page(lang: str) -> dict[str, Any]:
    """What the base template needs to set a page in a language of the wire."""
    return {"lang": lang, "dir": language(lang).direction}


def _sectors(stories: list[Story], lang: str) -> list[tuple[str, str]]:
    """The sectors of what is on the page, by name."""
    codes = {code for story in stories for code in story.entry.sectors}
    return sorted(((code, sectors.name(code, lang)) for code in codes), key=lambda each: each[1])[:_SECTORS]


def _match(tag: str, there: list[str]) -> str | None:
    """A language of ours for one of Accept-Language's (RFC 4647 lookup, both ways)."""
    if tag in there:
        return tag
    return next((each for each in there if each.split("-")[0] == tag.split("-", maxsplit=1)[0]), None)
