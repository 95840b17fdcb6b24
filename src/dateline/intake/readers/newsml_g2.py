"""NewsML-G2 news items of text (IPTC NewsML-G2 2.x), as GlobeNewswire and other providers file them."""

from html import escape
from itertools import chain

from lxml import etree

from dateline.intake.readers import vocabulary
from dateline.intake.readers.countries import of_place
from dateline.intake.readers.reading import Draft
from dateline.intake.readers.safe_xml import NAR, elements, first, line_of, markup, parsed, said, values
from dateline.intake.readers.story import Story, told
from dateline.intake.readers.times import instant_of
from dateline.intake.readers.tongue import guessed, provider_tag
from dateline.words import sectors
from dateline.words.errors import BadInput, Fault
from dateline.words.release import Embargo, Rendition, Source, Version

_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_NAMES = {"globenewswire.com": "GlobeNewswire", "marketwired.com": "GlobeNewswire"}
_ORGANISATION = "g:contentMeta/g:subject[@type='cpnat:organisation']"
_INDUSTRY = "g:contentMeta/g:subject[starts-with(@qcode, 'MWIndustry:')]/g:name"


def sniff(text: str) -> bool:
    """Whether it is XML in the namespace of IPTC's news architecture."""
    return NAR in text[:4000]


def read(text: str) -> Draft:
    """The release in the document's first news item. BadInput if it has none, or none that may be used."""
    item = _item(parsed(text))
    issuer = first(values(item, f"{_ORGANISATION}/@literal") + values(item, f"{_ORGANISATION}/g:name"))
    headline = first(values(item, "g:contentMeta/g:headline"))
    located = first(values(item, "g:contentMeta/g:located/@literal") + values(item, "g:contentMeta/g:located/g:name"))
    story = _story(item, headline, issuer)
    lang, guess = _language(item, story)
    codes, unread, no_sector = _sectors(item)
    tickers, no_ticker = vocabulary.tickers_named(_tickers(item), _where(item, "g:contentMeta/g:keyword"))
    isins, no_isin = vocabulary.isins_named(_isins(item), _where(item, "g:assert"))
    rendition = Rendition(
        lang=lang,
        headline=headline,
        subhead=story.subhead,
        place=story.dateline.place if story.dateline else located,
        dateline=story.dateline.text if story.dateline else "",
        body_html=story.body_html,
        boilerplate=story.boilerplate,
    )
    version = Version(
        renditions=(rendition,),
        source_language=lang,
        source=_source(item, issuer),
        contacts=story.contacts,
        sectors=codes,
        unread=unread,
        countries=of_place(located),
        tickers=tickers,
        isins=isins,
        embargo=_embargo(item),
        slugline=first(values(item, "g:contentMeta/g:slugline")),
    )
    return Draft(version, (*guess, *no_sector, *no_ticker, *no_isin))


def _item(root: etree._Element) -> etree._Element:
    """The document's news item: its root, or the first in a news message."""
    items = [root] if root.tag == f"{{{NAR}}}newsItem" else elements(root, ".//g:newsItem")
    if not items:
        what = f"The document is a {etree.QName(root).localname}, and holds no newsItem."
        raise BadInput([Fault("no-news-item", what, line_of(root), "File a newsItem of text.")])
    if len(items) > 1:
        what = f"The message holds {len(items)} news items."
        raise BadInput([Fault("many-items", what, line_of(items[1]), "File each of them by itself.")])
    status = first(values(items[0], "g:itemMeta/g:pubStatus/@qcode"))
    if status.endswith(":canceled"):
        what = "The provider has withdrawn this item."
        raise BadInput([Fault("canceled", what, line_of(items[0]), "Withdraw our release of it instead.")])
    return items[0]


def _story(item: etree._Element, headline: str, issuer: str) -> Story:
    """The body of the item's content: XHTML, or else text."""
    for body in elements(item, "g:contentSet/g:inlineXML//h:body"):
        apart = elements(body, ".//h:div[@class='mw_contactinfo']")
        contact = " ".join(markup(each) for each in apart if said(each))
        for each in apart:
            _drop(each)
        return told(markup(body), headline=headline, issuer=issuer, contact_markup=contact)
    for data in elements(item, "g:contentSet/g:inlineData"):
        paragraphs = ("".join(map(str, data.itertext()))).split("\n\n")
        inner = "".join(f"<p>{escape(each)}</p>" for each in paragraphs)
        return told(inner, headline=headline, issuer=issuer)
    what = "The news item has no XHTML and no text in it."
    raise BadInput([Fault("no-body", what, line_of(item), "File an item with inlineXML or inlineData.")])


def _drop(node: etree._Element) -> None:
    parent = node.getparent()
    if parent is not None:
        parent.remove(node)


def _language(item: etree._Element, story: Story) -> tuple[str, tuple[Fault, ...]]:
    tag = first(values(item, "g:contentMeta/g:language/@tag")) or str(item.get(_XML_LANG) or "")
    if tag:
        return provider_tag(tag), ()
    lang, warning = guessed(story.body_html)
    return lang, (warning,)


def _source(item: etree._Element, issuer: str) -> Source:
    named = first(values(item, "g:itemMeta/g:provider/g:name") + values(item, "g:itemMeta/g:provider/@literal"))
    times = values(item, "g:itemMeta/g:versionCreated") + values(item, "g:itemMeta/g:firstCreated")
    return Source(
        issuer=issuer,
        provider=_NAMES.get(named.lower(), named),
        guid=str(item.get("guid") or ""),
        issued=instant_of(first(times)),
    )


def _embargo(item: etree._Element) -> Embargo:
    """When the item may be used. BadInput for an embargo without end, which is what an empty element means."""
    for until in elements(item, "g:itemMeta/g:embargoed"):
        at = instant_of(said(until))
        if not at:
            what = "The item is embargoed, and does not say until when."
            raise BadInput([Fault("no-embargo-time", what, line_of(until), "Write the time, with its offset.")])
        return Embargo(at=at)
    return Embargo()


def _sectors(item: etree._Element) -> tuple[tuple[str, ...], tuple[str, ...], tuple[Fault, ...]]:
    """Media topics by their code, and a provider's industries by their names."""
    topics = values(item, "g:contentMeta/g:subject[starts-with(@qcode, 'medtop:')]/@qcode")
    known = [code for code in topics if sectors.known(code)]
    codes, unread, warnings = vocabulary.sectors_named(values(item, _INDUSTRY), _where(item, _INDUSTRY))
    return tuple(dict.fromkeys((*known, *codes))), unread, warnings


def _tickers(item: etree._Element) -> list[str]:
    return values(item, "g:contentMeta/g:keyword[@role='MWKeyRole:Ticker']")


def _isins(item: etree._Element) -> list[str]:
    codes = values(item, "g:assert//g:related[starts-with(@qcode, 'ISIN:')]/@qcode")
    return list(chain.from_iterable(code.removeprefix("ISIN:").split() for code in codes))


def _where(item: etree._Element, path: str) -> str:
    found = elements(item, path)
    return line_of(found[0]) if found else ""
