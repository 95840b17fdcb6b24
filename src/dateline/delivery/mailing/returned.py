"""What a mail says that came back: a delivery status (RFC 3464), or a complaint (RFC 5965). Any bytes can be read."""

import email
import email.message
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.policy import compat32
from enum import StrEnum

_STATUS = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})")
# The mailbox is not there, or takes no more mail, ever (RFC 3463 section 3.2).
_MAILBOX = re.compile(r"5\.(?:1\.(?:0|1|2|3|6|10)|2\.1)$")
_PARTS = 200


class Kind(StrEnum):
    HARD = "hard"
    SOFT = "soft"
    DELAY = "delay"
    COMPLAINT = "complaint"


@dataclass(frozen=True, slots=True)
class Returned:
    """What is said of one recipient; `senders` are the return addresses that a complaint quotes."""

    kind: Kind
    status: str
    said: str
    senders: tuple[str, ...] = ()


def read(content: bytes) -> Returned | None:
    """None if it says neither: an answer of somebody on holiday, or nothing that can be read."""
    message = email.message_from_bytes(content, policy=compat32)
    for part in _parts(message):
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            return _status(part)
        if kind == "message/feedback-report":
            return _complaint(part, message)
    return None


def _parts(message: email.message.Message) -> Iterator[email.message.Message]:
    for number, part in enumerate(message.walk()):
        if number >= _PARTS:
            return
        yield part


def _status(part: email.message.Message) -> Returned | None:
    """The worst that is said of any recipient: there is one, for each mail goes out by itself."""
    found = [each for block in _blocks(part) if (each := _recipient(block)) is not None]
    order = list(Kind)
    return min(found, key=lambda each: order.index(each.kind), default=None)


def _blocks(part: email.message.Message) -> list[email.message.Message]:
    payload = part.get_payload()
    return [each for each in payload if isinstance(each, email.message.Message)] if isinstance(payload, list) else []


def _recipient(block: email.message.Message) -> Returned | None:
    action = _text(block, "Action").lower()
    status = _STATUS.search(_text(block, "Status"))
    code = status[0] if status else ""
    said = _text(block, "Diagnostic-Code")[:300]
    if action == "delayed":
        return Returned(Kind.DELAY, code, said)
    if action != "failed":
        return None
    return Returned(Kind.HARD if _MAILBOX.fullmatch(code) else Kind.SOFT, code, said)


def _complaint(part: email.message.Message, whole: email.message.Message) -> Returned | None:
    """`not-spam` is praise (RFC 5965 section 7.3)."""
    blocks = [part, *_blocks(part)]
    payload = part.get_payload(decode=True)
    if isinstance(payload, bytes):
        blocks.append(email.message_from_bytes(payload, policy=compat32))
    kind = next((text for each in blocks if (text := _text(each, "Feedback-Type"))), "")
    if kind.lower() == "not-spam":
        return None
    senders = [_text(each, name) for each in blocks for name in ("Original-Mail-From",)]
    senders += [_text(each, "Return-Path") for each in _parts(whole)]
    return Returned(Kind.COMPLAINT, "", kind[:40], tuple(each.strip("<> ") for each in senders if each))


def _text(message: email.message.Message, name: str) -> str:
    """A header on one line; what cannot be decoded is left out."""
    return " ".join(str(message.get(name, "")).encode("ascii", "ignore").decode().split())
