"""A sentence that a room tells, with its values apart from it, so that a page can say it in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Told:
    """Plain English with places in braces, and what stands in them: as text, or told in their turn.

    `site/messages.py` finds the sentence by this class's name, so it is written out where it is told. `str` is the
    English, which the API and the commands say.
    """

    text: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text.format(**self.values)
