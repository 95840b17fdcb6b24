"""XML without its dangers: no entities, no network, no depth, and the line of whatever is wrong."""

import re
from copy import deepcopy
from html import escape
from typing import Any

from lxml import etree

from dateline.intake.readers.charset import place
from dateline.words.errors import BadInput, Fault

NAR = "http://iptc.org/std/nar/2006-10-01/"
# The prefixes that a path may use: IPTC's news architecture, and XHTML.
_SPACES = {"g": NAR, "h": "http://www.w3.org/1999/xhtml"}
_DECLARATION = re.compile(r"(\s*)(<\?xml\s[^>]*\?>)")


def parsed(text: str) -> etree._Element:
    """The root element. BadInput for entities of its own, and for what is not well-formed."""
    entity = text.find("<!ENTITY")
    if entity >= 0:
        what = "The document declares entities, which we do not read: they can be made to fill a memory."
        raise BadInput([Fault("entities", what, place(text, entity), "Write the characters themselves.")])
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        encoding="utf-8",
    )
    try:
        # The text is decoded already: a declaration that names another charset would be wrong by now.
        root = etree.fromstring(_DECLARATION.sub(_blanked, text, count=1).encode(), parser)
    except etree.XMLSyntaxError as trouble:
        raise BadInput([_fault(trouble)]) from None
    for reference in root.iter(etree.Entity):
        what = f"{reference.text} is an entity that the document does not explain."
        raise BadInput([Fault("entities", what, f"line {reference.sourceline}", "Write the character itself.")])
    return root


def said(node: etree._Element | None) -> str:
    """All text of an element, its white space collapsed."""
    return "" if node is None else " ".join("".join(map(str, node.itertext())).split())


def first(texts: list[str]) -> str:
    """The first of them, or nothing."""
    return texts[0] if texts else ""


def elements(node: etree._Element, path: str) -> list[etree._Element]:
    """The elements that an XPath finds from there; see `_SPACES` for its prefixes."""
    # The path decides what it finds, which no type can say.
    ask: Any = node.xpath
    found: list[etree._Element] = ask(path, namespaces=_SPACES)
    return found


def values(node: etree._Element, path: str) -> list[str]:
    """The attributes that an XPath ending in `/@name` finds, or the text of the elements, none of it blank."""
    ask: Any = node.xpath
    found: list[str | etree._Element] = ask(path, namespaces=_SPACES)
    texts = [each.strip() if isinstance(each, str) else said(each) for each in found]
    return [each for each in texts if each]


def markup(node: etree._Element) -> str:
    """The element's content as HTML, without prefixes."""
    inner = "".join(etree.tostring(child, encoding="unicode", method="html") for child in _plain_html(node))
    return escape(node.text or "") + inner


def _plain_html(node: etree._Element) -> etree._Element:
    """A copy without namespaces, so that it prints as HTML."""
    copy = deepcopy(node)
    for element in copy.iter(etree.Element):
        element.tag = etree.QName(element).localname
    etree.cleanup_namespaces(copy)
    return copy


def line_of(node: etree._Element) -> str:
    return f"line {node.sourceline}"


def _blanked(declaration: re.Match[str]) -> str:
    return declaration[1] + re.sub(r"\S", " ", declaration[2])


def _fault(trouble: etree.XMLSyntaxError) -> Fault:
    line, column = trouble.position
    what = (trouble.msg or "it is not well-formed").partition(", line ")[0]
    if "depth" in what.lower():
        return Fault("too-deep", "The XML nests too deep.", f"line {line}", "Nest fewer than 256 elements.")
    mend = "Check it with an XML editor; each element needs its end."
    return Fault("broken-xml", f"The XML is broken: {what}.", f"line {line}, column {column}", mend)
