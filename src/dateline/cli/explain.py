"""`dateline explain SEQ`: why a subscriber gets an entry, or does not."""

import json

import click
from rich.console import Console

from dateline.cli import calls


@click.command("explain")
@click.argument("seq", type=click.IntRange(min=1))
@click.argument("subscriber", default="")
@click.option("--token", envvar="DATELINE_TOKEN", required=True, help="Yours, or the desk's; or DATELINE_TOKEN.")
@click.option("--url", default=calls.web_url, help="The wire; this machine's if not given.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer's JSON.")
def command(seq: int, subscriber: str, token: str, url: str, as_json: bool) -> None:
    """Which rule of SUBSCRIBER (a number or a pseudonym; yourself if not given) matched entry SEQ, or what failed."""
    address = f"{url.rstrip('/')}/api/v1/wire/{seq}/explain?subscriber={subscriber}"
    told = calls.checked(calls.call("GET", address, token=token))
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    out = Console(highlight=False, soft_wrap=True, markup=False)
    out.print(f"Entry {seq} goes there in {told['language']}." if told["gets"] else f"It does not: {told['why']}")
    for number, rule in enumerate(told["rules"], 1):
        out.print(f"  rule {number}: {rule['query']}", "" if not rule["matches"] else "  fits", sep="")
        for each in rule["failed"]:
            out.print(f"    {each['said']}")
