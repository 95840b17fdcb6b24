"""A live frame: what one entry is on a stream, encoded once per language.

Source: WHATWG HTML, "Server-sent events". A frame is at most 1,024 bytes; the headline is cut, at a
grapheme, so that it fits. Only `prev` differs from stream to stream, so it comes last:
`Frame.bytes(prev)` joins what all streams share with a few digits.
"""

import json
import re
import unicodedata
from dataclasses import dataclass

from dateline.words.entry import Entry
from dateline.words.languages import language
from dateline.words.wire import Wire

LIMIT = 1024
_MOST_SECTORS = 6
# A seq is below 2^53. The brace that ends the data is counted with the rest of it.
_ROOM_FOR_PREV = len(',"prev":') + len(str(2**53)) + len("\n\n")
# What continues a grapheme without being a mark: joiners, Thai and Lao AM, Hangul vowels and finals, skin tones, tags.
_CONTINUES = re.compile(
    "[\u200c\u200d\u0e33\u0eb3\u1160-\u11ff\ud7b0-\ud7ff\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]"
)
_REGIONAL = re.compile("[\U0001f1e6-\U0001f1ff]")


@dataclass(frozen=True, slots=True)
class Frame:
    """One entry in one language, as far as it is the same for every stream.

    `data` is the JSON of the frame up to the digits of `prev`; `head` is the server-sent event up to there.
    """

    seq: int
    lang: str
    event: str
    data: bytes
    head: bytes

    def bytes(self, prev: int) -> bytes:
        """The whole frame, after the frame with the seq `prev` in the same stream (0: it is the first)."""
        return b"%b%d}\n\n" % (self.head, prev)


def frame(entry: Entry, lang: str, wire: Wire) -> Frame:
    """Encode one entry in a language that it has. What is canceled or erased has no headline but a label."""
    part = entry.rendition(lang)
    headline = str(part["headline"]) if part else language(lang).label("withdrawn")
    event = "withdrawal" if entry.canceled else str(entry.signal)
    values = {
        "seq": entry.seq,
        "guid": entry.guid,
        "edition": entry.editions.get(lang, 0),
        "lang": lang,
        "slugline": "" if entry.canceled else cut(str(entry.header["slugline"]), 80),
        "sectors": list(entry.sectors[:_MOST_SECTORS]),
        "source": cut(str(entry.source["name"]), 80),
        "urgency": entry.header["urgency"],
        "released_at": entry.header["released_at"],
        "url": wire.page(entry.key, lang),
    }
    start = f"id: {entry.seq}\nevent: {event}\ndata: ".encode()
    rest = _json(values)
    # The headline comes first, and is what gives way.
    spare = LIMIT - len(start) - len(rest) - len('"headline":"",') - _ROOM_FOR_PREV
    data = b'{"headline":%b,%b,"prev":' % (_json(cut(headline, max(spare, 0))), rest[1:-1])
    return Frame(entry.seq, lang, event, data, start + data)


def heartbeat(seq: int) -> bytes:
    """That the stream lives, as an event that a page can hear; its id is the last seq that it has considered."""
    return b"id: %d\nevent: heartbeat\ndata: {}\n\n" % seq


def event(name: str, data: dict[str, object], seq: int | None = None) -> bytes:
    """Something about the stream itself, such as a gap; with a seq it moves the cursor too."""
    start = "" if seq is None else f"id: {seq}\n"
    return f"{start}event: {name}\ndata: ".encode() + _json(data) + b"\n\n"


def retry(milliseconds: int) -> bytes:
    """How long to wait before coming back."""
    return b"retry: %d\n\n" % milliseconds


def cut(text: str, room: int) -> str:
    """The text if its JSON takes at most `room` bytes, else as many whole graphemes as do, and an ellipsis."""
    # A character takes six bytes at most, as an escape.
    if len(text) * 6 <= room or _weight(text) <= room:
        return text
    kept, weight = 0, len("…".encode())
    for index, char in enumerate(text):
        weight += _weight(char)
        if weight > room:
            break
        if _begins_grapheme(text, index + 1):
            kept = index + 1
    return text[:kept].rstrip() + "…" if kept else ""


def _begins_grapheme(text: str, index: int) -> bool:
    """Whether one may cut before `index`. The part of UAX #29 that the wire's languages and emoji need.

    It may keep together what the annex would part (a row of flags), never the other way round.
    """
    if index >= len(text):
        return True
    char, before = text[index], text[index - 1]
    if unicodedata.category(char).startswith("M") or _CONTINUES.match(char) or before == "\u200d":
        return False
    return not (_REGIONAL.match(char) and _REGIONAL.match(before))


def _weight(text: str) -> int:
    return len(json.dumps(text, ensure_ascii=False).encode("utf-8", "replace")) - 2


def _json(values: object) -> bytes:
    # Escapes line ends, so that a frame is never cut in two by its own text.
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
