"""Characters that no release may have, and those that tell of a wrong charset on the way here.

Sources: Unicode Standard Annex 9 (bidi controls), Unicode Technical Report 36 section 2.1 (spoofing with them).
"""

import re

from dateline.intake.readers.charset import place
from dateline.words.errors import BadInput, Fault

BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_MOST = 5
# UTF-8 that somebody read as windows-1252: a lead byte and its followers, each as the letter it became there.
_LEADS = "ÂÃÄÅâ"
_FOLLOWERS = bytes(range(0x80, 0xC0)).decode("cp1252", "ignore") + "\x81\x8d\x8f\x90\x9d"
_MOJIBAKE = re.compile(f"[{_LEADS}][{re.escape(_FOLLOWERS)}]{{1,2}}")
_REPLACEMENT = "\ufffd"


def check(text: str, where: str = "") -> None:
    """BadInput for control characters, bidi controls and lone surrogates, each with its place."""
    faults = [_fault(text, found, where) for found, _ in zip(_FORBIDDEN.finditer(text), range(_MOST), strict=False)]
    if faults:
        raise BadInput(faults)


def reported(text: str) -> tuple[str, tuple[Fault, ...]]:
    """The text, and what looks as if it had been read in a wrong charset before it came here.

    What looks so stays as it is, for the sender to mend; only the invisible remains of such a
    misreading (C1 controls) are taken out.
    """
    broken = [found for found in _MOJIBAKE.finditer(text) if _is_mojibake(found[0])]
    warnings = []
    if broken:
        what = f"{len(broken)} characters look like UTF-8 that was read as windows-1252, the first {broken[0][0]!r}."
        mend = "File it again from its source; it is carried as it stands."
        warnings.append(Fault("mojibake", what, place(text, broken[0].start()), mend))
    if _REPLACEMENT in text:
        what = "Characters were lost before the file came here: it holds U+FFFD in their place."
        warnings.append(Fault("lost-characters", what, place(text, text.index(_REPLACEMENT)), "File it again."))
    for found in reversed(broken):
        seen = found[0].translate(_C1_GONE)
        text = text[: found.start()] + seen + text[found.end() :] if seen != found[0] else text
    return text, tuple(warnings)


_C1_GONE = dict.fromkeys(range(0x80, 0xA0))


def _is_mojibake(text: str) -> bool:
    """Whether it reads, as UTF-8, as a letter of Latin script or the punctuation that word processors set."""
    raw = b"".join(bytes([ord(each)]) if ord(each) < 0x100 else each.encode("cp1252") for each in text)
    for length in (3, 2):
        try:
            read = raw[:length].decode("utf-8")
        except UnicodeDecodeError:
            continue
        return all("\u00a0" <= each <= "\u017f" or "\u2010" <= each <= "\u2122" for each in read)
    return False


def _fault(text: str, found: re.Match[str], where: str) -> Fault:
    letter = found[0]
    at = f"{where}, character {found.start() + 1}" if where else place(text, found.start())
    name = f"U+{ord(letter):04X}"
    if letter in BIDI:
        what = f"{name} turns the direction of the text around without being seen."
        return Fault("bidi-control", what, at, "Take it out; right-to-left text needs none.")
    if letter == "\x00":
        return Fault("control-character", "There is a NUL in the text.", at, "Take it out.")
    if "\x80" <= letter <= "\x9f":
        what = f"The control character {name} stands where a windows-1252 letter was meant."
        return Fault("control-character", what, at, "Save the file as UTF-8.")
    return Fault("control-character", f"The text has the control character {name}.", at, "Take it out.")
