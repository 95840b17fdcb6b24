"""`dateline demo`: an invented wire to look at."""

import os
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
    # Not a child: Ctrl-C must reach the supervisor, and nobody between.
    os.execv(sys.executable, supervisor.dateline("serve"))
