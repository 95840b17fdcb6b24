"""What a channel is. Each is one file beside this one, one line in `channels.KNOWN`, and one file of tests."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol

from django.utils.functional import Promise

from dateline.delivery.deciding import Answer
from dateline.delivery.mailing.dkim import Signer
from dateline.delivery.recipient import Recipient
from dateline.words.entry import Entry
from dateline.words.wire import Wire

Send = Callable[[Recipient], Awaitable[Answer]]
# A text of a page, to be said in the reader's language.
Label = str | Promise


@dataclass(frozen=True, slots=True)
class House:
    """What channels may use of the house. `keys` are the wire's own, by the names that channels ask for;
    `signers` sign its mail.

    `private` lets them connect to addresses of the machine's own network.
    """

    wire: Wire
    private: bool
    smtp_url: str
    mail_from: str
    keys: Mapping[str, bytes]
    signers: tuple[Signer, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """What a channel asks for beside the address: an option of that name, or with `secret` the secret.

    `choices` are (value, label); the first stands for none chosen. With `lines` it may be several lines long.
    """

    name: str
    label: Label
    help: Label = ""
    choices: tuple[tuple[str, Label], ...] = ()
    secret: bool = False
    lines: bool = False


class Load(Protocol):
    """A claimed shard, as who carries it sees it. Each recipient is answered once: `done`, `put_off` or `skip`."""

    entry: Entry
    recipients: list[Recipient]
    urgent: bool

    def is_over(self, to: Recipient) -> bool:
        """Whether there is a reason by now not to send: superseded, lost to another worker, or the house stops."""

    def has_room(self) -> bool:
        """Whether more may be sent before what came of the last is written down; `resume` tells when there is."""

    def done(self, to: Recipient, answer: Answer, took: float) -> None:
        """One attempt is over, after so many seconds."""

    def put_off(self, to: Recipient, until: datetime) -> None:
        """It was not tried, and will not be before then."""

    def skip(self, to: Recipient) -> None:
        """It was not tried, and is owed as before."""


class Carrier(Protocol):
    """Tries each recipient of a load once."""

    async def carry(self, load: Load) -> None: ...

    def resume(self) -> None:
        """There is room again."""


class Channel(ABC):
    """A way out: `Single` or `Many`. What the other end can bring about is an Answer, and never raised."""

    name: ClassVar[str]
    label: ClassVar[Label]
    # Whether subscribers add endpoints of it themselves, by form and API.
    offered: ClassVar[bool] = True
    # How an address is written, and what subscribers are asked for beside it when they add one.
    address_form: ClassVar[str] = ""
    fields: ClassVar[tuple[Field, ...]] = ()
    # Keys of the wire that it needs, by name; each is 32 random bytes.
    keys: ClassVar[tuple[str, ...]] = ()

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

    @classmethod
    def lane(cls, address: str) -> str:
        """Whose pace an address shares: recipients of one lane are kept together. Empty: nobody's."""
        return ""

    @abstractmethod
    async def close(self) -> None: ...


class Single(Channel):
    """A channel that sends to each recipient for itself.

    `at_once` is how many attempts run at a time; those that were slow before share `slow_at_once` others.
    """

    at_once: int = 16
    slow_at_once: int = 4

    @abstractmethod
    def prepare(self, entry: Entry, lang: str) -> Send:
        """Render one rendition, once; what is returned sends it to one recipient. Called in the event loop."""


class Many(Channel):
    """A channel that knows better how to get a whole load to its recipients."""

    @abstractmethod
    def carrier(self) -> Carrier: ...
