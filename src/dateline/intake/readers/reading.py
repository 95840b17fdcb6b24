"""What a reader of one format hands back."""

from dataclasses import dataclass

from dateline.words.errors import Fault
from dateline.words.release import Version


@dataclass(frozen=True, slots=True)
class Draft:
    """The version as one format's reader took it from the text, before the checks that all formats share."""

    version: Version
    warnings: tuple[Fault, ...] = ()
