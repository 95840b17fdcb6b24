"""Frames of the live stream as a terminal shows them: coloured for a person, a plain line each for a pipe."""

import json
import sys
import unicodedata
from typing import Any

import click
from rich.console import Console
from rich.text import Text

_COLOURS = {
    "release": "green",
    "correction": "yellow",
    "update": "yellow",
    "translation": "blue",
    "withdrawal": "bold red",
    "erasure": "bold red",
    "test": "magenta",
}
# First strong isolate and its end (UAX #9): Arabic stands in an English line without turning it around.
_ISOLATE, _END = "\u2068", "\u2069"


class Screen:
    """Where frames are shown. What is said about the stream itself goes to the standard error."""

    def __init__(self, as_json: bool) -> None:
        self._json = as_json
        self._out = Console(highlight=False, soft_wrap=True)
        self._person = self._out.is_terminal and not as_json

    def frame(self, signal: str, data: dict[str, Any]) -> None:
        if self._json:
            _line(json.dumps({"event": signal, **data}, ensure_ascii=False))
        elif self._person:
            self._out.print(_coloured(signal, data))
        else:
            names = ("released_at", "seq", "lang", "source", "headline", "url")
            told = [_clean(str(data.get(name, ""))) for name in names]
            _line("\t".join((*told[:2], signal, *told[2:])))

    def gap(self, data: dict[str, Any]) -> None:
        """That entries were missed, and where they are."""
        if self._json:
            _line(json.dumps({"event": "gap", **data}, ensure_ascii=False))
            return
        self.say(f"Missed entries {data['from']} to {data['to']}; they are at {data['fetch']}", "red")

    def say(self, what: str, colour: str) -> None:
        """Something about the stream itself."""
        click.secho(_clean(what), fg=colour, err=True)


def _coloured(signal: str, data: dict[str, Any]) -> Text:
    """Two lines: time, seq, signal, language, source and headline; and the address."""
    shown = {name: _clean(str(value)) for name, value in data.items()}
    line = Text()
    line.append(f"{shown.get('released_at', '')[11:19]} {shown.get('seq', ''):>6} ", style="dim")
    line.append(f"{signal:<11} ", style=_COLOURS.get(signal, "cyan"))
    line.append(f"{shown.get('lang', ''):<7} ", style="cyan")
    line.append(f"{_ISOLATE}{shown.get('source', '')}{_END}  ", style="italic")
    line.append(f"{_ISOLATE}{shown.get('headline', '')}{_END}", style="bold")
    line.append(f"\n{'':16}{shown.get('url', '')}", style="dim")
    return line


def _clean(text: str) -> str:
    """Without controls and bidi marks: what an issuer wrote must not steer somebody's terminal."""
    return "".join(
        " " if unicodedata.category(char) in {"Cc", "Zl", "Zp"} else char for char in text if not _turns(char)
    )


def _turns(char: str) -> bool:
    return unicodedata.bidirectional(char) in {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def _line(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
