"""`dateline …`: the commands. Each is a module here, loaded when it is called."""

import sys
from importlib import import_module
from io import TextIOWrapper

import click

from dateline.site import start
from dateline.words.errors import Refused

# Name → whether it needs the house (settings and database), and what it does. The help is here, so that it
# can be read before there is a house.
COMMANDS = {
    "init": (False, "Make a wire: its keys, its database, nothing else."),
    "demo": (False, "Make an invented wire if there is none, and run it."),
    "migrate": (True, "Bring the database up to this version."),
    "serve": (True, "Run every process of the wire, or the one that is named."),
    "submit": (False, "File releases with the running wire."),
    "tail": (False, "Follow the live stream in the terminal."),
    "report": (False, "What happened to a release, recipient by recipient."),
    "explain": (False, "Why a subscriber gets an entry, or does not."),
    "verify": (False, "Check offline what the log says of an entry."),
    "plan": (False, "What so many desktops take, computed from what was measured."),
    "token": (True, "Make and revoke API tokens."),
    "user": (True, "Make people's accounts."),
    "key": (True, "Rotate the master key; print the wire's public key."),
    "delivery": (True, "Watch what is owed; pause, cancel, send again; say why."),
    "mail": (True, "Sign mail, and check what the DNS says of it."),
    "sectors": (True, "List the sectors; load the full IPTC vocabulary."),
}


class Commands(click.Group):
    """Loads a command's module when it is asked for, so that `dateline tail` starts without a database."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        if COMMANDS[cmd_name][0]:
            start.up()
        command: click.Command = import_module(f"dateline.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, told) for name, (_, told) in COMMANDS.items()])


@click.command(cls=Commands)
@click.version_option(package_name="dateline")
def group() -> None:
    """An open newswire that anyone can run."""


def main() -> None:
    """The entry point: what is refused is said in a line each, with exit status 1."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A terminal that lacks a letter shows a question mark; that is no reason to stop half-way.
            stream.reconfigure(errors="replace")
    try:
        group()
    except Refused as refused:
        for fault in refused.faults:
            click.secho(str(fault), fg="red", err=True)
        sys.exit(1)
