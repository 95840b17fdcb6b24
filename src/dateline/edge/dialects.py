"""The same frames in each protocol: server-sent events, WebSocket plain or compressed, an answer to a poll. Pure.

Nothing here is per recipient but the digits of `prev`; streams whose last frame was the same share the bytes.
"""

import json
from collections.abc import Sequence
from typing import Any, Protocol

from dateline.edge import websocket
from dateline.formats import frame as frames
from dateline.formats.frame import Frame

# Compressed beginnings that are kept for the next who asks.
_MOST_STARTS = 4096


class Dialect(Protocol):
    """How a stream is spoken to."""

    name: str

    def frames(self, found: Sequence[Frame], prev: int) -> bytes:
        """These frames one after the other, each saying which came before it in the stream."""
        ...

    def heartbeat(self, seq: int) -> bytes:
        """That the stream lives, and the last seq that it has considered."""
        ...

    def event(self, name: str, data: dict[str, Any], seq: int | None = None) -> bytes:
        """Something about the stream itself; `seq` moves its cursor."""
        ...

    def retry(self, milliseconds: int) -> bytes:
        """How long to wait before coming back."""
        ...


class ServerSent:
    """WHATWG HTML, section 9.2."""

    name = "sse"

    def frames(self, found: Sequence[Frame], prev: int) -> bytes:
        parts = []
        for frame in found:
            parts.append(frame.bytes(prev))
            prev = frame.seq
        return b"".join(parts)

    def heartbeat(self, seq: int) -> bytes:
        return frames.heartbeat(seq)

    def event(self, name: str, data: dict[str, Any], seq: int | None = None) -> bytes:
        return frames.event(name, data, seq)

    def retry(self, milliseconds: int) -> bytes:
        return frames.retry(milliseconds)


class WebSocket:
    """RFC 6455: one text message a frame, `{"id", "event", "data"}`."""

    name = "websocket"

    def frames(self, found: Sequence[Frame], prev: int) -> bytes:
        parts = []
        for frame in found:
            parts.append(self._frame(frame, prev))
            prev = frame.seq
        return b"".join(parts)

    def _frame(self, frame: Frame, prev: int) -> bytes:
        return websocket.framed(_opened(frame) + b"%d}}" % prev)

    def heartbeat(self, seq: int) -> bytes:
        return websocket.framed(b'{"id":%d,"event":"heartbeat"}' % seq)

    def event(self, name: str, data: dict[str, Any], seq: int | None = None) -> bytes:
        told = {"event": name, "data": data} if seq is None else {"id": seq, "event": name, "data": data}
        return websocket.framed(json.dumps(told, separators=(",", ":"), ensure_ascii=False).encode())

    def retry(self, milliseconds: int) -> bytes:
        return self.event("retry", {"milliseconds": milliseconds})


class Deflated(WebSocket):
    """The same, compressed once for all who agreed to no context takeover (RFC 7692)."""

    name = "deflated"

    def __init__(self) -> None:
        self._starts: dict[bytes, bytes] = {}

    def _frame(self, frame: Frame, prev: int) -> bytes:
        start = self._starts.get(frame.data)
        if start is None:
            if len(self._starts) >= _MOST_STARTS:
                del self._starts[next(iter(self._starts))]
            start = self._starts[frame.data] = websocket.deflated_start(_opened(frame))
        return websocket.framed(start + websocket.deflated_end(b"%d}}" % prev), deflated=True)


class Poll:
    """An answer to a poll: lines of JSON, one a frame, as a poll puts them in its list."""

    name = "poll"

    def frames(self, found: Sequence[Frame], prev: int) -> bytes:
        parts = []
        for frame in found:
            parts.append(_opened(frame) + b"%d}}" % prev)
            prev = frame.seq
        return b",".join(parts)

    def heartbeat(self, seq: int) -> bytes:
        return b""

    def event(self, name: str, data: dict[str, Any], seq: int | None = None) -> bytes:
        return json.dumps({"id": seq, "event": name, "data": data}, separators=(",", ":"), ensure_ascii=False).encode()

    def retry(self, milliseconds: int) -> bytes:
        return b""


def _opened(frame: Frame) -> bytes:
    return b'{"id":%d,"event":"%b","data":%b' % (frame.seq, frame.event.encode(), frame.data)


SSE, PLAIN, SQUEEZED, POLL = ServerSent(), WebSocket(), Deflated(), Poll()
