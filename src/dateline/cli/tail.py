"""`dateline tail`: the live stream in the terminal."""

import http.client
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

import click
from rich.console import Console
from rich.text import Text

from dateline.cli import calls
from dateline.words.errors import BadInput, Fault, Refused

_COLOURS = {"correction": "yellow", "update": "yellow", "withdrawal": "red", "erasure": "red", "test": "magenta"}
# Twice the edge's heartbeat, and a little: a stream that says nothing for so long is dead.
_SILENCE = 35.0


@dataclass(frozen=True, slots=True)
class Event:
    """One server-sent event. `data` is None for a heartbeat."""

    id: str
    name: str
    data: dict[str, object] | None


@click.command("tail")
@click.option("--lang", multiple=True, help="Languages in order of preference.")
@click.option("--sector", multiple=True, help="Only these sectors, and those within them.")
@click.option("--country", multiple=True, help="Only what concerns these countries.")
@click.option("--after", type=int, default=None, help="Begin after this seq; from now if not given.")
@click.option("--url", default=calls.stream_url, help="The stream; this machine's if not given.")
@click.option("--json", "as_json", is_flag=True, help="Print the frames' JSON, one a line.")
def command(
    lang: tuple[str, ...], sector: tuple[str, ...], country: tuple[str, ...], after: int | None, url: str, as_json: bool
) -> None:
    """Follow the wire. It comes back by itself when the stream breaks, and says so. Ctrl-C ends it."""
    query = urlencode({"lang": lang, "sector": sector, "country": country}, doseq=True)
    out = Console(highlight=False, soft_wrap=True)
    try:
        _follow(f"{url}/wire?{query}", "" if after is None else str(after), out, as_json)
    except KeyboardInterrupt:
        sys.exit(0)


def _follow(url: str, cursor: str, out: Console, as_json: bool) -> None:
    wait, lost = 0.5, False
    while True:
        try:
            for event in events(url, cursor):
                if lost:
                    click.secho("The stream is back.", fg="green", err=True)
                lost, wait = False, 0.5
                cursor = event.id or cursor
                _show(event, out, as_json)
        except (OSError, http.client.HTTPException) as broken:
            if not lost:
                click.secho(f"The stream broke ({broken}); trying again.", fg="yellow", err=True)
        lost = True
        time.sleep(wait)
        wait = min(wait * 2, 10.0)


def events(url: str, cursor: str) -> Iterator[Event]:
    """The events of a stream (WHATWG HTML, 9.2.6), until it ends. Refused if the edge refuses."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise BadInput(
            [Fault("bad-url", f"{url!r} is no web address.", "--url", "Write http:// or https:// before it.")]
        )
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname, parts.port, timeout=_SILENCE)
    try:
        headers = {"Accept": "text/event-stream", **({"Last-Event-ID": cursor} if cursor else {})}
        connection.request("GET", f"{parts.path}?{parts.query}", headers=headers)
        answer = connection.getresponse()
        if answer.status == 503:
            raise ConnectionError("the edge is busy")
        if answer.status != 200:
            raise Refused(calls.faults(json.loads(answer.read())))
        yield from _parsed(answer)
    finally:
        connection.close()


def _parsed(answer: http.client.HTTPResponse) -> Iterator[Event]:
    fields: dict[str, str] = {}
    while raw := answer.readline():
        line = raw.decode("utf-8").rstrip("\r\n")
        if line:
            name, _, value = line.partition(":")
            fields[name] = value.removeprefix(" ")
        elif fields:
            data = json.loads(fields["data"]) if "data" in fields else None
            yield Event(fields.get("id", ""), fields.get("event", ""), data)
            fields = {}


def _show(event: Event, out: Console, as_json: bool) -> None:
    if event.data is None:
        return
    if as_json:
        click.echo(json.dumps({"event": event.name, **event.data}, ensure_ascii=False))
        return
    if event.name == "gap":
        click.secho(
            f"Missed entries {event.data['from']} to {event.data['to']}; fetch {event.data['fetch']}",
            fg="red",
            err=True,
        )
        return
    colour = _COLOURS.get(event.name, "green")
    line = Text()
    line.append(f"{str(event.data['released_at'])[11:19]} ", style="dim")
    line.append(f"{event.data['seq']:>6} ", style="dim")
    line.append(f"{event.name:<11}", style=colour)
    line.append(f"{event.data['lang']:<8}", style="cyan")
    line.append(str(event.data["headline"]), style="bold")
    line.append(f"  {event.data['source']}", style="italic")
    out.print(line)
    out.print(Text(f"{'':>16}{event.data['url']}", style="dim"))
