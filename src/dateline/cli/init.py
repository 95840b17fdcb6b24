"""`dateline init`: make a wire."""

import subprocess

import click

from dateline.site import home, supervisor


@click.command("init")
@click.option("--name", required=True, help="How the wire is called in every dateline.")
@click.option("--origin", required=True, help="A domain of yours. It stands in every guid, and never changes.")
@click.option("--boilerplate", default="", help="About the wire, printed under each item of a provider.")
@click.option("--contact", default="", help="Where a reader may write to.")
def command(name: str, origin: str, boilerplate: str, contact: str) -> None:
    """Make a wire in DATELINE_HOME: its keys, its database, nothing else."""
    made = home.init(name=name, origin=origin, boilerplate=boilerplate, contact=contact)
    subprocess.run(supervisor.dateline("migrate"), check=True)
    click.echo(f"{name} is set up in {made.path}.")
    click.echo(f"Its keys are in {made.key_file}: keep a copy elsewhere. Who loses them loses all that is unreleased.")
    if made.key_file.stat().st_dev == made.path.stat().st_dev:
        click.echo(
            "They lie on the same disk: who steals the whole disk can open what it holds. See DATELINE_KEY_FILE."
        )
    click.echo("Next: dateline user new EMAIL --role chief_editor, then dateline serve.")
