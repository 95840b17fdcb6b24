"""Files into a folder by SFTP, over SSH.

Sources: draft-ietf-secsh-filexfer-02 (version 3 of the protocol), RFC 4253 section 8 (host keys), and OpenSSH's
PROTOCOL, sections 4.3 and 4.6 (posix-rename, fsync).
"""

import posixpath
import re
from collections.abc import Mapping
from contextlib import suppress

import asyncssh
from django.utils.translation import gettext_lazy as _

from dateline.delivery.channels.contract import Field
from dateline.delivery.deciding import Answer
from dateline.delivery.dialing import dial
from dateline.delivery.filing.filing import FORMAT, NAME, Filing, again, until_mended
from dateline.delivery.filing.lines import Login
from dateline.words.errors import BadInput, Fault

_FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}")
_KEY = "-----BEGIN"
# asyncssh makes a pattern of what stands after BEGIN: it must see nothing there that a stranger thought up.
_PRIVATE = re.compile(r"-----BEGIN ((OPENSSH |RSA |EC )?PRIVATE KEY)-----\n[A-Za-z0-9+/=\n]+\n-----END \1-----\n")
_PUBLIC = re.compile(r"[a-z0-9@.-]+ [A-Za-z0-9+/]+={0,2}")
# A login, a folder or its rights, which somebody there has to mend.
_THEIRS = (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath, asyncssh.SFTPPermissionDenied)


class HostKeyError(Exception):
    """Another key than the pinned one: another machine, or somebody between."""


class Sftp(Filing):
    """The host is known by its pinned key alone: there is nobody to ask at the first connection."""

    name = "sftp"
    label = "SFTP"
    address_form = "sftp://user@files.outlet.example/folder"
    fields = (
        FORMAT,
        NAME,
        Field("host_key", _("Host key"), help="SHA256:… / ssh-ed25519 AAAA…"),
        Field("secret", _("Password or private key"), secret=True, lines=True),
    )
    schemes = ("sftp",)
    failures = (asyncssh.Error, HostKeyError, OSError, EOFError, ValueError, LookupError)

    @classmethod
    def check(cls, address: str, options: Mapping[str, str]) -> dict[str, str]:
        return {**super().check(address, options), "host_key": _host_key(options.get("host_key", ""))}

    @classmethod
    def new_secret(cls, given: str) -> str:
        """A password, or a private key in OpenSSH's form, without a passphrase: nobody is there to type it."""
        given = super().new_secret(given)
        if not given.lstrip().startswith(_KEY):
            return given
        key = given.strip().replace("\r\n", "\n") + "\n"
        try:
            if _PRIVATE.fullmatch(key):
                asyncssh.import_private_key(key)
                return key
        except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError, ValueError):
            pass
        mend = "Paste the whole file of a key that has no passphrase."
        raise BadInput([Fault("bad-secret", "The private key cannot be read.", "/secret", mend)])

    async def connect(self, login: Login) -> "Session":
        place, secret = login.place, login.secret
        key = [asyncssh.import_private_key(secret)] if secret.startswith(_KEY) else []
        pinned = Pinned(login.host_key)
        joined = await dial(self.names, place.host, place.port, private=self.private)
        try:
            # Nothing of the account that Dateline runs under: no keys, no agent, no settings.
            connection = await asyncssh.connect(
                place.host,
                place.port,
                sock=joined,
                username=place.user,
                password=None if key else secret,
                client_keys=key or None,
                client_factory=lambda: pinned,
                known_hosts=([], [], []),
                server_host_key_algs=pinned.algorithms or (),
                config=None,
                agent_path=None,
            )
        except asyncssh.HostKeyNotVerifiable:
            said = f"the host key has changed: it is {pinned.shown}, and {pinned.fingerprint} is pinned"
            raise HostKeyError(said) from None
        try:
            return Session(connection, await connection.start_sftp_client(), place.folder)
        except BaseException:
            connection.abort()
            raise

    def answer(self, error: Exception) -> Answer:
        """Nothing is final: a changed key may be mended here, the rest there, and then all of it goes out."""
        match error:
            case HostKeyError():
                return until_mended(str(error))
            case asyncssh.PermissionDenied():
                return until_mended(f"the login was refused: {error.reason}")
            case asyncssh.SFTPError():
                said = f"SFTP {error.code} {error.reason}"
                return until_mended(said) if isinstance(error, _THEIRS) else again(said)
        return again(f"{type(error).__name__}: {error}")


class Pinned(asyncssh.SSHClient):
    """Lets in the one key. `shown` is what the host had instead; `algorithms` are the pinned key's, if it is known."""

    def __init__(self, pinned: str) -> None:
        self.shown, self.algorithms = "no key", list[str]()
        self.fingerprint = pinned
        if not _FINGERPRINT.fullmatch(pinned):
            key = asyncssh.import_public_key(pinned)
            self.fingerprint = key.get_fingerprint()
            # A host with several keys shows the one that is asked for.
            self.algorithms = [each.decode() for each in key.sig_algorithms if each != b"ssh-rsa"]

    def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
        self.shown = key.get_fingerprint()
        return self.shown == self.fingerprint


class Session:
    """An open SFTP session."""

    def __init__(self, connection: asyncssh.SSHClientConnection, sftp: asyncssh.SFTPClient, folder: str) -> None:
        self._connection, self._sftp, self._folder = connection, sftp, folder

    async def put(self, name: str, body: bytes) -> None:
        """Under a hidden name first: who lists the folder in a loop sees no half of it."""
        whole = posixpath.join(self._folder, name)
        part = posixpath.join(self._folder, f".{name}.part")
        try:
            await self._write(part, body)
        except asyncssh.SFTPError:
            # A full disk stays full as long as half a file lies on it.
            with suppress(asyncssh.SFTPError):
                await self._sftp.remove(part)
            raise
        try:
            await self._sftp.posix_rename(part, whole)
        except asyncssh.SFTPOpUnsupported:
            # Version 3 renames onto no file that is there.
            with suppress(asyncssh.SFTPNoSuchFile):
                await self._sftp.remove(whole)
            await self._sftp.rename(part, whole)

    async def has(self, name: str) -> bool:
        return await self._sftp.exists(posixpath.join(self._folder, name))

    def close(self) -> None:
        self._connection.close()

    async def _write(self, part: str, body: bytes) -> None:
        async with self._sftp.open(part, "wb") as file:
            await file.write(body)
            # On the disk, where the host can say so: what is called delivered outlives a crash over there.
            with suppress(asyncssh.SFTPOpUnsupported):
                await file.fsync()


def _host_key(text: str) -> str:
    """A fingerprint, or a public key without its comment."""
    text = " ".join(text.split()[:2])
    if _FINGERPRINT.fullmatch(text):
        return text
    try:
        if _PUBLIC.fullmatch(text):
            asyncssh.import_public_key(text)
            return text
    except (asyncssh.KeyImportError, ValueError):
        pass
    mend = "Write what `ssh-keyscan HOST` shows after the name, or SHA256:… as `ssh-keygen -lf` writes it."
    raise BadInput([Fault("bad-host-key", "The host key is missing, or is none.", "/options/host_key", mend)])
