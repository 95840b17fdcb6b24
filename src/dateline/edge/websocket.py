"""WebSocket (RFC 6455) and its compression (RFC 7692), as far as a server of live frames needs them. Pure."""

import hashlib
import zlib
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping
from dataclasses import dataclass, field

from dateline.words.errors import BadInput, Fault, Refused

TEXT, BINARY, CLOSE, PING, PONG = 0x1, 0x2, 0x8, 0x9, 0xA
# What a desktop may say: a ticket, a receipt. A ticket is 4 KB at most.
LONGEST_MESSAGE = 8 * 1024
# A message that comes in more pieces than this was never meant to end.
MOST_FRAGMENTS = 16
# Status codes of RFC 6455, section 7.4.1.
NORMAL, GOING_AWAY, BROKEN, TOO_BIG, POLICY, TRY_LATER = 1000, 1001, 1002, 1009, 1008, 1013
_MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_MOST_CONTROL = 125


class UpgradeNeeded(Refused):
    """WebSocket is spoken here in version 13."""

    slug = "upgrade-required"
    status = 426


class Broken(Exception):
    """What came breaks the protocol: the close status to answer with, and why."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status, self.why = status, why


@dataclass(frozen=True, slots=True)
class Agreed:
    """The answer to a handshake, and whether frames may be compressed."""

    head: bytes
    deflates: bool


def asked(headers: Mapping[str, str]) -> bool:
    """Whether a request wants to become a WebSocket."""
    return headers.get("upgrade", "").lower() == "websocket"


def agree(headers: Mapping[str, str]) -> Agreed:
    """Answer the opening handshake (section 4.2); Refused says what is wrong with it."""
    if headers.get("sec-websocket-version") != "13":
        raise UpgradeNeeded("Send Sec-WebSocket-Version: 13.")
    key = headers.get("sec-websocket-key", "")
    try:
        good = len(b64decode(key, validate=True)) == 16
    except (NotBase64, ValueError):
        good = False
    if not good or "upgrade" not in headers.get("connection", "").lower():
        mend = "Send Connection: Upgrade, and 16 random bytes in base64 as Sec-WebSocket-Key."
        raise BadInput([Fault("bad-handshake", "The WebSocket handshake is not whole.", "Sec-WebSocket-Key", mend)])
    accept = b64encode(hashlib.sha1(f"{key}{_MAGIC}".encode(), usedforsecurity=False).digest()).decode()
    deflates = _may_deflate(headers.get("sec-websocket-extensions", ""))
    extension = (
        "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover\r\n"
    )
    head = (
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Accept: {accept}\r\n{extension if deflates else ''}\r\n"
    )
    return Agreed(head.encode(), deflates)


def _may_deflate(offered: str) -> bool:
    """Whether one of the offers lets us compress each message for itself, so that one compressed frame serves all."""
    for offer in offered.split(","):
        name, *parameters = (each.strip() for each in offer.split(";"))
        names = {each.partition("=")[0].strip() for each in parameters}
        # A client that limits our window would need a compression of its own.
        if (
            name == "permessage-deflate"
            and "server_no_context_takeover" in names
            and not names & {"server_max_window_bits"}
        ):
            return True
    return False


def framed(payload: bytes, opcode: int = TEXT, *, deflated: bool = False) -> bytes:
    """One unmasked, final frame (section 5.2)."""
    first = 0x80 | opcode | (0x40 if deflated else 0)
    size = len(payload)
    if size < 126:
        return b"%c%c%b" % (first, size, payload)
    if size < 65536:
        return b"%c\x7e%b%b" % (first, size.to_bytes(2, "big"), payload)
    return b"%c\x7f%b%b" % (first, size.to_bytes(8, "big"), payload)


def closing(status: int, why: str) -> bytes:
    """A close frame; the reason is cut to what a control frame holds."""
    reason = why.encode()[: _MOST_CONTROL - 2].decode(errors="ignore").encode()
    return framed(status.to_bytes(2, "big") + reason, CLOSE)


def deflated_start(text: bytes) -> bytes:
    """The compressed beginning of messages that go on differently: it ends at a byte (RFC 7692, section 7.2.1)."""
    squeezer = zlib.compressobj(wbits=-15)
    return squeezer.compress(text) + squeezer.flush(zlib.Z_SYNC_FLUSH)


def deflated_end(text: bytes) -> bytes:
    """The few bytes that end such a message, stored as they are; the empty block's last four octets are left out."""
    size = len(text)
    return b"\x00%b%b%b\x00" % (size.to_bytes(2, "little"), (size ^ 0xFFFF).to_bytes(2, "little"), text)


@dataclass(slots=True)
class Reader:
    """Reads a client's frames from the bytes as they come; keeps no more than one message of `LONGEST_MESSAGE`."""

    deflates: bool = False
    _rest: bytes = b""
    _parts: list[bytes] = field(default_factory=list)
    _squeezed: bool = False
    _open: bool = False

    def read(self, data: bytes) -> list[tuple[int, bytes]]:
        """The messages and control frames that are whole now, as (opcode, payload); Broken if it is no WebSocket."""
        self._rest += data
        found: list[tuple[int, bytes]] = []
        while (frame := self._next()) is not None:
            first, payload = frame
            message = self._control(first, payload) if first & 0x08 else self._piece(first, payload)
            if message is not None:
                found.append(message)
        return found

    def _next(self) -> tuple[int, bytes] | None:
        """The first byte and the payload of the next whole frame."""
        rest = self._rest
        if len(rest) < 2:
            return None
        if not rest[1] & 0x80:
            raise Broken(BROKEN, "A client must mask its frames.")
        size, at = rest[1] & 0x7F, 2
        if size >= 126:
            at += 2 if size == 126 else 8
            if len(rest) < at:
                return None
            size = int.from_bytes(rest[2:at], "big")
        if size > LONGEST_MESSAGE:
            raise Broken(TOO_BIG, f"A message may have {LONGEST_MESSAGE} bytes.")
        if len(rest) < at + 4 + size:
            return None
        mask, masked = rest[at : at + 4], rest[at + 4 : at + 4 + size]
        self._rest = rest[at + 4 + size :]
        key = int.from_bytes((mask * (size // 4 + 1))[:size], "big")
        return rest[0], (int.from_bytes(masked, "big") ^ key).to_bytes(size, "big")

    def _control(self, first: int, payload: bytes) -> tuple[int, bytes]:
        opcode = first & 0x0F
        if opcode not in {CLOSE, PING, PONG} or first & 0x70 or not first & 0x80 or len(payload) > _MOST_CONTROL:
            raise Broken(BROKEN, "This is no control frame of RFC 6455.")
        return opcode, payload

    def _piece(self, first: int, payload: bytes) -> tuple[int, bytes] | None:
        opcode, last, squeezed = first & 0x0F, bool(first & 0x80), bool(first & 0x40)
        if opcode not in {0, TEXT, BINARY} or first & 0x30 or (opcode == 0) != self._open:
            raise Broken(BROKEN, "This frame is not where it belongs.")
        if squeezed and (opcode == 0 or not self.deflates):
            raise Broken(BROKEN, "Compression was not agreed for this frame.")
        if opcode:
            self._squeezed = squeezed
        self._parts.append(payload)
        self._open = not last
        if sum(map(len, self._parts)) > LONGEST_MESSAGE or len(self._parts) > MOST_FRAGMENTS:
            raise Broken(TOO_BIG, f"A message may have {LONGEST_MESSAGE} bytes in {MOST_FRAGMENTS} fragments.")
        if not last:
            return None
        whole, self._parts = b"".join(self._parts), []
        return TEXT, self._inflated(whole) if self._squeezed else whole

    def _inflated(self, whole: bytes) -> bytes:
        opener = zlib.decompressobj(wbits=-15)
        try:
            text = opener.decompress(whole + b"\x00\x00\xff\xff", LONGEST_MESSAGE + 1)
        except zlib.error:
            raise Broken(BROKEN, "The message cannot be decompressed.") from None
        if len(text) > LONGEST_MESSAGE:
            raise Broken(TOO_BIG, f"A message may have {LONGEST_MESSAGE} bytes.")
        return text
