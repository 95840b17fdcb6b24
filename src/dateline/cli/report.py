"""`dateline report GUID`: what happened to a release."""

import json
from urllib.parse import quote

import click
from rich.console import Console
from rich.table import Table

from dateline.cli import calls


@click.command("report")
@click.argument("guid")
@click.option(
    "--token", envvar="DATELINE_TOKEN", required=True, help="Its issuer's or the desk's token; or DATELINE_TOKEN."
)
@click.option("--url", default=calls.web_url, help="The wire; this machine's if not given.")
@click.option("--json", "as_json", is_flag=True, help="The whole report as JSON.")
def command(guid: str, token: str, url: str, as_json: bool) -> None:
    """When it cleared, who was owed it, who has it, and what proves that."""
    report = calls.checked(calls.call("GET", f"{url}/api/v1/reports/{quote(guid.rpartition(':')[2])}", token=token))
    if as_json:
        click.echo(json.dumps(report, indent=2, ensure_ascii=False))
        return
    out = Console(highlight=False, soft_wrap=True)
    out.print(f"{report['guid']}: {report['state']}", markup=False)
    for entry in report["entries"]:
        out.print(
            f"  entry {entry['seq']}  {entry['signal']} {entry['released_at']}  {', '.join(entry['languages'])}",
            markup=False,
        )
    totals = "  ".join(f"{name} {count}" for name, count in report["totals"].items())
    out.print(f"  {totals}", markup=False)
    for by in ("channel", "country", "language"):
        out.print(_table(by, report[f"by_{by}"]))
    out.print(_recipients(report["recipients"]))


def _table(by: str, rows: dict[str, dict[str, int]]) -> Table:
    states = ("owed", "delivered", "failed", "declined", "retrying", "superseded")
    table = Table(by, *states, box=None)
    for name, counts in rows.items():
        table.add_row(name, *(str(counts.get(state, 0)) for state in states))
    return table


def _recipients(rows: list[dict[str, str]]) -> Table:
    table = Table("recipient", "channel", "entry", "state", "evidence", box=None)
    for row in rows:
        table.add_row(*(str(row[name]) for name in ("recipient", "channel", "seq", "state", "evidence")))
    return table
