"""`dateline submit FILE…`: file releases with the running wire."""

import hashlib
import mimetypes
import sys
from pathlib import Path
from urllib.parse import urlencode

import click
from rich.console import Console
from rich.progress import Progress

from dateline.cli import calls
from dateline.words.errors import Fault, Refused

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
@click.option("--draft", is_flag=True, help="Keep it as a draft; else it goes to the desk.")
def command(files: tuple[Path, ...], token: str, url: str, draft: bool) -> None:
    """File each FILE: JSON, Markdown, NewsML-G2, NewsML 1.2 or wire text. To file one twice does no harm."""
    out, failed = Console(highlight=False, soft_wrap=True), 0
    with Progress(console=out, transient=True, disable=not out.is_terminal) as progress:
        for file in progress.track(files, description="Filing"):
            failed += not _file(file, url, token, draft, out)
    if failed:
        click.echo(f"{failed} of {len(files)} could not be filed as they are.", err=True)
        sys.exit(1)


def _file(file: Path, url: str, token: str, draft: bool, out: Console) -> bool:
    """File one, and say in a line what became of it."""
    try:
        data = file.read_bytes()
    except OSError as unread:
        out.print(f"✗ {file}: {unread.strerror or unread}", style="red", markup=False)
        return False
    query = urlencode({"name": file.name, "submit": str(not draft).lower()})
    headers = {
        "Content-Type": _KINDS.get(file.suffix.lower()) or mimetypes.guess_type(file.name)[0] or "text/plain",
        # The same bytes by the same command are the same filing, however often the command is run.
        "Idempotency-Key": hashlib.sha256(query.encode() + data).hexdigest(),
    }
    try:
        status, answer = calls.call("POST", f"{url}/api/v1/releases?{query}", token=token, body=data, headers=headers)
    except Refused as refused:
        status, answer = 0, refused.as_problem()
    if status == 201:
        langs = ", ".join(answer["languages"])
        out.print(
            f"✓ {file}: {answer['state']} as {answer['id']} ({answer['format']}; {langs})", style="green", markup=False
        )
        _say(
            out,
            [Fault(each["code"], each["what"], each["where"], each["mend"]) for each in answer["warnings"]],
            "yellow",
        )
        return True
    kept = f"; kept as {answer['release']}" if isinstance(answer, dict) and answer.get("release") else ""
    out.print(f"✗ {file}: refused{kept}", style="red", markup=False)
    _say(out, calls.faults(answer), "red")
    return False


def _say(out: Console, faults: list[Fault], style: str) -> None:
    for fault in faults:
        out.print(f"    {fault}", style=style, markup=False)
