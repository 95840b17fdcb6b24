"""`dateline demo`: an invented wire to look at."""

import os
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
    os.environ.setdefault("DATELINE_SMTP_URL", "smtp://127.0.0.1:8025")
    sys.exit(subprocess.call(supervisor.dateline("serve")))
