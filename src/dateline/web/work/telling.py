"""What the other rooms say of faults, in the page's language where there are words for it, else as it was said."""

import re
from functools import cache

from django.utils.translation import gettext, gettext_noop

# The rooms speak plain English with values in it; these are their sentences, for translators.
SENTENCES = (
    gettext_noop("It gives no reason."),
    gettext_noop("Say why in a sentence."),
    gettext_noop("It has no headline."),
    gettext_noop("It has no body."),
    gettext_noop("Write one."),
    gettext_noop("It does not say its language."),
    gettext_noop("Name the language that it was written in."),
    gettext_noop("It has no contact."),
    gettext_noop("Name whom a newsroom may call."),
    gettext_noop("It does not say whose news it is."),
    gettext_noop("Name the issuer."),
    gettext_noop("Its translation into %(lang)s is owed."),
    gettext_noop("Translate it, waive it, or let it follow."),
    gettext_noop("It has no headline in %(lang)s."),
    gettext_noop("It has no body in %(lang)s."),
    gettext_noop("The headline has %(count)s characters."),
    gettext_noop("Screens cut it."),
    gettext_noop("Its dateline names no place."),
    gettext_noop("Name the town."),
    gettext_noop("It is for nobody."),
    gettext_noop("Write public, or a group."),
    gettext_noop("Regulated disclosure goes to all at once."),
    gettext_noop("Make it public."),
    gettext_noop("The sector %(sector)s is not in our list."),
    gettext_noop("Choose the nearest."),
    gettext_noop("There is no sector %(sector)s."),
    gettext_noop("Choose one of the list."),
    gettext_noop("It has no sector, so few will be sent it."),
    gettext_noop("Choose one or two."),
    gettext_noop("%(zone)s is not an IANA time zone."),
    gettext_noop("Write one such as Asia/Seoul."),
    gettext_noop("%(time)s is not a time."),
    gettext_noop("Write it as 2026-12-01T09:00."),
    gettext_noop("%(time)s does not say in which zone."),
    gettext_noop("Name an IANA zone."),
    gettext_noop("%(time)s is already past."),
    gettext_noop("Choose a later time, or no embargo at all."),
    gettext_noop("%(hour)s does not exist on %(day)s in %(zone)s: the clocks go forward."),
    gettext_noop("Choose an hour before or after the change."),
    gettext_noop("%(hour)s comes twice on %(day)s in %(zone)s: the clocks go back."),
    gettext_noop("Write the offset that you mean, as +01:00."),
    gettext_noop("Somebody else changed it meanwhile."),
    gettext_noop("Load it again; your text is still in your form."),
    gettext_noop("Somebody else moved or changed it meanwhile."),
    gettext_noop("Load it again."),
    gettext_noop("It does not say what to mend."),
    gettext_noop("Tell the issuer in a sentence."),
)
# `%(name)s` or `{name}`.
_PLACE = re.compile(r"(?:%\(|\{)(\w+)(?:\)s|\})")


def told(text: str) -> str:
    """The sentence in the active language."""
    if known := recognised(text, SENTENCES):
        sentence, values = known
        return gettext(sentence) % values
    return text


def recognised(text: str, sentences: tuple[str, ...]) -> tuple[str, dict[str, str]] | None:
    """The first of the sentences that the text is, and what stands in its places; None if it is none of them."""
    for sentence in sentences:
        if found := _pattern(sentence).fullmatch(text):
            return sentence, found.groupdict()
    return None


@cache
def _pattern(sentence: str) -> re.Pattern[str]:
    # Every second piece is the name of a place.
    pieces = _PLACE.split(sentence)
    return re.compile(
        "".join(f"(?P<{piece}>.+?)" if at % 2 else re.escape(piece) for at, piece in enumerate(pieces)), re.DOTALL
    )
