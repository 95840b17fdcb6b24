"""A release as schema.org knows it: NewsArticle, as JSON-LD for the page's head."""

import json
from typing import Any

from django.conf import settings

from dateline.web.shown import Story
from dateline.words.entry import Entry

_SUMMARY = 200


def json_ld(story: Story, editions: list[Entry], other_langs: list[str]) -> str:
    """Safe inside a script element: nothing in it can close that."""
    text = json.dumps(_article(story, editions, other_langs), ensure_ascii=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _article(story: Story, editions: list[Entry], other_langs: list[str]) -> dict[str, Any]:
    entry, what, wire = story.entry, story.said, settings.DATELINE_WIRE
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": what.url,
        "identifier": what.id,
        "url": what.url,
        "mainEntityOfPage": what.url,
        "headline": what.headline,
        "description": story.summary[:_SUMMARY],
        "inLanguage": story.lang,
        "datePublished": editions[0].header["released_at"],
        "dateModified": what.released_at,
        "version": what.edition,
        "author": _organisation(entry.source["issuer"] or entry.source["name"]),
        "sourceOrganization": _organisation(entry.source["name"]),
        "publisher": _organisation(wire.name) | {"url": wire.base_url},
        "articleSection": [name for _, name in story.sectors],
        "dateline": what.dateline.strip(),
        "creditText": entry.source["name"],
        "usageInfo": what.disclaimer,
        "correction": what.ednote if len(editions) > 1 else "",
        "keywords": [text for _, text in what.labels],
        "creativeWorkStatus": "" if what.usable else "Withdrawn",
        "workTranslation": [{"@id": wire.page(entry.key, tag)} for tag in other_langs],
    }
    return {key: value for key, value in found.items() if value not in ("", [], None)}


def _organisation(name: str) -> dict[str, Any]:
    return {"@type": "Organization", "name": name}
