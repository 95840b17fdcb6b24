"""One release in one language: its page, and its other formats."""

import json
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _

from dateline.formats.registry import FORMATS, negotiate
from dateline.web.changes import changes
from dateline.web.newsroom import page
from dateline.web.shown import Story, groups, tongue, when
from dateline.wire import log
from dateline.words.entry import Entry
from dateline.words.errors import BadInput, Fault
from dateline.words.languages import language


def release(request: HttpRequest, lang: str, key: str, extension: str = "") -> HttpResponse:
    """By extension, or by Accept; the page for a browser."""
    entries = log.story(key, groups(request))
    editions = [entry for entry in entries if lang in entry.langs]
    if not editions:
        raise Http404
    entry = _chosen(editions, request.GET.get("seq", ""))
    chosen = FORMATS.get(extension) if extension else negotiate(request.headers.get("Accept", ""))
    if chosen is None:
        fault = Fault(
            "not-acceptable", "None of the types in Accept is served.", "Accept", f"Take {', '.join(FORMATS)}."
        )
        raise BadInput([fault])
    if chosen.extension == "html" and not extension:
        answer = _page(request, entry, editions, entries, lang)
    else:
        answer = HttpResponse(chosen.render(entry, lang, settings.DATELINE_WIRE), content_type=chosen.content_type)
    answer["Vary"] = "Accept, Cookie"
    answer["Cache-Control"] = "no-cache"
    answer["Content-Language"] = lang
    return answer


def _chosen(editions: list[Entry], seq: str) -> Entry:
    if not seq:
        return editions[-1]
    found = next((entry for entry in editions if str(entry.seq) == seq), None)
    if found is None:
        raise Http404
    return found


def _page(request: HttpRequest, entry: Entry, editions: list[Entry], entries: list[Entry], lang: str) -> HttpResponse:
    translation.activate(lang.lower())
    story = Story(entry, lang)
    wire = settings.DATELINE_WIRE
    tags = list(dict.fromkeys(tag for each in entries for tag in each.langs))
    source = str(entry.header["source_language"])
    context = {
        **page(lang),
        "entry": entry,
        "said": story.said,
        "summary": story.summary[:200],
        "when": story.when,
        "old": entry is not editions[-1],
        "published": editions[0].header["released_at"],
        "tickers": ", ".join(entry.header["tickers"]) if story.said.usable else "",
        "contacts_heading": language(lang).heading("contacts"),
        "alternates": [tongue(tag, f"/{tag}/{entry.key}") for tag in tags],
        "default_url": wire.page(entry.key, source if source in tags else tags[0]),
        "og_locale": lang.replace("-", "_"),
        "formats": list(FORMATS.values()),
        "editions": _editions(editions, lang),
        "json_ld": json_ld(story, editions, wire.name),
    }
    return render(request, "web/release.html", context, status=410 if story.said.state == "canceled" else 200)


def _editions(editions: list[Entry], lang: str) -> list[dict[str, Any]]:
    """Each edition, newest first, with what it changed."""
    names = {
        "release": _("Released"),
        "correction": _("Correction"),
        "update": _("Update"),
        "withdrawal": _("Withdrawal"),
        "translation": _("Translation"),
        "erasure": _("Erasure"),
    }
    told = []
    for before, entry in zip([None, *editions], editions, strict=False):
        old = before.rendition(lang) if before else None
        told.append(
            {
                "entry": entry,
                "when": when(entry.released_at, lang),
                "signal": names.get(str(entry.signal), str(entry.signal)),
                "changes": changes(old, entry.rendition(lang)),
            }
        )
    return told[::-1]


def json_ld(story: Story, editions: list[Entry], publisher: str) -> str:
    """schema.org NewsArticle, safe inside a script element."""
    entry, what = story.entry, story.said
    issuer = entry.source["issuer"] or entry.source["name"]
    document: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": what.headline[:110],
        "inLanguage": story.lang,
        "datePublished": editions[0].header["released_at"],
        "dateModified": what.released_at,
        "url": what.url,
        "identifier": what.id,
        "description": story.summary[:200],
        "author": {"@type": "Organization", "name": issuer},
        "publisher": {"@type": "Organization", "name": publisher},
        "creditText": entry.source["name"],
    }
    if entry.header["ednote"]:
        document["correction"] = entry.header["ednote"]
    if not what.usable:
        document["creativeWorkStatus"] = "Withdrawn"
    text = json.dumps(document, ensure_ascii=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
