"""The output formats: one line each. Chosen by extension, or by HTTP content negotiation (RFC 9110 section 12.5.1)."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from dateline.formats import newsml_g2, ninjs, page_html, plain_text
from dateline.words.entry import Entry
from dateline.words.wire import Wire


@dataclass(frozen=True, slots=True)
class Format:
    """How a rendition is served: its file extension, its media type, and what makes its bytes."""

    name: str
    extension: str
    media_type: str
    render: Callable[[Entry, str, Wire], bytes]
    also: tuple[str, ...] = ()

    @property
    def content_type(self) -> str:
        text = self.media_type.startswith("text/")
        return f"{self.media_type}; charset=utf-8" if text else self.media_type


FORMATS = {
    each.extension: each
    for each in (
        Format("HTML", "html", "text/html", page_html.render, ("application/xhtml+xml",)),
        Format("ninjs 3.1", "json", "application/json", ninjs.render, ("application/vnd.iptc.ninjs+json",)),
        Format(
            "NewsML-G2",
            "xml",
            "application/vnd.iptc.g2.newsitem+xml",
            newsml_g2.render,
            ("application/xml", "text/xml"),
        ),
        Format("Text", "txt", "text/plain", plain_text.render),
    )
}

_WEIGHT = re.compile(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?")


def negotiate(accept: str) -> Format | None:
    """The format that an Accept header prefers; HTML if it does not care, None if it takes none of ours."""
    if not accept.strip():
        return FORMATS["html"]
    ranges = [_range(each) for each in accept.split(",") if each.strip()]
    best = max(FORMATS.values(), key=lambda each: _quality(each, ranges))
    return best if _quality(best, ranges) > 0 else None


def _range(text: str) -> tuple[str, float]:
    media, *parameters = (each.strip().lower() for each in text.split(";"))
    weight = next((each[2:].strip() for each in parameters if each.startswith("q=")), "1")
    return media, float(weight) if _WEIGHT.fullmatch(weight) else 0.0


def _quality(known: Format, ranges: list[tuple[str, float]]) -> float:
    """The quality of the most specific range that covers the format."""
    names = (known.media_type, *known.also)
    kind = known.media_type.partition("/")[0]
    for wanted in (names, (f"{kind}/*",), ("*/*",)):
        found = [quality for media, quality in ranges if media in wanted]
        if found:
            return max(found)
    return 0.0
