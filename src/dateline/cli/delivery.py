"""`dateline delivery`: what is owed to whom, and what an operator does about it."""

import getpass
import sys
import time
from typing import NoReturn

import click
from rich.console import Console
from rich.live import Live
from rich.table import Column, Table

from dateline.delivery import acknowledging, control, ledger, overview, standing
from dateline.words import clock

_CHANNEL = click.argument("channel")
_DOMAIN = click.argument("domain", default="")


@click.group("delivery")
def command() -> None:
    """Watch what is owed; pause, cancel, send again; say why; list who has not acknowledged a withdrawal."""


@command.command("status")
@click.option("--watch", is_flag=True, help="Every second, until Ctrl-C.")
@click.option("--alarm", type=click.FloatRange(min=0), help="End with 1 if anything is overdue by so many seconds.")
def status(*, watch: bool, alarm: float | None) -> None:
    """What is owed, per channel and domain, the oldest due age, and what came of the last minute's attempts."""
    if watch:
        _watched()
    _screen().print(_table())
    overdue = ledger.overdue(clock.now())
    if alarm is not None and overdue > alarm:
        click.echo(f"Deliveries are late: the longest is overdue by {overdue:.0f} seconds.", err=True)
        raise SystemExit(1)


def _watched() -> NoReturn:
    with Live(_table(), console=_screen(), refresh_per_second=1) as live:
        while True:
            time.sleep(1)
            live.update(_table())


def _screen() -> Console:
    """As wide as the terminal; in a pipe wide enough for a domain."""
    return Console() if sys.stdout.isatty() else Console(width=160)


@command.command("pause")
@_CHANNEL
@_DOMAIN
def pause(channel: str, domain: str) -> None:
    """Begin nothing more in a CHANNEL, or for one DOMAIN of it. Withdrawals go out all the same."""
    control.hold(channel, domain, by=getpass.getuser(), now=clock.now())
    click.echo(f"Stopped. Go on with: dateline delivery resume {channel} {domain}".strip())


@command.command("resume")
@_CHANNEL
@_DOMAIN
def resume(channel: str, domain: str) -> None:
    """Go on where it was paused."""
    control.let_go(channel, domain)
    click.echo("It goes on.")


@command.command("cancel")
@click.argument("seq", type=click.IntRange(min=1))
@click.option("--channel", default="", help="Only what this channel owes.")
@click.confirmation_option(prompt="Call off what is still owed of this entry?")
def cancel(seq: int, channel: str) -> None:
    """Call off what is still owed of entry SEQ. Who has it, has it."""
    left = control.cancel(seq, by=getpass.getuser(), now=clock.now(), channel=channel)
    click.echo(
        f"Called off for {left}. To send it after all: dateline delivery resend {seq}"
        if left
        else "Nothing of it is owed."
    )


@command.command("resend")
@click.argument("seq", type=click.IntRange(min=1))
@click.option("--to", "who", default="", help="Only to this endpoint (name, address, or whose it is), whatever it has.")
def resend(seq: int, who: str) -> None:
    """Send entry SEQ again to those who lack it, under the same ids. Who did not want it does not lack it."""
    count = control.resend(seq, now=clock.now(), to=control.endpoint_of(who) if who else None)
    click.echo(f"Owed again to {count}." if count else "Nobody lacks it.")


@command.command("why")
@click.argument("seq", type=click.IntRange(min=1))
@click.argument("who")
def why(seq: int, who: str) -> None:
    """Why a recipient (endpoint's name, address, or whose it is) has entry SEQ, or has it not."""
    endpoint = control.endpoint_of(who)
    click.echo(str(standing.of(seq, endpoint, clock.now())))
    for each in control.attempts(seq, endpoint):
        click.echo(f"  {each.at:%Y-%m-%d %H:%M:%S} UTC  attempt {each.attempt}  {each.result}  {each.evidence}")


@command.command("unacknowledged")
@click.argument("seq", type=click.IntRange(min=1))
def unacknowledged(seq: int) -> None:
    """Who was owed the withdrawal or erasure SEQ and has not said that he took it back."""
    left = acknowledging.lacking(seq)
    for each in left:
        click.echo(f"{each.subscriber.shown_as}  {each.channel}  {each.name}")
    if not left:
        click.echo("All have acknowledged it.")


def _table() -> Table:
    now = clock.now()
    totals = ledger.totals(now)
    behind = f"{totals.behind} entries not planned, the longest overdue by {totals.oldest_due_seconds:.0f} s"
    title = f"{totals.owed} owed, {totals.retrying} to be tried again, {behind}"
    counted = ("delivered", "failed", "declined", "deferred")
    domain = Column("domain", no_wrap=True)
    table = Table("channel", domain, "owed", "overdue", *counted, "paused by", title=title)
    table.caption = "delivered to deferred: in the last minute"
    for each in overview.lines(now):
        counts = (str(count) for count in (each.delivered, each.failed, each.declined, each.deferred))
        due = f"{each.oldest_due_seconds:.0f} s" if each.owed else ""
        table.add_row(each.channel, each.lane, str(each.owed), due, *counts, each.held)
    return table
