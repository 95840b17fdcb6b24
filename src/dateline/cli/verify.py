"""`dateline verify GUID|FILE`: check what the log says, against the wire's public key."""

import json
from pathlib import Path
from typing import Any

import click

from dateline.cli import calls
from dateline.formats import proof
from dateline.words.errors import BadInput, Fault


@click.command("verify")
@click.argument("what")
@click.option(
    "--key", default="", help="The wire's public key, or a file that holds it. From the wire itself if not given."
)
@click.option("--url", default=calls.web_url, help="The wire that a GUID is asked of; this machine's if not given.")
def command(what: str, key: str, url: str) -> None:
    """Check a proof saved from /api/v1/wire/SEQ/proof, or each entry of a release, and say what was proved.

    A FILE with --key is checked offline.
    """
    file = Path(what)
    documents = [_read(file)] if file.exists() else _fetched(what, url)
    vkey = _key(key, url)
    for document in documents:
        for sentence in proof.check(document, vkey):
            click.echo(f"✓ {sentence}")
    if not key:
        click.echo(f"The key was taken from {url}: it shows that nothing was changed since, not whose wire it is.")
        click.echo(f"Keep it, and give it with --key from now on: {vkey}")


def _read(file: Path) -> dict[str, Any]:
    try:
        document = json.loads(file.read_bytes())
    except (OSError, ValueError):
        document = None
    if not isinstance(document, dict):
        raise BadInput([Fault("not-a-proof", f"{file} is not a proof.", "", "Save one from /api/v1/wire/SEQ/proof.")])
    return document


def _fetched(guid: str, url: str) -> list[dict[str, Any]]:
    """The proofs of every entry of a release."""
    story = calls.checked(calls.call("GET", f"{url}/api/v1/entries/{guid.rpartition(':')[2]}"))
    seqs = [entry["header"]["seq"] for entry in story["entries"]]
    return [calls.checked(calls.call("GET", f"{url}/api/v1/wire/{seq}/proof")) for seq in seqs]


def _key(key: str, url: str) -> str:
    if not key:
        return str(calls.checked(calls.call("GET", f"{url}/api/v1/wire/key"))["key"])
    file = Path(key)
    return file.read_text(encoding="utf-8").strip() if "+" not in key and file.exists() else key
