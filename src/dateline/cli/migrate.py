"""`dateline migrate`: bring the database up to this version."""

import click
from django.conf import settings
from django.core.management import call_command

from dateline.site.demo import seed


@click.command("migrate")
def command() -> None:
    """Bring the database up to this version; a demo wire is given its people and releases, once."""
    bring_up()


def bring_up() -> None:
    """As the command: also what `serve` does first."""
    call_command("migrate", verbosity=0, interactive=False)
    if settings.DATELINE_DEMO:
        seed.once()
