"""The newsroom: what is out, newest first, in one language."""

from collections.abc import Callable
from functools import wraps
from itertools import groupby
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.http import require_safe

from dateline.formats import atom, json_feed, rss
from dateline.web import reading
from dateline.web.freshness import fresh
from dateline.web.shown import Story, Tongue, tongue
from dateline.wire import log
from dateline.words import sectors
from dateline.words.errors import NotFound
from dateline.words.languages import language

_PAGE = 30
_RAIL = 18
# The lead is the most urgent of so many of the newest.
_LEADS = 10
_SEQ_DIGITS = 15
FEEDS = (
    ("RSS", "rss", rss.MEDIA_TYPE),
    ("Atom", "atom", atom.MEDIA_TYPE),
    ("JSON Feed", "json", json_feed.MEDIA_TYPE),
)


def in_its_language(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The page speaks the language of its address; a tag that is written otherwise leads to the right one."""

    @require_safe
    @wraps(view)
    def speaking(request: HttpRequest, lang: str, **values: Any) -> HttpResponse:
        right = reading.canonical(lang)
        if right != lang:
            return redirect(request.get_full_path().replace(f"/{lang}", f"/{right}", 1), permanent=True)
        reading.checked(lang, reading.groups(request))
        with translation.override(lang.lower()):
            answer = view(request, lang, **values)
        answer["Content-Language"] = lang
        return answer

    return speaking


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """To the newsroom in the reader's language, among those that have news."""
    chosen = reading.best(request.headers.get("Accept-Language", ""), reading.there(reading.groups(request)))
    answer = redirect(f"/{chosen}/")
    answer["Vary"] = "Accept-Language, Cookie"
    answer["Cache-Control"] = "no-cache"
    return answer


@in_its_language
def newsroom(request: HttpRequest, lang: str, sector: str = "") -> HttpResponse:
    """The lead and the list of a language, or of a sector in it."""
    if sector and not sectors.known(sector):
        raise NotFound("There is no such sector.")
    # Read before the list is: what is appended in between is told twice rather than never.
    size, groups = log.size(), reading.groups(request)
    before = _seq(request.GET.get("before", ""))
    items = log.current(lang, groups, sector=sector, before=before, limit=_PAGE + 1)
    stories = [Story(item.entry, lang) for item in items[:_PAGE]]
    lead = None if before else _lead(stories)
    rest = [story for story in stories if story is not lead]
    context = {
        **page(lang),
        "lead": lead,
        "days": [(day, list(those)) for day, those in groupby(rest, key=lambda story: story.day)],
        "older": stories[-1].entry.seq if len(items) > _PAGE else None,
        "sector": sector,
        "sector_name": sectors.name(sector, lang) if sector else "",
        "sectors": _sectors(stories, lang),
        "tongues": _tongues(lang, groups, sector),
        "feeds": FEEDS,
        "feed_base": f"/feeds/{lang}/{sector}" if sector else f"/feeds/{lang}",
        "stream": "" if before else _stream(lang, sector, size),
    }
    return fresh(request, render(request, "web/newsroom.html", context))


@in_its_language
def sector_names(request: HttpRequest, lang: str) -> HttpResponse:
    """Every sector by its name, as a list of links."""
    named = sorted(((code, sectors.name(code, lang)) for code in sectors.own_codes()), key=lambda each: each[1])
    context = {**page(lang), "sectors": named, "tongues": _tongues(lang, reading.groups(request), "")}
    return fresh(request, render(request, "web/sectors.html", context))


def page(lang: str) -> dict[str, Any]:
    """What the base template needs to set a page in a language of the wire."""
    rules = language(lang)
    return {"lang": lang, "lang_name": rules.name, "dir": rules.direction}


def _lead(stories: list[Story]) -> Story | None:
    candidates = [story for story in stories[:_LEADS] if story.said.usable and not story.is_test]
    return min(candidates, key=lambda story: (story.entry.header["urgency"], -story.entry.seq), default=None)


def _sectors(stories: list[Story], lang: str) -> list[tuple[str, str]]:
    """The sectors of what is on the page, by name."""
    codes = {code for story in stories for code in story.entry.sectors}
    return sorted(((code, sectors.name(code, lang)) for code in codes), key=lambda each: each[1])[:_RAIL]


def _tongues(lang: str, groups: frozenset[str], sector: str) -> list[Tongue]:
    within = f"sector/{sector}/" if sector else ""
    tags = reading.there(groups)
    return [tongue(tag, f"/{tag}/{within}") for tag in (tags if lang in tags else [lang, *tags])]


def _stream(lang: str, sector: str, size: int) -> str:
    """Where news of this page comes live, from the newest entry that the page may show."""
    narrowed = f"&sector={sector}" if sector else ""
    return f"{settings.DATELINE_WIRE.stream_url}/wire?lang={lang}{narrowed}&after={size}"


def _seq(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _SEQ_DIGITS else 0
