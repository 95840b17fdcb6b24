"""`dateline key`: the master keys."""

import base64
import json
import secrets
from pathlib import Path

import click
from django.conf import settings

from dateline.vault import keys
from dateline.wire import signing


@click.group("key")
def command() -> None:
    """Rotate the master key; print the wire's public key."""


@command.command("rotate")
def rotate() -> None:
    """Make a new master key and wrap every key anew with it. The old one stays in the file for old backups."""
    path = Path(settings.DATELINE_KEY_FILE)
    document = json.loads(path.read_text(encoding="utf-8"))
    name = str(max(int(each) for each in document["keys"]) + 1)
    document["keys"][name] = base64.b64encode(secrets.token_bytes(32)).decode()
    document["current"] = name
    aside = path.with_suffix(".key.new")
    aside.touch(mode=0o600)
    aside.write_text(json.dumps(document, indent=2), encoding="utf-8")
    aside.replace(path)
    click.echo(
        f"Master key {name} is current; {keys.rewrap()} keys were wrapped anew. Copy {path} to where its copy is."
    )


@command.command("public")
def public() -> None:
    """Print the key that `dateline verify` checks against."""
    click.echo(signing.vkey())
