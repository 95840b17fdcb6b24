"""NewsML-G2 2.35, power conformance (IPTC). The order of elements is the schema's, and strict."""

from typing import Any

from lxml import etree, html

from dateline.formats.blocks import blocks
from dateline.formats.plain_text import text
from dateline.formats.said import Said, said, xml_safe
from dateline.words import sectors
from dateline.words.entry import Entry
from dateline.words.release import Signal
from dateline.words.wire import Wire

NS = "http://iptc.org/std/nar/2006-10-01/"
XHTML = "http://www.w3.org/1999/xhtml"
XML = "{http://www.w3.org/XML/1998/namespace}"
CATALOG = "http://www.iptc.org/std/catalog/catalog.IPTC-G2-Standards_41.xml"
_SIGNALS = {Signal.CORRECTION: "sig:correction", Signal.UPDATE: "sig:update"}
# lxml takes None for the default namespace, which its type stubs do not know.
_MAPS: dict[str, Any] = {name: {None: name} for name in (NS, XHTML)}


def render(entry: Entry, lang: str, wire: Wire) -> bytes:
    """One rendition as a newsItem. What is canceled or erased has `stat:canceled` and no content."""
    what = said(entry, lang, wire)
    root = _el(
        "newsItem",
        _el("catalogRef", href=CATALOG),
        *_rights(entry, what),
        _item_meta(entry, what, wire),
        _content_meta(entry, what),
        *_listed(entry),
        _content_set(what),
        guid=what.id,
        version=str(what.edition),
        standard="NewsML-G2",
        standardversion="2.35",
        conformance="power",
    )
    root.set(f"{XML}lang", lang)
    document: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return document


def _rights(entry: Entry, what: Said) -> list[etree._Element]:
    """Whose text it is, and the disclaimer, which no receiver should lose."""
    holder = _line(entry.source["issuer"] or entry.source["name"])
    held = [_el("copyrightHolder", _el("name", holder), literal=holder)] if holder else []
    terms = [_el("usageTerms", what.disclaimer)] if what.disclaimer else []
    return [_el("rightsInfo", *held, *terms)] if held or terms else []


def _item_meta(entry: Entry, what: Said, wire: Wire) -> etree._Element:
    notes = "; ".join(each for each in (*(label for _, label in what.labels), what.ednote) if each)
    meta = _el(
        "itemMeta",
        _el("itemClass", qcode="ninat:text"),
        _el("provider", _el("name", _line(wire.name)), literal=wire.origin),
        _el("versionCreated", what.released_at),
        _el("pubStatus", qcode="stat:usable" if what.usable else "stat:canceled"),
    )
    if notes:
        meta.append(_el("edNote", notes))
    if entry.signal in _SIGNALS:
        meta.append(_el("signal", qcode=_SIGNALS[entry.signal]))
    return meta


def _content_meta(entry: Entry, what: Said) -> etree._Element:
    source = entry.source
    meta = _el("contentMeta", _el("urgency", str(entry.header["urgency"])), _el("contentCreated", what.released_at))
    if source["kind"] == "provider":
        meta.append(_el("infoSource", _el("name", _line(source["name"])), literal=_line(source["name"])))
    if source["issuer"]:
        meta.append(_el("creator", _el("name", _line(source["issuer"])), literal=_line(source["issuer"])))
    meta.append(_el("language", tag=what.lang))
    meta.extend(_subject(code, what.lang) for code in entry.sectors)
    meta.extend(_about(entry))
    slugline = _line(entry.header["slugline"])
    if what.usable and slugline:
        meta.append(_el("slugline", slugline))
    meta.append(_el("headline", what.headline))
    if what.dateline:
        meta.append(_el("dateline", what.dateline.strip()))
    return meta


def _about(entry: Entry) -> list[etree._Element]:
    """Countries and the issuer; of what was taken back, nothing."""
    if entry.canceled:
        return []
    found = [_el("subject", type="cpnat:geoArea", qcode=f"iso3166-1a2:{country}") for country in entry.countries]
    issuer = _line(entry.source["issuer"])
    if issuer:
        found.append(_el("subject", _el("name", issuer), type="cpnat:organisation", literal=issuer))
    return found


def _listed(entry: Entry) -> list[etree._Element]:
    """Where the issuer's shares are traded: an assertion on the organisation that `_about` names."""
    issuer, tickers = _line(entry.source["issuer"]), entry.header["tickers"]
    if entry.canceled or not issuer or not tickers:
        return []
    listed = [each.rpartition(":") for each in tickers]
    traded = (_el("hasInstrument", symbol=symbol, marketlabel=market) for market, _, symbol in listed)
    return [_el("assert", _el("name", issuer), *traded, literal=issuer)]


def _subject(code: str, lang: str) -> etree._Element:
    known = {"qcode": code} if code.startswith("medtop:") else {"literal": code}
    return _el("subject", _el("name", _line(sectors.name(code, lang))), type="cpnat:abstract", **known)


def _content_set(what: Said) -> etree._Element:
    if not what.usable:
        return _el("contentSet", _el("inlineData", text(what), contenttype="text/plain"))
    page = etree.Element(f"{{{XHTML}}}html", nsmap=_MAPS[XHTML])
    head = etree.SubElement(page, f"{{{XHTML}}}head")
    etree.SubElement(head, f"{{{XHTML}}}title").text = what.headline
    body = etree.SubElement(page, f"{{{XHTML}}}body")
    body.set("dir", what.rules.direction)
    body.extend(_xhtml(name, markup) for name, markup in blocks(what))
    return _el("contentSet", _el("inlineXML", page, contenttype="application/xhtml+xml"))


def _xhtml(name: str, markup: str) -> etree._Element:
    """Clean HTML as XHTML elements in a `div` of that class."""
    parser = html.HTMLParser(huge_tree=True)
    div: etree._Element = html.fragment_fromstring(markup, create_parent="div", parser=parser)
    div.set("class", name)
    for element in div.iter(etree.Element):
        element.tag = f"{{{XHTML}}}{element.tag}"
    return div


def _line(text: str) -> str:
    """What the schema wants on one line: names, literals, sluglines."""
    return " ".join(xml_safe(text).split())


def _el(name: str, *children: etree._Element | str, **attributes: str) -> etree._Element:
    made = etree.Element(f"{{{NS}}}{name}", attributes, nsmap=_MAPS[NS])
    for child in children:
        if isinstance(child, str):
            made.text = child
        else:
            made.append(child)
    return made
