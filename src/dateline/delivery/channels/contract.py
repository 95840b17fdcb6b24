"""What a channel is. Each is one file beside this one, one line in `channels.KNOWN`, and one file of tests."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from django.utils.functional import Promise

from dateline.delivery.deciding import Answer
from dateline.delivery.recipient import Recipient
from dateline.words.entry import Entry
from dateline.words.wire import Wire

Send = Callable[[Recipient], Awaitable[Answer]]
# A text of a page, to be said in the reader's language.
Label = str | Promise


@dataclass(frozen=True, slots=True)
class House:
    """What channels may use of the house. `keys` are the wire's own, by the names that channels ask for.

    `private` lets them connect to addresses of the machine's own network.
    """

    wire: Wire
    private: bool
    smtp_url: str
    mail_from: str
    keys: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to set at an endpoint beside its address. A `sealed` one is kept as its secret, and never shown."""

    name: str
    label: Label
    default: str = ""
    choices: tuple[tuple[str, Label], ...] = ()
    hint: Label = ""
    sealed: bool = False


class Channel(ABC):
    """A way out. It raises nothing that the other end can bring about: every end of an attempt is an Answer.

    `at_once` is how many attempts run at a time; those that were slow before share `slow_at_once` others.
    """

    name: ClassVar[str]
    label: ClassVar[Label]
    # An address as a form shows it before one is typed.
    example: ClassVar[str]
    fields: ClassVar[tuple[Field, ...]] = ()
    # Whether subscribers add endpoints of it themselves, by form and API.
    offered: ClassVar[bool] = True
    # Keys of the wire that it needs, by name; each is 32 random bytes.
    keys: ClassVar[tuple[str, ...]] = ()
    at_once: int = 16
    slow_at_once: int = 4

    @abstractmethod
    def __init__(self, house: House) -> None: ...

    @classmethod
    @abstractmethod
    def check(cls, address: str, options: Mapping[str, str]) -> dict[str, str]:
        """The options as they are kept. BadInput unless address and options can be used, as far as one can tell now."""

    @classmethod
    def new_secret(cls, given: str) -> str:
        """The secret of a new endpoint, of what was given with it; empty if the channel has none."""
        return given

    @abstractmethod
    def prepare(self, entry: Entry, lang: str) -> Send:
        """Render one rendition, once; what is returned sends it to one recipient. Called in the event loop."""

    @abstractmethod
    async def close(self) -> None: ...
