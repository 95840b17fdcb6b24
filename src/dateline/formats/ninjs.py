"""ninjs 3.1 (IPTC, May 2025). It has no signal: a correction shows in `version` and `edNote`."""

import json
from typing import Any

from dateline.formats.blocks import blocks
from dateline.formats.body import plain
from dateline.formats.said import Said, said
from dateline.words import sectors
from dateline.words.entry import Entry
from dateline.words.wire import Wire

# These have members of their own.
_APART = {"subhead", "ednote"}
STANDARD = {"name": "ninjs", "version": "3.1", "schema": "https://www.iptc.org/std/ninjs/ninjs-schema_3.1.json"}


def render(entry: Entry, lang: str, wire: Wire) -> bytes:
    """One rendition as a ninjs document."""
    return json.dumps(document(entry, lang, wire), ensure_ascii=False).encode()


def document(entry: Entry, lang: str, wire: Wire) -> dict[str, Any]:
    """The same, as a value. What is canceled or erased keeps its identity and loses its text."""
    what = said(entry, lang, wire)
    found: dict[str, Any] = {
        "uri": what.id,
        "standard": STANDARD,
        "type": "text",
        "representationType": "full" if what.usable else "partial",
        "version": str(what.edition),
        "versionCreated": what.released_at,
        "pubStatus": "usable" if what.usable else "canceled",
        "urgency": entry.header["urgency"],
        "language": lang,
        "headlines": [{"role": "main", "contentType": "text/plain", "value": what.headline}],
        "edNote": _ednote(what),
        "copyrightHolder": entry.source["issuer"] or entry.source["name"],
        "usageTerms": what.disclaimer,
        "subjects": [
            {"uri": f"http://cv.iptc.org/newscodes/mediatopic/{code[7:]}", "name": sectors.name(code, lang)}
            if code.startswith("medtop:")
            else {"uri": f"tag:dateline.example,2026:{code}", "name": sectors.name(code, lang)}
            for code in entry.sectors
        ],
        "infoSources": _sources(entry),
        "altIds": [
            {"role": role, "value": value}
            for role, value in (("seq", str(entry.seq)), ("guid", entry.guid), ("source", entry.source["guid"]))
            if value
        ],
        "genres": [{"name": text, "literal": f"label:{kind}"} for kind, text in what.labels],
    }
    if what.usable:
        found |= _text(entry, what)
    return {key: value for key, value in found.items() if value not in ("", [], None)}


def _text(entry: Entry, what: Said) -> dict[str, Any]:
    body = "".join(html for name, html in blocks(what) if name not in _APART)
    words = plain(what.body_html)
    text = {"charCount": len(words), "wordCount": len(words.split())}
    return {
        "slugline": entry.header["slugline"],
        "headlines": [
            {"role": "main", "contentType": "text/plain", "value": what.headline},
            *([{"role": "subhead", "contentType": "text/plain", "value": what.subhead}] if what.subhead else []),
        ],
        "bodies": [{"role": "main", "contentType": "text/html", "value": body, **text}],
        "organisations": _organisations(entry),
        "places": [{"name": country, "rel": "country", "literal": country} for country in entry.countries],
        "people": [_person(contact) for contact in what.contacts],
    }


def _ednote(what: Said) -> str:
    """The labels, then the note: what a newsroom must read before it prints."""
    return "; ".join(each for each in (*(text for _, text in what.labels), what.ednote) if each)


def _sources(entry: Entry) -> list[dict[str, str]]:
    source = entry.source
    roles = (
        ("provider" if source["kind"] == "provider" else "issuer", "name"),
        ("principal", "principal"),
        ("payer", "payer"),
    )
    return [{"role": role, "name": source[key]} for role, key in roles if source[key]]


def _organisations(entry: Entry) -> list[dict[str, Any]]:
    symbols = []
    for ticker in entry.header["tickers"]:
        exchange, _, symbol = ticker.rpartition(":")
        symbols.append({"exchange": exchange, "symbol": symbol})
    issuer = entry.source["issuer"]
    return [{"name": issuer, "rel": "issuer", **({"symbols": symbols} if symbols else {})}] if issuer else []


def _person(contact: dict[str, str]) -> dict[str, Any]:
    lines = [
        {"type": kind, "value": contact[key]}
        for kind, key in (("phone", "phone"), ("email", "email"), ("web", "url"), ("text", "text"))
        if contact.get(key)
    ]
    name = contact.get("name") or contact.get("organisation") or contact.get("role") or "-"
    return {"name": name, "rel": "contact", **({"contactInfo": lines} if lines else {})}
