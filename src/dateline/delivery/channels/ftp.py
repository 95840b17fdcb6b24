"""Files into a folder by FTP, and by FTP over TLS.

Sources: RFC 959 (FTP), RFC 2428 (EPSV), RFC 4217 (TLS, explicit), RFC 3659 section 2.2 (paths in UTF-8).
"""

import asyncio
import socket
import ssl
from contextlib import suppress

import aioftp
from aioftp.common import SSLSessionBoundContext
from django.utils.translation import gettext_lazy as _

from dateline.delivery.channels.contract import Field, House
from dateline.delivery.deciding import Answer
from dateline.delivery.dialing import dial
from dateline.delivery.filing.filing import FORMAT, NAME, Filing, again, until_mended
from dateline.delivery.filing.lines import Login

# A login, a folder, its rights, or a name that the host does not take: somebody there has to mend it.
_THEIRS = frozenset({"530", "532", "550", "553"})
# A greeting may be long.
_MOST_LINES = 500


class Ftp(Filing):
    """`ftps://` upgrades by AUTH TLS before the login, and checks the certificate; `ftp://` is in clear."""

    name = "ftp"
    label = "FTP"
    address_form = "ftps://user@files.outlet.example/folder"
    fields = (FORMAT, NAME, Field("secret", _("Password"), secret=True))
    schemes = ("ftp", "ftps")
    # What is no FTP server may say anything at all, and aioftp takes it apart as it comes.
    failures = (aioftp.AIOFTPException, OSError, EOFError, ValueError, LookupError, OverflowError)

    def __init__(self, house: House) -> None:
        super().__init__(house)
        self._tls = ssl.create_default_context()

    async def connect(self, login: Login) -> "Session":
        place = login.place
        joined = await dial(self.names, place.host, place.port, private=self.private)
        client = Dialed(joined)
        try:
            await client.connect(place.host, place.port)
            if place.scheme == "ftps":
                await client.upgrade_to_tls(self._tls)
            await client.login(place.user, login.secret)
            if place.folder:
                await client.change_directory(place.folder)
        except BaseException:
            client.hang_up()
            raise
        return Session(client)

    def answer(self, error: Exception) -> Answer:
        """Nothing is final: what the host refuses, somebody there can mend within the day."""
        if not isinstance(error, aioftp.StatusCodeError):
            return again(f"{type(error).__name__}: {error}")
        code = str(error.received_codes[-1])
        words = error.info if isinstance(error.info, str) else " ".join(error.info)
        said = f"{code} {' '.join(words.split())}"
        return until_mended(said) if code in _THEIRS else again(said)


class Dialed(aioftp.Client):
    """Takes an open socket, and opens data connections to its other end alone, whatever address the host names."""

    def __init__(self, joined: socket.socket) -> None:
        super().__init__()
        self._joined = joined
        self._peer = str(joined.getpeername()[0])
        self._lines = 0

    async def _open_connection(self, host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._stream is None:
            return await asyncio.open_connection(sock=self._joined)
        return await asyncio.open_connection(self._peer, port)

    def hang_up(self) -> None:
        """At once: to close TLS in good form may take half a minute."""
        if self._stream is None:
            self._joined.close()
        else:
            self._stream.writer.transport.abort()

    async def parse_response(self) -> tuple[aioftp.Code, list[str]]:
        self._lines = 0
        return await super().parse_response()

    async def parse_line(self) -> tuple[aioftp.Code, str]:
        """Of a reply that has no end not all is kept."""
        self._lines += 1
        if self._lines > _MOST_LINES:
            raise ConnectionError("its reply has no end")
        return await super().parse_line()

    async def store(self, name: str, body: bytes) -> None:
        """Write a file, and wait until the host says that it has it."""
        _, writer = await self.get_passive_connection()
        try:
            await self.command(f"STOR {name}", "1xx")
            lost = await self._pour(writer, body)
            writer.close()
            await self.command(None, "2xx")
        finally:
            # By now the host has it all, or it is lost.
            writer.transport.abort()
        if lost:
            raise lost

    async def _pour(self, writer: asyncio.StreamWriter, body: bytes) -> ConnectionError | None:
        """Why it was cut off, such as a full disk, the host says on the control connection: so this is not raised."""
        try:
            # Hosts begin with TLS when they have the command: before it, each would wait for the other.
            if context := self._same_session():
                await writer.start_tls(context, server_hostname=self.server_host)
            writer.write(body)
            await writer.drain()
        except ConnectionError as error:
            return error
        return None

    async def check_size(self, name: str, size: int) -> None:
        """ConnectionError if the host can tell the size, and it is another (RFC 3659 section 4)."""
        code, said = await self.command(f"SIZE {name}", ("213", "5xx"))
        if code == "213" and said[-1].strip() != str(size):
            raise ConnectionError(f"the host has {said[-1].strip()[:20]} of {size} bytes")

    async def has(self, name: str) -> bool:
        """Whether it is there: 550 says no, and a host that cannot tell has not said so."""
        await self.command("TYPE I", "200")
        code, _ = await self.command(f"SIZE {name}", ("213", "5xx"))
        return code != "550"

    def _same_session(self) -> ssl.SSLContext | None:
        """The control connection's session, which many hosts demand on data connections; None if it is in clear."""
        control = self.stream.writer.get_extra_info("ssl_object")
        if control is None:
            return None
        return SSLSessionBoundContext(ssl.PROTOCOL_TLS_CLIENT, context=control.context, session=control.session)


class Session:
    """A login, in its folder."""

    def __init__(self, client: Dialed) -> None:
        self._client = client

    async def put(self, name: str, body: bytes) -> None:
        """Under a hidden name first: who lists the folder in a loop sees no half of it."""
        part = f".{name}.part"
        try:
            await self._client.store(part, body)
        except aioftp.StatusCodeError:
            # A full disk stays full as long as half a file lies on it.
            with suppress(aioftp.StatusCodeError):
                await self._client.remove_file(part)
            raise
        await self._client.check_size(part, len(body))
        try:
            await self._client.rename(part, name)
        except aioftp.StatusCodeError:
            # Some hosts rename onto no file that is there.
            with suppress(aioftp.StatusCodeError):
                await self._client.remove_file(name)
            await self._client.rename(part, name)

    async def has(self, name: str) -> bool:
        return await self._client.has(name)

    def close(self) -> None:
        self._client.hang_up()
