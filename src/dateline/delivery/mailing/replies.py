"""What a mail server answers, read line by line, and what its refusals are about."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from dateline.delivery.deciding import Answer, Meaning

_LONGEST = 2048
_KEPT = 300
_GREY = re.compile(r"gr[ae]y|4\.7\.1\b.*(?:try|later)|not yet authorized", re.IGNORECASE)
_TOO_MANY = re.compile(
    r"4\.7\.(?:0|28|650|651)\b|4\.(?:2\.1|3\.2|4\.5|5\.3)\b|rate|too (?:many|fast|much)|thrott|limit|exceed"
    r"|deferred|busy|slow down|temporarily|resources|again later",
    re.IGNORECASE,
)
# The mailbox, not the mail (RFC 3463 section 3.2); 5.1.7 and 5.1.8 are about the sender.
_NOBODY = re.compile(r"5\.1\.(?:1|2|3|6|10)\b|5\.2\.1\b")
_SECONDS = re.compile(r"(\d{1,5})\s*(s|sec|seconds?|m|min|minutes?)\b", re.IGNORECASE)
_GREY_WAIT = 60.0


class Cause(StrEnum):
    """What a refusal is about."""

    # This mail or its recipient.
    OWN = "own"
    # It would be taken later, as a stranger's first is not (greylisting, RFC 6647).
    GREY = "grey"
    # There were too many from us.
    PACE = "pace"


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole reply: its code, and the text of all its lines."""

    code: int
    text: str

    @property
    def good(self) -> bool:
        return 200 <= self.code < 400

    @property
    def closes(self) -> bool:
        """The server says that it ends the connection (RFC 5321 section 3.8)."""
        return self.code == 421


class BadReply(ValueError):
    """What came is not SMTP."""


class Lines:
    """Bytes in, whole replies out (RFC 5321 section 4.2)."""

    def __init__(self) -> None:
        self._rest = b""
        self._texts: list[str] = []

    @property
    def has_rest(self) -> bool:
        return bool(self._rest)

    def feed(self, data: bytes) -> list[Reply]:
        """The replies that are whole by now. BadReply if it is no mail server that speaks."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > _LONGEST:
            raise BadReply("a line without an end")
        found = []
        for line in lines:
            reply = self._line(line)
            if reply is not None:
                found.append(reply)
        return found

    def _line(self, line: bytes) -> Reply | None:
        reply, is_last = _read(line)
        if is_last and not self._texts:
            return reply
        self._texts.append(reply.text)
        if is_last:
            texts, self._texts = self._texts, []
            return Reply(reply.code, "\n".join(texts))
        if len(self._texts) > 100:
            raise BadReply("a reply without an end")
        return None


# A server says the same few lines to every mail.
@lru_cache(maxsize=256)
def _read(line: bytes) -> tuple[Reply, bool]:
    """What a line says, and whether it is the last of its reply."""
    code, between = line[:3], line[3:4]
    if not code.isdigit() or between not in {b" ", b"-", b"\r", b""}:
        raise BadReply("a line that is no SMTP reply")
    return Reply(int(code), line[4:].decode("utf-8", errors="replace").strip()), between != b"-"


def answer(reply: Reply) -> Answer:
    """RFC 5321 section 4.2.1: 2yz is done, 4yz comes again, 5yz is final. Anything else is no answer."""
    evidence = f"{reply.code} {reply.text}"[:_KEPT].strip()
    if 200 <= reply.code < 300:
        return Answer(Meaning.DELIVERED, evidence)
    if 500 <= reply.code < 600:
        return Answer(Meaning.NEVER, evidence, nobody=bool(_NOBODY.match(reply.text)))
    return Answer(Meaning.AGAIN, evidence, asked(reply))


def cause(reply: Reply) -> Cause:
    """What a temporary refusal is about, read from the server's words, as there is nothing else to read."""
    if not 400 <= reply.code < 500:
        return Cause.OWN
    if reply.code in {450, 451} and _GREY.search(reply.text):
        return Cause.GREY
    return Cause.PACE if reply.closes or _TOO_MANY.search(reply.text) else Cause.OWN


def asked(reply: Reply) -> float | None:
    """How long the server asks us to wait, in seconds; a minute if it is greylisting and does not say."""
    if not 400 <= reply.code < 500:
        return None
    found = _SECONDS.search(reply.text)
    if found:
        return min(float(found[1]) * (60 if found[2].lower().startswith("m") else 1), 3600.0)
    return _GREY_WAIT if cause(reply) is Cause.GREY else None
