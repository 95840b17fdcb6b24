"""`dateline demo`: an invented wire to look at."""

import subprocess
import sys

import click

from dateline.site import home, supervisor


@click.command("demo")
def command() -> None:
    """Make an invented wire in DATELINE_HOME if there is none, and run it."""
    if not home.exists():
        home.init(
            name="Wire",
            origin="wire.example",
            boilerplate="Wire is the invented newswire of a demo. Its companies, people and news do not exist.",
            contact="desk@wire.example",
            demo=True,
        )
    sys.exit(subprocess.call(supervisor.dateline("serve")))
