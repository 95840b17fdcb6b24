"""What holds for a version whatever format it came in."""

from collections.abc import Iterator
from typing import Any

from dateline.intake.readers import characters
from dateline.words.errors import BadInput, Fault, Refused
from dateline.words.release import Version

BODY_LIMIT = 1_000_000
# What is written by hand is shorter, and Markdown costs the more to read the stranger it is.
WRITTEN_LIMIT = 200_000
_MOST = 20


def checked(version: Version) -> Version:
    """The version. BadInput for forbidden characters, a language that comes twice, and a body that is too long."""
    faults: list[Fault] = []
    for where, text in texts(version.as_json()):
        try:
            characters.check(text, where)
        except Refused as refusal:
            faults += refusal.faults
    faults += _twice(version)
    if faults:
        raise BadInput(faults[:_MOST])
    for number, rendition in enumerate(version.renditions):
        check_length(rendition.body_html, f"/renditions/{number}/body_html")
    return version


def check_length(body: str, where: str, limit: int = BODY_LIMIT) -> None:
    """BadInput for a body longer than any release is: what reads and prints it costs more than its length."""
    if len(body) > limit:
        what = f"The body has {len(body):,} characters; it may have {limit:,}."
        raise BadInput([Fault("too-long", what, where, "Leave long tables to a document that it links to.")])


def texts(value: Any, where: str = "") -> Iterator[tuple[str, str]]:
    """Every text in the document, with its JSON pointer (RFC 6901)."""
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from texts(each, f"{where}/{name}")
    elif isinstance(value, list | tuple):
        for number, each in enumerate(value):
            yield from texts(each, f"{where}/{number}")


def _twice(version: Version) -> Iterator[Fault]:
    seen: dict[str, int] = {}
    for number, rendition in enumerate(version.renditions):
        first = seen.setdefault(rendition.lang, number)
        if first != number:
            what = f"Two renditions are in {rendition.lang}."
            where = f"/renditions/{number}/lang"
            yield Fault("duplicate-language", what, where, f"Leave one of them; the other is /renditions/{first}.")
