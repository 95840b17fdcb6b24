"""JSON Feed 1.1. What it does not know stands under `_dateline`."""

import json
from typing import Any

from dateline.formats.feed import Feed, FeedItem, time

MEDIA_TYPE = "application/feed+json"


def render(feed: Feed) -> bytes:
    """The feed document; `next_url` leads to the archive page before it."""
    document: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.home_url,
        "feed_url": feed.self_url,
        "language": feed.lang,
        "items": [_item(item) for item in feed.items],
    }
    if feed.hub_url:
        document["hubs"] = [{"type": "WebSub", "url": feed.hub_url}]
    if feed.prev_archive:
        document["next_url"] = feed.prev_archive
    return json.dumps(document, ensure_ascii=False).encode()


def _item(item: FeedItem) -> dict[str, Any]:
    return {
        "id": item.id,
        "url": item.what.url,
        "title": item.what.headline,
        "summary": item.summary,
        "content_html": item.content_html,
        "date_published": time(item.published),
        "date_modified": time(item.updated),
        "authors": [{"name": item.author}],
        "language": item.what.lang,
        "tags": [name for _, name in item.categories] + [text for _, text in item.what.labels],
        "_dateline": {
            "about": "https://dateline.example/json-feed",
            "seq": item.entry.seq,
            "signal": str(item.entry.signal),
            "edition": item.what.edition,
            "status": item.what.state,
        },
    }
