"""Takes what comes back, over LMTP (RFC 2033): a mail server that is the operator's hands it over.

A reply is given after what it says was written down: what is not written down stays with the mail server.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from weakref import WeakSet

import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import Envelope, Session

from dateline.delivery import bounces
from dateline.delivery.bounces import Sent
from dateline.delivery.database import Database
from dateline.delivery.models import Bounce
from dateline.words import clock
from dateline.words.errors import NotConfigured

log = structlog.get_logger("dateline.delivery")
# Bytes. A report with a whole mail of ours in it is far smaller.
LARGEST = 5_000_000
_SILENT = 60.0
_NOBODY = "550 5.1.1 No mail of this wire had that return address"


class Inbox:
    """`own` is the wire's address: it, and `abuse` and `postmaster` beside it, take complaints."""

    def __init__(self, own: str, database: Database) -> None:
        local, _, host = own.lower().partition("@")
        self._own = {f"{name}@{host}" for name in (local, "abuse", "postmaster")}
        self._database = database

    async def handle_RCPT(  # noqa: N802 - the name is aiosmtpd's.
        self, _server: LMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """One recipient a mail: LMTP answers for each, and each of ours had its own return address."""
        if envelope.rcpt_tos:
            return "452 4.5.3 One recipient at a time"
        if address.lower() not in self._own and await self._database(bounces.sent_from, address) is None:
            log.warning("a bounce to nobody", to=address[:100])
            return _NOBODY
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: LMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """What can be read of it is written down; what cannot changes nothing, and no server shall try it again."""
        content = envelope.original_content or b""
        try:
            row = await self._database(_taken, envelope.rcpt_tos[0], content)
        except Exception:
            log.exception("a bounce could not be written down")
            return "451 4.3.0 It could not be written down; try again"
        if row is None:
            return "250 2.0.0 It says nothing of a mail of ours"
        log.info("came back", kind=row.kind, status=row.status, seq=row.seq, letter=row.letter and row.letter.kind)
        return "250 2.0.0 Written down"


def _taken(address: str, content: bytes) -> Bounce | None:
    sent: Sent | None = bounces.sent_from(address)
    return bounces.take(sent, content, clock.now())


@asynccontextmanager
async def listening(where: str, own: str, database: Database) -> AsyncIterator[None]:
    """Listen at `unix:/PATH` or `HOST:PORT` for as long as this lasts; nowhere if it is empty. NotConfigured if bad."""
    if not where:
        yield
        return
    loop = asyncio.get_running_loop()
    inbox, open_now = Inbox(own, database), WeakSet[LMTP]()

    def protocol() -> LMTP:
        made = LMTP(inbox, data_size_limit=LARGEST, timeout=_SILENT, loop=loop, hostname=own.partition("@")[2])
        open_now.add(made)
        return made

    server = await _server(loop, protocol, where)
    try:
        yield
    finally:
        server.close()
        # Whoever is in the middle of something keeps it, and comes again.
        for each in open_now:
            if each.transport is not None:
                each.transport.close()
        await server.wait_closed()
        await asyncio.sleep(0)


async def _server(loop: asyncio.AbstractEventLoop, protocol: Callable[[], LMTP], where: str) -> asyncio.Server:
    kind, _, path = where.partition(":")
    if kind == "unix" and path.startswith("/"):
        await asyncio.to_thread(Path(path).unlink, missing_ok=True)
        return await loop.create_unix_server(protocol, path)
    host, _, port = where.rpartition(":")
    if not host or not port.isdigit():
        raise NotConfigured(f"{where!r} is no place to listen. Write DATELINE_LMTP as unix:/PATH or HOST:PORT.")
    return await loop.create_server(protocol, host, int(port), reuse_port=True)
