"""`dateline mail`: the keys that sign mail, and what must stand in the DNS for it to be believed."""

import click
from django.conf import settings
from django.db.models import Count, Q
from rich.console import Console
from rich.table import Table

from dateline.delivery import addresses, signing, suppression
from dateline.delivery.mailing import published
from dateline.delivery.mailing.published import Record
from dateline.delivery.models import MailKey, Suppression
from dateline.words import clock
from dateline.words.errors import Conflict, Fault, NotFound


@click.group("mail")
def command() -> None:
    """Sign mail, and check what the DNS says of it."""


@command.command("keys")
def keys() -> None:
    """Make a pair of signing keys, and print the records to publish. `sign` uses them once they are published."""
    for key in signing.make(clock.now()):
        signer = signing.signer(key, settings.DATELINE_MAIL_FROM)
        click.echo(f"{key.selector}._domainkey.{signer.domain}.  IN TXT  {_in_strings(signer.record())}")
    click.echo("Publish these records. Then: dateline mail check, and dateline mail sign")


@command.command("check")
def check() -> None:
    """Show what must be published for mail from this wire, and what is."""
    found = _records(_newest())
    table = Table("", "record", "name", "publish", "published now")
    for each in found:
        table.add_row("ok" if each.good else "missing", each.kind, each.name, each.wanted, "\n".join(each.found))
    Console(width=160).print(table)
    if not all(each.good for each in found):
        raise SystemExit(1)


@command.command("sign")
@click.option("--unpublished", is_flag=True, help="Although the DNS does not say so: receivers will call it forged.")
def sign(*, unpublished: bool) -> None:
    """Sign mail with the newest pair of keys from the next start of delivery on."""
    newest = _newest()
    missing = [each.name for each in _records(newest) if each.kind == "DKIM" and not each.good]
    if missing and not unpublished:
        what = f"{', '.join(missing)}: nothing that is right is published there."
        raise Conflict([Fault("unpublished", what, "the DNS", "Publish what `dateline mail check` shows, and wait.")])
    signing.activate([key.selector for key in newest])
    click.echo(f"Signing with {' and '.join(key.selector for key in newest)} from the next start of delivery on.")


@command.command("suppressed")
def suppressed() -> None:
    """How many addresses get nothing, and why. The addresses themselves are not kept."""
    table = Table("reason", "addresses", "for good")
    rows = Suppression.objects.order_by().values("reason").annotate(count=Count("pk"), good=Count("pk", Q(until=None)))
    for row in rows:
        table.add_row(row["reason"], str(row["count"]), str(row["good"]))
    Console(width=80).print(table)


@command.command("suppress")
@click.argument("address")
@click.option("--why", default="", help="What is kept as the reason.")
def suppress(address: str, why: str) -> None:
    """Send nothing to ADDRESS, whoever asks for it."""
    addresses.check_mail(address)
    suppression.suppress(address, Suppression.Reason.OPERATOR, why or "an operator", clock.now())
    click.echo(f"Nothing is sent to {address}. Undo it: dateline mail lift {address}")


@command.command("lift")
@click.argument("address")
def lift(address: str) -> None:
    """Send to ADDRESS again. Of one who complained or objected, only if he asks for it."""
    found = suppression.lift(address)
    click.echo(f"It was suppressed since {found.since:%Y-%m-%d} ({found.reason}). It is not any more.")


def _newest() -> list[MailKey]:
    """The newest key of each algorithm."""
    found = {key.algorithm: key for key in MailKey.objects.order_by("pk")}
    if not found:
        raise NotFound("There are no keys that sign mail yet. Make them: dateline mail keys")
    return [found[algorithm] for algorithm in sorted(found)]


def _records(keys: list[MailKey]) -> list[Record]:
    sender = settings.DATELINE_MAIL_FROM
    return published.records(sender, [signing.signer(key, sender) for key in keys], published.in_the_dns)


def _in_strings(text: str) -> str:
    """A TXT record's strings have 255 bytes at most (RFC 1035 section 3.3)."""
    return " ".join(f'"{text[start : start + 255]}"' for start in range(0, len(text), 255))
