"""File names by the outlet's own pattern. A retry writes the same name, in the place of what it repeats."""

import re

from dateline.words.entry import Entry
from dateline.words.errors import BadInput, Fault

USUAL = "{seq}-{lang}-{signal}.{ext}"
_FIELDS = ("seq", "lang", "signal", "date", "id", "ext")
_FIELD = re.compile(r"\{([^{}]*)\}")
# What every file system takes, and no reader's shell takes for something else.
_PLAIN = re.compile(r"[A-Za-z0-9._-]*")
_LONGEST = 100


def check(pattern: str) -> None:
    """BadInput unless it makes one name for each message, the same in every attempt."""
    if unknown := [each for each in _FIELD.findall(pattern) if each not in _FIELDS]:
        known = ", ".join(f"{{{name}}}" for name in _FIELDS)
        _refuse(f"There is no field {{{unknown[0][:40]}}}.", f"Write {known}.")
    if not _PLAIN.fullmatch(_FIELD.sub("", pattern)) or pattern.startswith(".") or len(pattern) > _LONGEST:
        what = f"{pattern[:100]!r} is no pattern for file names."
        _refuse(what, "Use letters, digits, '.', '-', '_' and fields; begin with no dot; 100 characters at most.")
    if "{id}" not in pattern and not {"seq", "lang"} <= set(_FIELD.findall(pattern)):
        _refuse("Two messages would have one name.", "Put {id} in the pattern, or both {seq} and {lang}.")


def file_name(pattern: str, entry: Entry, lang: str, message: str, extension: str) -> str:
    """The name of one message's file. `seq` has leading zeros: sorted by name is sorted as the wire has it."""
    values = {
        "seq": f"{entry.seq:08}",
        "lang": lang,
        "signal": str(entry.signal),
        "date": f"{entry.released_at:%Y%m%dT%H%M%SZ}",
        "id": message,
        "ext": extension,
    }
    return _FIELD.sub(lambda found: values[found[1]], pattern)


def _refuse(what: str, mend: str) -> None:
    raise BadInput([Fault("bad-name", what, "/options/name", mend)])
