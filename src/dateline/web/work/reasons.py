"""Why something was sent or not, in the page's language: what a room tells now, and what was once written down.

Written down, beside an address and in the ledger, is a text: ours are known by the sentences below, and every other
is what the other end said, and stays as it is.
"""

from collections.abc import Mapping

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_noop

from dateline.web.work.telling import recognised
from dateline.words.told import Told

# Where somebody else's word may stand in a sentence, `said` is what may be one of these in its turn.
WRITTEN = (
    # Why an address or an endpoint gets nothing.
    gettext_noop("unsubscribed"),
    gettext_noop("ended by the subscriber"),
    gettext_noop("ended by the subscriber before it was confirmed"),
    gettext_noop("whoever reads it did not ask for this"),
    gettext_noop("the subscriber's data was deleted"),
    gettext_noop("the lease has run out"),
    gettext_noop("ended"),
    gettext_noop("suppressed: {said}"),
    gettext_noop("bounce: {said}"),
    gettext_noop("complaint: {said}"),
    gettext_noop("objection: {said}"),
    gettext_noop("operator: {said}"),
    gettext_noop("said when it was asked"),
    gettext_noop("said when it was ended"),
    gettext_noop("said by its reader"),
    gettext_noop("an operator"),
    # Why nothing was sent, or not then.
    gettext_noop("over the reader's own cap of {cap} a day"),
    gettext_noop("goes in the digest of {time} UTC"),
    gettext_noop("nothing is left to say"),
    gettext_noop("paused by the reader until {time}"),
    gettext_noop("muted by the reader"),
    gettext_noop("entry {seq} took its place"),
    gettext_noop("called off by {by}"),
    gettext_noop("put off: it did not answer just now, or asked to wait"),
    # What came of an attempt.
    gettext_noop("it was in the feed as of entry {seq}, which was delivered"),
    gettext_noop("it changes while it is sent"),
    gettext_noop("written as {name}, {size} bytes"),
    gettext_noop("it could not be rendered"),
    gettext_noop("it could not be rendered as {kind}: {error}"),
    gettext_noop("no answer in time"),
    gettext_noop("{server}: no answer in time"),
    gettext_noop("the connection has ended"),
    gettext_noop("the connection ended before an answer"),
    gettext_noop("no HTTP: {error}"),
    gettext_noop("headers without an end"),
    gettext_noop("not a web address"),
    gettext_noop("the address is on this machine's own network"),
    gettext_noop("not a browser's subscription: {error}"),
    gettext_noop("no route is set for {domain}"),
    gettext_noop("there is no domain {domain}"),
    gettext_noop("the name {domain} could not be found: {error}"),
    gettext_noop("{domain} takes no mail (null MX)"),
    gettext_noop("uncertain: no answer to the final dot ({said})"),
    gettext_noop("not an address of a folder"),
    gettext_noop("the login was refused: {error}"),
    gettext_noop("the host key has changed: it is {shown}, and {pinned} is pinned"),
    gettext_noop("ConnectionError: the host has {had} of {size} bytes"),
    # Where an address came from.
    gettext_noop("given on the subscription page by {name}, {time} UTC"),
    gettext_noop("added by API by {name}, {time} UTC"),
    gettext_noop("invented for the demo"),
)


def reason(told: Told | str) -> SafeString:
    """The sentence, its values kept from turning the line around; what the other end said is in no known language."""
    if isinstance(told, Told):
        return _said(told.text, told.values)
    if known := recognised(told, WRITTEN):
        return _said(*known)
    return format_html('<bdi lang="">{}</bdi>', told)


def _said(text: str, values: Mapping[str, object]) -> SafeString:
    # The second is for Django, which refuses to format what has no places.
    return format_html(gettext(text), "", **{name: _value(name, value) for name, value in values.items()})


def _value(name: str, value: object) -> SafeString:
    if isinstance(value, Told):
        return reason(value)
    return reason(str(value)) if name == "said" else format_html("<bdi>{}</bdi>", value)
