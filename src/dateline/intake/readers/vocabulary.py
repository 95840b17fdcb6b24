"""The codes of a release: sectors, tickers, ISINs, countries. What a provider calls by a name that we do not
know is left out and reported; what an issuer files in our own formats must be right."""

from collections.abc import Callable, Iterable
from difflib import get_close_matches

from dateline.intake.readers.countries import code_of
from dateline.words import sectors
from dateline.words.errors import BadInput, Fault, Refused
from dateline.words.tickers import EXCHANGES, isin, ticker

MEND_SECTOR = "An editor chooses the sector; the name is kept with the release."


def sectors_named(names: Iterable[str], where: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[Fault, ...]]:
    r"""The codes of a provider's names, the names without one, and a warning for each.

    A name may say its parents too (`Energy and Utilities\Utilities`); the narrowest that has a code serves.
    """
    codes: list[str] = []
    unread: list[str] = []
    for name in dict.fromkeys(names):
        found = next((code for part in (name, *reversed(name.split("\\"))) if (code := sectors.find(part))), None)
        (codes if found else unread).append(found or name)
    warnings = [
        Fault("unknown-sector", f'The provider\'s sector "{name}" is none of ours.', where, MEND_SECTOR)
        for name in unread
    ]
    return tuple(dict.fromkeys(codes)), tuple(unread), tuple(warnings)


def tickers_named(texts: Iterable[str], where: str) -> tuple[tuple[str, ...], tuple[Fault, ...]]:
    """The tickers that can be read, and a warning for each that cannot."""
    return _kept(texts, ticker, where)


def isins_named(texts: Iterable[str], where: str) -> tuple[tuple[str, ...], tuple[Fault, ...]]:
    """The ISINs that are right, and a warning for each that is not."""
    return _kept(texts, isin, where)


def countries_named(names: Iterable[str]) -> tuple[str, ...]:
    """The countries among the names."""
    return tuple(dict.fromkeys(code for name in names if (code := code_of(name))))


def sector(text: str, where: str) -> str:
    """The code that `text` is, or that has this name. BadInput with the nearest names if there is none."""
    if sectors.known(text):
        return text
    found = sectors.find(text)
    if found is None:
        raise BadInput([Fault("unknown-sector", f"{text!r} is not a sector.", where, _nearest(text))])
    return found


def unlisted(tickers: Iterable[str], where: str) -> tuple[Fault, ...]:
    """A warning for each ticker whose exchange has a code's shape, but is none that we know by name."""
    return tuple(
        Fault("unlisted-exchange", f"{each} is at an exchange that we do not know.", where, "Compare its code (MIC).")
        for each in tickers
        if each.partition(":")[0] not in EXCHANGES
    )


def _kept(
    texts: Iterable[str], reading: Callable[[str, str], str], where: str
) -> tuple[tuple[str, ...], tuple[Fault, ...]]:
    kept: list[str] = []
    warnings: list[Fault] = []
    for text in texts:
        try:
            kept.append(reading(text, where))
        except Refused as refusal:
            warnings.extend(refusal.faults)
    return tuple(dict.fromkeys(kept)), tuple(warnings)


def _nearest(text: str) -> str:
    names = {sectors.name(code, "en"): code for code in sectors.all_codes()}
    folded = {name.casefold(): name for name in names} | {code: name for name, code in names.items()}
    near = dict.fromkeys(folded[each] for each in get_close_matches(text.casefold(), folded, n=3, cutoff=0.5))
    if not near:
        return "Choose one of the wire's sectors, by its code or its name."
    return "Near to it: " + "; ".join(f"{names[name]} ({name})" for name in near) + "."
