"""Who reads a public page, in which language, and what there is for them."""

from collections.abc import Iterable
from functools import lru_cache

from django.http import HttpRequest

from dateline.people import accounts
from dateline.wire import log
from dateline.words import languages
from dateline.words.errors import BadInput, NotFound
from dateline.words.languages import FIFTEEN


def groups(request: HttpRequest) -> frozenset[str]:
    """The audience groups that the reader of a page is in."""
    actor = accounts.actor(request)
    return actor.groups if actor else frozenset()


def there(groups: frozenset[str] = log.NOBODY) -> list[str]:
    """The languages that have something for this reader, ours first, in their order."""
    return list(_there(log.head(), groups))


@lru_cache(maxsize=64)
def _there(head: str, groups: frozenset[str]) -> tuple[str, ...]:
    # Nothing changes but by an append, and each append has a head of its own.
    del head
    return tuple(ordered(tag for tag in log.languages() if log.current(tag, groups, limit=1)))


def ordered(tags: Iterable[str]) -> list[str]:
    """Our languages in their order, then the others by their tags."""
    return sorted(set(tags), key=lambda tag: (FIFTEEN.index(tag) if tag in FIFTEEN else len(FIFTEEN), tag))


def checked(lang: str, groups: frozenset[str]) -> str:
    """The language of an address: one of the fifteen, or another that has news; NotFound for any other."""
    if lang in FIFTEEN or lang in there(groups):
        return lang
    raise NotFound("There is no news here in such a language.")


def canonical(lang: str) -> str:
    """The tag as it should be written; NotFound if it is none."""
    try:
        return languages.canonical(lang)
    except BadInput:
        raise NotFound("There is no such language.") from None


def best(accept_language: str, tags: list[str]) -> str:
    """The language that an Accept-Language header prefers (RFC 9110 section 12.5.4, RFC 4647 lookup), else English."""
    for wanted in _wanted(accept_language):
        for tag in _wider(wanted):
            if tag in tags:
                return tag
        near = next((tag for tag in tags if tag.partition("-")[0] == wanted.partition("-")[0]), None)
        if near is not None:
            return near
    return "en" if "en" in tags or not tags else tags[0]


def _wanted(header: str) -> list[str]:
    """The header's tags, canonical, best first; what is no tag, or has quality 0, is passed over."""
    found: list[tuple[float, str]] = []
    for part in header.split(",")[:20]:
        tag, _, parameter = part.strip().partition(";")
        try:
            quality = float(parameter.strip().removeprefix("q=") or 1)
            if quality > 0:
                found.append((quality, languages.canonical(tag)))
        except (ValueError, BadInput):
            continue
    return [tag for _, tag in sorted(found, key=lambda each: -each[0])]


def _wider(tag: str) -> Iterable[str]:
    """The tag and its parents."""
    while tag:
        yield tag
        tag = tag.rpartition("-")[0]
