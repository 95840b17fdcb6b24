"""NewsML 1.2 (IPTC), as Business Wire files it: one news component a language, and in it one for each part."""

from lxml import etree

from dateline.formats.body import clean, plain
from dateline.intake.readers import datelines, vocabulary
from dateline.intake.readers.reading import Draft
from dateline.intake.readers.safe_xml import elements, first, line_of, markup, parsed, said, values
from dateline.intake.readers.story import Story, told
from dateline.intake.readers.times import instant_of
from dateline.intake.readers.tongue import guessed, provider_tag
from dateline.words.errors import BadInput, Fault
from dateline.words.release import Contact, Embargo, Rendition, Source, Version

_SAME_PARTS = "NewsComponent[Role/@FormalName='{}']//DataContent"


def sniff(text: str) -> bool:
    """Whether it is XML with NewsML 1's root element."""
    return "<NewsML" in text[:4000]


def read(text: str) -> Draft:
    """The release in the document's first news item, with a rendition for each of its languages."""
    item = _item(parsed(text))
    top = _component(item)
    issuer = first(values(top, "AdministrativeMetadata/Source/Party/@FormalName"))
    provider = first(values(item, "ancestor::NewsML/NewsEnvelope/SentFrom/Party/@FormalName"))
    tellings = [_rendition(each, top, issuer, provider) for each in _by_language(top)]
    renditions = tuple(rendition for rendition, _, _ in tellings)
    codes, unread, no_sector = vocabulary.sectors_named(_keywords(top, "BWIndustryKeywords"), _where(top))
    tickers, no_ticker = vocabulary.tickers_named(_tickers(top), _where(top))
    isins, no_isin = vocabulary.isins_named(values(top, "Metadata/Property[@FormalName='ISIN']/@Value"), _where(top))
    version = Version(
        renditions=renditions,
        source_language=renditions[0].lang,
        source=Source(issuer=issuer, provider=provider, guid=_guid(item), issued=_issued(item)),
        contacts=tellings[0][1],
        sectors=codes,
        unread=unread,
        countries=vocabulary.countries_named(_keywords(top, "BWCountryKeywords")),
        tickers=tickers,
        isins=isins,
        embargo=_embargo(item),
        slugline=first(values(top, ".//NewsLines/SlugLine")),
    )
    guesses = [warning for _, _, warnings in tellings for warning in warnings]
    return Draft(version, (*guesses, *no_sector, *no_ticker, *no_isin))


def _item(root: etree._Element) -> etree._Element:
    items = elements(root, "NewsItem")
    if root.tag != "NewsML" or not items:
        what = f"The document is a {etree.QName(root).localname} without a NewsItem."
        raise BadInput([Fault("no-news-item", what, line_of(root), "File a NewsML 1.2 document with one NewsItem.")])
    if len(items) > 1:
        what = f"The document holds {len(items)} news items."
        raise BadInput([Fault("many-items", what, line_of(items[1]), "File each of them by itself.")])
    if first(values(items[0], "NewsManagement/Status/@FormalName")).lower() in {"canceled", "cancelled"}:
        what = "The provider has withdrawn this item."
        raise BadInput([Fault("canceled", what, line_of(items[0]), "Withdraw our release of it instead.")])
    return items[0]


def _component(item: etree._Element) -> etree._Element:
    found = elements(item, "NewsComponent")
    if not found or not elements(found[0], ".//DataContent"):
        what = "The news item has no text in it."
        raise BadInput([Fault("no-body", what, line_of(item), "File an item whose text stands in the document.")])
    return found[0]


def _by_language(top: etree._Element) -> list[etree._Element]:
    """The components that hold a whole rendition: those with parts that have roles, or else the top itself."""
    return elements(top, "NewsComponent[not(Role)][.//DataContent]") or [top]


def _rendition(
    component: etree._Element, top: etree._Element, issuer: str, provider: str
) -> tuple[Rendition, tuple[Contact, ...], tuple[Fault, ...]]:
    headline = first(values(component, "NewsLines/HeadLine") + values(component, _SAME_PARTS.format("HeadLine")))
    story = _story(component, headline, issuer)
    lang, guess = _language(component, top, story)
    place = first(values(component, "NewsLines/DateLine"))
    dateline = story.dateline.text if story.dateline else datelines.composed(place, provider)
    rendition = Rendition(
        lang=lang,
        headline=headline,
        subhead=_subhead(component),
        place=place or (story.dateline.place if story.dateline else ""),
        dateline=dateline,
        body_html=story.body_html,
        boilerplate=story.boilerplate,
    )
    return rendition, story.contacts, guess


def _story(component: etree._Element, headline: str, issuer: str) -> Story:
    body = _part(component, "Body")
    if not body:
        what = "The news component has no part with the role Body."
        raise BadInput([Fault("no-body", what, line_of(component), "File an item with its text in it.")])
    return told(body, headline=headline, issuer=issuer, contact_markup=_part(component, "Contact"))


def _part(component: etree._Element, role: str) -> str:
    """The HTML of the parts with that role, without what Business Wire puts in to count and to show pictures."""
    found = elements(component, _SAME_PARTS.format(role))
    for each in found:
        for own in elements(each, ".//*[@id='bwbodyimg' or starts-with(@id, 'mmgallerylink')]"):
            _drop(own)
    bodies = [(elements(each, ".//h:body") or [each])[0] for each in found]
    return " ".join(markup(each) for each in bodies if said(each))


def _drop(node: etree._Element) -> None:
    parent = node.getparent()
    if parent is not None:
        parent.remove(node)


def _subhead(component: etree._Element) -> str:
    lines = plain(clean(_part(component, "SubHeadLine"))).splitlines()
    return "; ".join(line.lstrip("• ") for line in lines if line.strip())


def _language(component: etree._Element, top: etree._Element, story: Story) -> tuple[str, tuple[Fault, ...]]:
    path = "DescriptiveMetadata/Language/@FormalName"
    tag = first(values(component, path) + values(top, path))
    if tag:
        return provider_tag(tag), ()
    lang, warning = guessed(story.body_html)
    return lang, (warning,)


def _guid(item: etree._Element) -> str:
    """The public identifier without its revision, which every revision of the item shares."""
    identifier = "Identification/NewsIdentifier"
    whole = first(values(item, f"{identifier}/PublicIdentifier"))
    revision = first(values(item, f"{identifier}/RevisionId"))
    return whole.removesuffix(f":{revision}") or first(values(item, f"{identifier}/NewsItemId"))


def _issued(item: etree._Element) -> str:
    times = values(item, "NewsManagement/ThisRevisionCreated") + values(item, "NewsManagement/FirstCreated")
    return instant_of(first(times))


def _embargo(item: etree._Element) -> Embargo:
    """When an embargoed item becomes usable. BadInput if it does not say."""
    if first(values(item, "NewsManagement/Status/@FormalName")).lower() != "embargoed":
        return Embargo()
    until = instant_of(first(values(item, "NewsManagement/StatusWillChange/DateAndTime")))
    if not until:
        what = "The item is embargoed, and does not say until when."
        raise BadInput([Fault("no-embargo-time", what, line_of(item), "Give StatusWillChange a DateAndTime.")])
    return Embargo(at=until)


def _keywords(top: etree._Element, name: str) -> list[str]:
    return values(top, f"Metadata/Property[@FormalName='{name}']/@Value")


def _tickers(top: etree._Element) -> list[str]:
    """`EXCHANGE:SYMBOL` from each block of securities identifiers."""
    blocks = elements(top, "Metadata[MetadataType/@FormalName='Securities Identifier']")
    return [
        f"{exchange}:{symbol}"
        for block in blocks
        for exchange in values(block, "Property[@FormalName='Exchange']/@Value")[:1]
        for symbol in values(block, "Property[@FormalName='Ticker Symbol']/@Value")
    ]


def _where(top: etree._Element) -> str:
    found = elements(top, "Metadata")
    return line_of(found[0] if found else top)
