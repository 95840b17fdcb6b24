"""`dateline verify GUID|FILE`: check what the log says, against the wire's public key."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click

from dateline.cli import calls, known
from dateline.formats import note, proof
from dateline.formats.merkle import ProofFailed
from dateline.words.errors import BadInput, Fault

_GUID = re.compile(r"(tag:.+:)?[a-z2-7]{26}")
Document = dict[str, Any]


@click.command("verify")
@click.argument("what")
@click.option("--key", default="", help="The wire's public key, or a file that holds it.")
@click.option("--head", default="", help="A file with an older head or proof, which the log must have grown from.")
@click.option("--url", default=calls.web_url, help="The wire that a GUID is asked of; this machine's if not given.")
@click.option("--token", envvar="DATELINE_TOKEN", default="", help="For what not everybody may read.")
def command(what: str, key: str, head: str, url: str, token: str) -> None:
    """Check a proof saved from /api/v1/wire/SEQ/proof, or each entry of a release, and say what was proved.

    A FILE is checked offline, if its wire's key is given or was seen before. A GUID is asked of the wire, and so is
    whether its log has only grown since this was last asked.
    """
    file = Path(what)
    offline = file.is_file()
    documents = [_read(file)] if offline else _fetched(what, url, token)
    origin = note.parse_checkpoint(str(documents[0].get("head"))).origin
    seen = known.recall(origin)
    vkey = _given(key) or (seen.key if seen else str(_asked(f"{url}/api/v1/wire/key", token)["key"]))
    older = _older(head) or (seen.head if seen else "")
    for document in documents:
        _prove(document, older, vkey)
    newest = documents[-1]["head"]
    if not offline:
        newest = _grown(url, token, [older, *(document["head"] for document in documents)], vkey)
    kept = known.remember(origin, known.Known(vkey, _longer(newest, older)))
    if not key and not seen:
        click.echo(f"The key was taken from {url}: it shows that nothing was changed since, not whose wire it is.")
        click.echo("It is kept for the next time." if kept else f"Keep it, and give it with --key from now on: {vkey}")


def _prove(document: Document, older: str, vkey: str) -> None:
    """Say what one document proves: that an entry is in the log, or that the log only grew."""
    if "consistency" not in document:
        for sentence in proof.check(document, vkey):
            click.echo(f"✓ {sentence}")
        return
    if not older:
        what = "It proves that the log grew from an older head, and none was seen before."
        raise BadInput([Fault("no-head", what, "--head", "Name a file with that head.")])
    click.echo(f"✓ {proof.check_consistency(document, older, vkey)}")


def _grown(url: str, token: str, heads: list[str], vkey: str) -> str:
    """The newest head, once it is proved that the log of each of these is the beginning of the log of today."""
    newest = ""
    for head in dict.fromkeys(filter(None, heads)):
        size = note.parse_checkpoint(note.verify(head, vkey)).size
        status, document = calls.call("GET", f"{url}/api/v1/wire/head?from={size}", token=token)
        if status == 422:
            raise ProofFailed(f"The log had {size} entries when it was last seen, and has fewer now.")
        sentence = proof.check_consistency(calls.checked((status, document)), head, vkey)
        if head == heads[0]:
            click.echo(f"✓ {sentence}")
        newest = document["head"]
    return newest


def _longer(newest: str, older: str) -> str:
    """The head of the two that has more entries: an old file teaches nothing about the log of today."""
    sizes = [note.parse_checkpoint(each).size if each else 0 for each in (newest, older)]
    return newest if sizes[0] >= sizes[1] else older


def _read(file: Path) -> Document:
    try:
        document = json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise BadInput([Fault("not-a-proof", f"{file} is not a proof.", "", "Save one from /api/v1/wire/SEQ/proof.")])
    return document


def _fetched(guid: str, url: str, token: str) -> list[Document]:
    """The proofs of every entry of a release."""
    if not _GUID.fullmatch(guid):
        raise BadInput([Fault("no-such-file", f"{guid} is neither a file nor a guid.", "WHAT", "Check its name.")])
    story = _asked(f"{url}/api/v1/entries/{quote(guid.rpartition(':')[2])}", token)
    seqs = [entry["header"]["seq"] for entry in story["entries"]]
    return [_asked(f"{url}/api/v1/wire/{seq}/proof", token) for seq in seqs]


def _asked(url: str, token: str) -> Document:
    document: Document = calls.checked(calls.call("GET", url, token=token))
    return document


def _given(key: str) -> str:
    """The key itself, or the first line of the file that holds it."""
    if not key or "+" in key:
        return key
    try:
        return Path(key).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise BadInput([Fault("no-key", f"{key} is neither a key nor a file.", "--key", "Check its name.")]) from None


def _older(file: str) -> str:
    """A head that was kept: the head alone, or a document that has one."""
    if not file:
        return ""
    try:
        text = Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise BadInput([Fault("no-head", f"{file} cannot be read.", "--head", "Check its name.")]) from None
    return str(_read(Path(file)).get("head")) if text.lstrip().startswith("{") else text
