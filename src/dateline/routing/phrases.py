"""Which of very many phrases a text has: one Aho-Corasick pass over each of its streams. Pure.

Phrases come and go with rules. The large automaton is built seldom, a small one holds what is newer, and the newest few
are looked for one by one. What no rule asks for any more finds no rule, and goes when the next large one is built.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from daachorse import CharwiseDoubleArrayAhoCorasick as Automaton

from dateline.routing.texts import Streams
from dateline.words import segment
from dateline.words.languages import FIFTEEN

BASES = tuple(dict.fromkeys(tag.partition("-")[0] for tag in FIFTEEN))
# What stands for a language that has no rules of its own here.
OTHER = "und"
# No language asked for.
ANY = "*"
_PENDING = 64
_SMALL = 4096


@lru_cache(maxsize=65536)
def names(phrase: str, languages: frozenset[str], *, exact: bool) -> tuple[tuple[str, str], ...]:
    """(posting, form) of a phrase for a rule that asks for these languages; its stem differs by language."""
    if exact and not languages:
        return (_name(ANY, segment.form(phrase, OTHER, exact=True), exact=True),)
    tags = {ANY + base: base for base in (*BASES, OTHER)} if not languages else {tag: tag for tag in sorted(languages)}
    return tuple(_name(tag, segment.form(phrase, lang, exact=exact), exact=exact) for tag, lang in tags.items())


def _name(tag: str, form: str, *, exact: bool) -> tuple[str, str]:
    return form + _suffix(tag, exact=exact), form


def _suffix(tag: str, *, exact: bool) -> str:
    return f"\x00{'=' if exact else '~'}{tag}"


class Phrases:
    """All forms that rules are posted under; `living` tells them."""

    def __init__(self, living: Callable[[], Iterable[str]]) -> None:
        self._living = living
        # The large one is made when the first text comes: an index that has none need not wait for it.
        self._known: set[str] | None = None
        self._large = self._small = _Automaton([])
        self._pending: list[str] = []

    def add(self, form: str) -> None:
        if self._known is not None and form not in self._known:
            self._known.add(form)
            self._pending.append(form)

    def named(self, streams: dict[str, Streams]) -> Iterator[str]:
        """The names of the postings of all that a text has."""
        self._settle()
        for lang, (stems, exacts) in streams.items():
            base = lang.partition("-")[0]
            wider = [lang.rsplit("-", up)[0] for up in range(lang.count("-") + 1)]
            any_stem = ANY + (base if base in BASES else OTHER)
            for streamed, tags, exact in ((stems, (*wider, any_stem), False), (exacts, (*wider, ANY), True)):
                suffixes = [_suffix(tag, exact=exact) for tag in tags]
                for form in self._found(streamed):
                    for suffix in suffixes:
                        yield form + suffix

    def _found(self, streamed: str) -> set[str]:
        found = self._large.found(streamed) | self._small.found(streamed)
        return found.union(form for form in self._pending if form in streamed)

    def _settle(self) -> None:
        """Take what is pending into an automaton, if it has become much."""
        if self._known is None:
            self._known = set(self._living())
            self._large = _Automaton(sorted(self._known))
        if len(self._pending) <= _PENDING:
            return
        forms = [*self._small.forms, *self._pending]
        self._pending = []
        if len(forms) > _SMALL:
            self._known = set(self._living())
            self._large, forms = _Automaton(sorted(self._known)), []
        self._small = _Automaton(forms)


class _Automaton:
    """One Aho-Corasick automaton; there may be nothing to look for."""

    def __init__(self, forms: list[str]) -> None:
        self.forms = forms
        self._automaton = Automaton(forms) if forms else None

    def found(self, streamed: str) -> set[str]:
        if self._automaton is None:
            return set()
        forms = self.forms
        return {forms[number] for _, _, number in self._automaton.find_overlapping(streamed)}
