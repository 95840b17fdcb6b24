"""`dateline sectors`: the sectors of this wire."""

from pathlib import Path

import click
from django.conf import settings

from dateline.site import vocabulary
from dateline.words import sectors
from dateline.words.errors import BadInput, Fault
from dateline.words.languages import canonical


@click.group("sectors")
def command() -> None:
    """List the sectors; load the full IPTC vocabulary."""


@command.command("list")
@click.option("--lang", default="en")
def list_(lang: str) -> None:
    """Print every sector's code and name."""
    tag = canonical(lang)
    for code in sectors.all_codes():
        click.echo(f"{code:<24} {sectors.name(code, tag)}")


@command.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def load(file: Path) -> None:
    """Take the IPTC Media Topics (cptall JSON) in, beside our own list. It holds from the next start on."""
    count = vocabulary.keep(settings.DATELINE_HOME, file.read_bytes())
    if not count:
        raise BadInput(
            [Fault("no-vocabulary", f"{file} has no Media Topics.", "FILE", "Take the JSON of cv.iptc.org/newscodes.")]
        )
    click.echo(f"{count} sectors were loaded. Start the wire again to use them.")
