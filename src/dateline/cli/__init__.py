"""`dateline …`: the commands. Each is a module here, loaded when it is called."""

import sys
from importlib import import_module

import click

from dateline.site import start
from dateline.words.errors import Refused

# Name → whether it needs the house (settings and database), or only the network or a file.
COMMANDS = {
    "init": False,
    "demo": False,
    "migrate": True,
    "serve": True,
    "submit": False,
    "tail": False,
    "report": False,
    "verify": False,
    "token": True,
    "user": True,
    "key": True,
    "sectors": True,
    "log": True,
}


class Commands(click.Group):
    """Loads a command's module when it is asked for, so that `dateline tail` starts without a database."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        if COMMANDS[cmd_name]:
            start.up()
        command: click.Command = import_module(f"dateline.cli.{cmd_name}").command
        return command


@click.command(cls=Commands)
@click.version_option(package_name="dateline")
def group() -> None:
    """An open newswire that anyone can run."""


def main() -> None:
    """The entry point: what is refused is said in a line each, with exit status 1."""
    try:
        group()
    except Refused as refused:
        for fault in refused.faults:
            click.secho(str(fault), fg="red", err=True)
        sys.exit(1)
