"""`dateline submit FILE…`: file releases with the running wire."""

import hashlib
import mimetypes
import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import click
from rich.console import Console
from rich.progress import Progress

from dateline.cli import calls
from dateline.words.errors import BadInput, Fault, Refused
from dateline.words.release import FILING_LIMIT

_KINDS = {
    ".json": "application/json",
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".newsml": "application/xml",
}


@click.command("submit")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--token", envvar="DATELINE_TOKEN", required=True, help="An issuer's or a provider's token; or DATELINE_TOKEN."
)
@click.option("--url", default=calls.web_url, help="The wire; this machine's if not given.")
@click.option("--submit/--draft", default=True, help="Hand it to the desk, or keep it as a draft.")
def command(files: tuple[Path, ...], token: str, url: str, submit: bool) -> None:
    """File each FILE: JSON, Markdown, NewsML-G2, NewsML 1.2 or wire text. To file one twice does no harm."""
    out, failed = Console(highlight=False, soft_wrap=True), 0
    with Progress(console=out, transient=True, disable=not out.is_terminal) as progress:
        for file in progress.track(files, description="Filing"):
            failed += not _file(file, url, token, submit, out)
    if failed:
        click.echo(f"{failed} of {len(files)} could not be filed as they are.", err=True)
        sys.exit(1)


def _file(file: Path, url: str, token: str, submit: bool, out: Console) -> bool:
    """File one, and say in a line what became of it. NoAnswer if there is no wire: then none of the rest is tried."""
    try:
        status, answer = _sent(file, _read(file), url, token, submit)
    except calls.NoAnswer:
        raise
    except Refused as refused:
        status, answer = 0, refused.as_problem()
    name = click.format_filename(file)
    if status not in {200, 201}:
        kept = f"; kept as {answer['release']}" if isinstance(answer, dict) and answer.get("release") else ""
        out.print(f"✗ {name}: refused{kept}", style="red", markup=False)
        _say(out, calls.faults(answer), "red")
        return False
    langs = ", ".join(answer["languages"])
    line = f"✓ {name}: {answer['state']} as {answer['id']} ({answer['format']}; {langs})"
    out.print(line, style="green", markup=False)
    _say(out, [calls.fault(each) for each in answer["warnings"]], "yellow")
    stops = [calls.fault(each) for each in answer["findings"] if each["weight"] == "stop"]
    if stops:
        out.print("    Before it can be approved:", style="yellow")
        _say(out, stops, "yellow")
    return True


def _read(file: Path) -> bytes:
    """The file's bytes. BadInput if it is none, or larger than any wire takes: that is known before it is read."""
    try:
        if file.is_dir():
            raise BadInput([Fault("directory", "It is a directory.", "", "Name the files in it.")])
        if file.stat().st_size > FILING_LIMIT:
            what = f"It is {file.stat().st_size:,} bytes; a filing may be {FILING_LIMIT:,}."
            raise BadInput([Fault("too-large", what, "", "Name media by their addresses.")])
        return file.read_bytes()
    except OSError as unread:
        raise BadInput([Fault("unreadable", f"{unread.strerror or unread}.", "", "Check its name.")]) from None


def _sent(file: Path, data: bytes, url: str, token: str, submit: bool) -> tuple[int, Any]:
    query = urlencode({"name": os.fsencode(file.name), "submit": str(submit).lower()})
    headers = {
        "Content-Type": _KINDS.get(file.suffix.lower()) or mimetypes.guess_type(file.name)[0] or "text/plain",
        # The same bytes by the same command are the same filing, however often the command is run.
        "Idempotency-Key": hashlib.sha256(query.encode() + data).hexdigest(),
    }
    return calls.call("POST", f"{url}/api/v1/releases?{query}", token=token, body=data, headers=headers)


def _say(out: Console, faults: list[Fault], style: str) -> None:
    for each in faults:
        out.print(f"    {each}", style=style, markup=False)
