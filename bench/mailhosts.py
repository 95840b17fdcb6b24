"""Mail servers that limit as the big ones do, many in one process, and note what they took.

`python -m bench.mailhosts CONFIG` with a JSON list of policies, one a port: {"port", "window": [mails, seconds],
"at_once", "most", "grey", "tarpit"}, all but the port optional. A webhook receiver too, where a policy says
{"port", "hooks": true}. Each line on the standard input asks for what was taken since the last; the answer is one
line of JSON: [[port, recipient, id, seq, time], …].
"""

import asyncio
import json
import sys
import time
from typing import Any, cast

import uvloop

Seen = list[tuple[int, str, str, int, float]]
_SEEN: Seen = []
_END = b"\r\n.\r\n"


class Policy:
    """The limits of one port, and what came of them so far."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.port = int(told["port"])
        self.window, self.at_once = told.get("window"), told.get("at_once", 0)
        self.most, self.grey, self.tarpit = told.get("most", 0), told.get("grey", 0.0), told.get("tarpit", 0.0)
        self.open = 0
        self._windows: dict[int, int] = {}
        self._first: dict[str, float] = {}

    def said(self, to: str) -> bytes:
        """The answer to one more recipient."""
        now = time.time()
        if self.grey and now - self._first.setdefault(to, now) < self.grey:
            return b"451 4.7.1 Greylisted, come back in %d seconds\r\n" % self.grey
        if self.window:
            most, seconds = self.window
            number = int(now / seconds)
            if self._windows.get(number, 0) >= most:
                return b"451 4.7.28 Too many mails from you, slow down\r\n"
            self._windows[number] = self._windows.get(number, 0) + 1
        return b"250 2.1.5 Ok\r\n"


class Server(asyncio.Protocol):
    """One connection. Everything that a read completes is answered in one write, after the tarpit's wait."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.rest, self.to = b"", ""
        self.in_data = False
        self.taken = 0
        self.loop = asyncio.get_running_loop()
        self.free_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.policy.open += 1
        if self.policy.at_once and self.policy.open > self.policy.at_once:
            self.transport.write(b"421 4.7.0 Too many connections\r\n")
            self.transport.close()
            return
        self.say(b"220 host ESMTP\r\n", 1)

    def connection_lost(self, exc: Exception | None) -> None:
        self.policy.open -= 1

    def say(self, lines: bytes, replies: int) -> None:
        """A tarpit waits before each reply."""
        if not self.policy.tarpit:
            self.transport.write(lines)
            return
        now = self.loop.time()
        self.free_at = max(self.free_at, now) + self.policy.tarpit * replies
        self.loop.call_at(self.free_at, self.say_now, lines)

    def say_now(self, lines: bytes) -> None:
        """Unless the other end has gone meanwhile."""
        if not self.transport.is_closing():
            self.transport.write(lines)

    def data_received(self, data: bytes) -> None:
        self.rest += data
        answers: list[bytes] = []
        while self.step(answers):
            pass
        if answers:
            self.say(b"".join(answers), len(answers))

    def step(self, answers: list[bytes]) -> bool:
        if self.in_data:
            end = self.rest.find(_END)
            if end < 0:
                return False
            self.take(self.rest[:end])
            self.rest, self.in_data = self.rest[end + len(_END) :], False
            answers.append(b"250 2.0.0 Ok: queued\r\n")
            return True
        end = self.rest.find(b"\r\n")
        if end < 0:
            return False
        line, self.rest = self.rest[:end], self.rest[end + 2 :]
        self.command(line, answers)
        return True

    def command(self, line: bytes, answers: list[bytes]) -> None:
        match line[:4].upper():
            case b"EHLO":
                answers.append(b"250-host\r\n250 PIPELINING\r\n")
            case b"MAIL":
                self.to = ""
                if self.policy.most and self.taken >= self.policy.most:
                    self.transport.write(b"".join(answers) + b"421 4.7.0 Enough on this connection\r\n")
                    answers.clear()
                    self.transport.close()
                    return
                answers.append(b"250 2.1.0 Ok\r\n")
            case b"RCPT":
                to = line[line.find(b"<") + 1 : line.rfind(b">")].decode()
                said = self.policy.said(to)
                self.to = to if said.startswith(b"250") else ""
                answers.append(said)
            case b"DATA":
                self.in_data = bool(self.to)
                answers.append(b"354 go on\r\n" if self.to else b"554 5.5.1 No valid recipients\r\n")
            case b"QUIT":
                self.transport.close()
            case _:
                answers.append(b"250 2.0.0 Ok\r\n")

    def take(self, content: bytes) -> None:
        self.taken += 1
        head = content[:3000]
        id_ = head.partition(b"Message-ID: <")[2].partition(b"@")[0].decode()
        seq = int(head.partition(b"Dateline-Seq: ")[2].partition(b"\r\n")[0] or b"0")
        _SEEN.append((self.policy.port, self.to, id_, seq, time.time()))


class Hooks(asyncio.Protocol):
    """A webhook receiver that notes ids."""

    def __init__(self, port: int) -> None:
        self.port, self.rest = port, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self.rest += data
        while (end := self.rest.find(b"\r\n\r\n")) >= 0:
            lines = dict(line.split(b": ", 1) for line in self.rest[:end].split(b"\r\n")[1:])
            headers = {name.lower(): value for name, value in lines.items()}
            length = int(headers[b"content-length"])
            if len(self.rest) < end + 4 + length:
                return
            path = self.rest.split(b" ", 2)[1].decode()
            self.rest = self.rest[end + 4 + length :]
            seq = int(headers[b"dateline-seq"])
            _SEEN.append((self.port, path, headers[b"webhook-id"].decode(), seq, time.time()))
            self.transport.write(b"HTTP/1.1 204 No Content\r\n\r\n")


async def main(told: list[dict[str, Any]]) -> None:
    loop = asyncio.get_running_loop()
    for each in told:
        if each.get("hooks"):
            await loop.create_server(lambda port=each["port"]: Hooks(port), "127.0.0.1", each["port"], backlog=1024)
        else:
            policy = Policy(each)
            await loop.create_server(lambda policy=policy: Server(policy), "127.0.0.1", policy.port, backlog=1024)
    loop.add_reader(sys.stdin.fileno(), _told)
    print("ready", flush=True)
    await asyncio.Event().wait()


def _told() -> None:
    if not sys.stdin.readline():
        sys.exit()
    print(json.dumps(_SEEN), flush=True)
    _SEEN.clear()


if __name__ == "__main__":
    uvloop.run(main(json.loads(sys.argv[1])))
