"""A channel that writes each message as one file into a folder of the outlet's."""

import asyncio
from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from dateline.delivery import outward
from dateline.delivery.channels.contract import Field, House, Single
from dateline.delivery.deciding import Answer, Meaning
from dateline.delivery.filing import naming, place
from dateline.delivery.filing.lines import Line, Lines, Login
from dateline.delivery.recipient import Recipient
from dateline.formats.registry import FORMATS
from dateline.words.entry import Entry
from dateline.words.errors import BadInput, Fault

# What a person at the other end has to mend (a login, a key, a folder) is not tried every few seconds: hosts lock
# out who keeps on failing. And it is never the last word, so that nothing is lost when it is mended within the day.
MENDING = 600.0
_EVIDENCE = 200
# What was closed needs a few turns of the event loop before that may end.
_FAREWELL = 0.05
_USUAL_FORMAT = "json"

_OFFERED = sorted(FORMATS.values(), key=lambda each: each.extension != _USUAL_FORMAT)

# How a message is written, and what its file is called.
FORMAT = Field("format", _("Format"), choices=tuple((each.extension, each.name) for each in _OFFERED))
NAME = Field("name", _("File name"), help=naming.USUAL)


class Filing(Single):
    """The parent of SFTP and FTP."""

    at_once = 32
    slow_at_once = 8
    schemes: ClassVar[tuple[str, ...]]
    # All that `connect` and what it returns may raise.
    failures: ClassVar[tuple[type[Exception], ...]]

    def __init__(self, house: House) -> None:
        self.wire, self.private = house.wire, house.private
        self.names = outward.Names()
        self.lines = Lines(self.connect, self.failures)

    @classmethod
    def check(cls, address: str, options: Mapping[str, str]) -> dict[str, str]:
        place.check(address, cls.schemes)
        _check_names(options, {each.name for each in cls.fields if not each.secret})
        kind = options.get("format", "") or _USUAL_FORMAT
        if kind not in FORMATS:
            what = f"There is no format {kind[:40]!r}."
            raise BadInput([Fault("bad-format", what, "/options/format", f"Write {' or '.join(FORMATS)}.")])
        name = options.get("name", "").strip() or naming.USUAL
        naming.check(name)
        return {"format": kind, "name": name}

    @classmethod
    def new_secret(cls, given: str) -> str:
        if not given:
            what = "The password is missing."
            raise BadInput([Fault("bad-secret", what, "/secret", "Give what you log in with.")])
        return given

    def prepare(self, entry: Entry, lang: str) -> "Drop":
        return Drop(self, entry, lang)

    async def close(self) -> None:
        self.lines.close()
        await asyncio.sleep(_FAREWELL)
        await self.names.close()

    @abstractmethod
    async def connect(self, login: Login) -> Line:
        """An open connection in the folder."""

    @abstractmethod
    def answer(self, error: Exception) -> Answer:
        """What one of `failures` means."""


class Drop:
    """One rendition, rendered once in each format that is asked for, for many folders."""

    def __init__(self, channel: Filing, entry: Entry, lang: str) -> None:
        self._channel, self._entry, self._lang = channel, entry, lang
        self._bodies: dict[str, bytes] = {}

    async def __call__(self, to: Recipient) -> Answer:
        kind = to.options.get("format", _USUAL_FORMAT)
        pattern = to.options.get("name", naming.USUAL)
        try:
            body = self._body(kind)
            name = naming.file_name(pattern, self._entry, self._lang, to.message, kind)
        except (ValueError, LookupError, TypeError) as error:
            return Answer(Meaning.AGAIN, f"it could not be rendered as {kind}: {type(error).__name__}")
        try:
            login = Login(place.Place.of(to.address), to.secret, to.options.get("host_key", ""))
        except ValueError as error:
            return Answer(Meaning.NEVER, str(error))
        return await self._put(login, name, body)

    async def _put(self, login: Login, name: str, body: bytes) -> Answer:
        try:
            await self._channel.lines.put(login, name, body)
        except outward.OwnNetworkError as error:
            return Answer(Meaning.NEVER, str(error))
        except TimeoutError:
            return Answer(Meaning.AGAIN, "no answer in time")
        except self._channel.failures as error:
            return self._channel.answer(error)
        return Answer(Meaning.DELIVERED, f"written as {name}, {len(body)} bytes")

    def _body(self, kind: str) -> bytes:
        if kind not in self._bodies:
            self._bodies[kind] = FORMATS[kind].render(self._entry, self._lang, self._channel.wire)
        return self._bodies[kind]


def _check_names(options: Mapping[str, str], known: set[str]) -> None:
    """A misspelt option must not read as none."""
    for name in options:
        if name not in known:
            what = f"There is no option {name[:40]!r}."
            raise BadInput([Fault("bad-option", what, f"/options/{name[:40]}", f"Write {', '.join(sorted(known))}.")])


def again(said: str) -> Answer:
    """It may pass by itself, as a full disk does."""
    return Answer(Meaning.AGAIN, said[:_EVIDENCE])


def until_mended(said: str) -> Answer:
    """Somebody has to mend something first."""
    return Answer(Meaning.AGAIN, said[:_EVIDENCE], MENDING)
