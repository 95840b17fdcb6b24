"""`dateline tail`: the live stream in the terminal."""

import http.client
import json
import random
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

import click

from dateline.cli import calls
from dateline.cli.screen import Screen
from dateline.words.errors import BadInput, Fault, Refused

# Twice the edge's heartbeat, and a little: a stream that says nothing for so long is dead.
_SILENCE = 35.0
_LONGEST_LINE = 64 * 1024
_LONGEST_WAIT = 30.0


@dataclass(frozen=True, slots=True)
class Event:
    """One server-sent event. `data` is None for a heartbeat; `retry` is in milliseconds, where it was said."""

    id: str = ""
    name: str = ""
    data: dict[str, Any] | None = None
    retry: int | None = None


@click.command("tail")
@click.option("--lang", multiple=True, help="Languages in order of preference.")
@click.option("--sector", multiple=True, help="Only these sectors, and those within them.")
@click.option("--country", multiple=True, help="Only what concerns these countries.")
@click.option("--after", type=click.IntRange(min=0), help="Begin after this seq; from now if not given.")
@click.option("--url", default=calls.stream_url, help="The stream; this machine's if not given.")
@click.option("--token", envvar="DATELINE_TOKEN", help="Read what your groups may read too; or DATELINE_TOKEN.")
@click.option("--web", default=calls.web_url, help="The wire's pages, where a token is known.")
@click.option("--json", "as_json", is_flag=True, help="Print the frames' JSON, one a line.")
def command(
    lang: tuple[str, ...],
    sector: tuple[str, ...],
    country: tuple[str, ...],
    after: int | None,
    url: str,
    token: str | None,
    web: str,
    as_json: bool,
) -> None:
    """Follow the wire. It comes back by itself when the stream breaks, and says so. Ctrl-C ends it."""
    query = {"lang": lang, "sector": sector, "country": country}

    def address() -> str:
        ticket = {"ticket": _ticket(web, token)} if token else {}
        return f"{url.rstrip('/')}/wire?{urlencode({**query, **ticket}, doseq=True)}"

    try:
        follow(Stream(address, "" if after is None else str(after)), Screen(as_json))
    except KeyboardInterrupt:
        sys.exit(0)


def _ticket(web: str, token: str) -> str:
    """A fresh ticket; ConnectionError while the pages are down, Refused if the token is no good."""
    try:
        answer = calls.checked(calls.call("POST", f"{web.rstrip('/')}/api/v1/tickets", token=token))
    except Refused as refused:
        if refused.faults[0].code == "no-answer":
            raise ConnectionError(str(refused.faults[0].what)) from None
        raise
    return str(answer["ticket"])


@dataclass(slots=True)
class Stream:
    """A stream that is opened again and again. `address` is asked each time: a ticket does not last."""

    address: Callable[[], str]
    cursor: str = ""
    # Seconds until it is opened again; the edge says, and the second time in vain it is twice as long.
    wait: float = 1.0
    _vain: int = field(default=0)

    def events(self) -> Iterator[Event]:
        """The events, for ever. One named `lost` says why there are none now; Refused, that it is no use to go on."""
        while True:
            why = "it ended"
            try:
                for event in events(self.address(), self.cursor):
                    self._take(event)
                    yield event
                    if event.name == "expired":
                        why = ""
            except (OSError, http.client.HTTPException) as broken:
                why = str(broken) or type(broken).__name__
            if why:
                yield Event(name="lost", data={"why": why})
                self._pause()

    def _take(self, event: Event) -> None:
        self._vain = 0
        self.cursor = event.id or self.cursor
        if event.retry is not None:
            self.wait = event.retry / 1000

    def _pause(self) -> None:
        time.sleep(min(self.wait * 2**self._vain, _LONGEST_WAIT) * random.uniform(0.8, 1.0))
        self._vain = min(self._vain + 1, 6)


def follow(stream: Stream, screen: Screen) -> None:
    """Show all that comes, for ever; say when the stream is lost, and when it is back."""
    lost = ""
    for event in stream.events():
        if event.name == "lost" and event.data is not None:
            if event.data["why"] != lost:
                screen.say(f"No stream: {event.data['why']}. Trying again.", "yellow")
            lost = event.data["why"]
            continue
        if lost:
            screen.say(f"The stream is back, after entry {stream.cursor}." if stream.cursor else "Connected.", "green")
            lost = ""
        _show(event, screen)


def _show(event: Event, screen: Screen) -> None:
    if event.data is None:
        return
    if event.name == "gap":
        screen.gap(event.data)
    elif "seq" in event.data:
        screen.frame(event.name, event.data)


def events(url: str, cursor: str) -> Iterator[Event]:
    """The events of a stream (WHATWG HTML, 9.2.6), until it ends. Refused if the edge refuses."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        mend = "Write http:// or https:// before it."
        raise BadInput([Fault("bad-url", f"{url[:80]!r} is no web address.", "--url", mend)])
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname, parts.port, timeout=_SILENCE)
    try:
        headers = {"Accept": "text/event-stream", **({"Last-Event-ID": cursor} if cursor else {})}
        connection.request("GET", f"{parts.path}?{parts.query}", headers=headers)
        answer = connection.getresponse()
        _check(answer)
        yield from _parsed(answer)
    finally:
        connection.close()


def _check(answer: http.client.HTTPResponse) -> None:
    """ConnectionError if it is worth coming back, Refused if not."""
    if answer.status >= 500 or answer.status in {408, 429}:
        raise ConnectionError(f"the edge answers {answer.status} {answer.reason}")
    if answer.status != 200 or answer.headers.get_content_type() != "text/event-stream":
        body = answer.read(_LONGEST_LINE)
        try:
            told = json.loads(body)
        except ValueError:
            told = {"detail": f"What answers there, {answer.status} {answer.reason}, is no stream."}
        raise Refused(calls.faults(told))


def _parsed(answer: http.client.HTTPResponse) -> Iterator[Event]:
    fields: dict[str, str] = {}
    while raw := answer.readline(_LONGEST_LINE):
        line = raw.decode("utf-8", errors="replace").rstrip("\r\n")
        if line:
            name, _, value = line.partition(":")
            fields[name] = value.removeprefix(" ")
        elif fields:
            yield _event(fields)
            fields = {}


def _event(fields: dict[str, str]) -> Event:
    try:
        data = json.loads(fields["data"]) if "data" in fields else None
        retry = int(fields["retry"]) if "retry" in fields else None
    except ValueError:
        raise ConnectionError("what it says is no frame") from None
    return Event(fields.get("id", ""), fields.get("event", ""), data, retry)
