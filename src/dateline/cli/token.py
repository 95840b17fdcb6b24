"""`dateline token`: API tokens."""

import click

from dateline.intake import bell
from dateline.people import tokens
from dateline.people.models import Organisation, User
from dateline.people.roles import ISSUERS, Role
from dateline.words import clock
from dateline.words.errors import BadInput, Fault


@click.group("token")
def command() -> None:
    """Make and revoke API tokens."""


@command.command("new")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--organisation", default="", help="Whose releases it files and sees; made if it is new.")
@click.option("--provider", is_flag=True, help="The organisation is a third-party content provider.")
@click.option("--user", "email", default="", help="The person that it acts for; a subscriber's needs one.")
@click.option("--group", "groups", multiple=True, help="An audience group, such as media, that it reads in.")
@click.option("--days", type=int, default=None, help="Valid so long; for ever if not given.")
@click.option("--name", default="", help="What it is for.")
def new(
    role: str, organisation: str, provider: bool, email: str, groups: tuple[str, ...], days: int | None, name: str
) -> None:
    """Print a new token. It is shown this once."""
    house = None
    if organisation:
        kind = Organisation.Kind.PROVIDER if provider else Organisation.Kind.ISSUER
        house, _ = Organisation.objects.get_or_create(name=organisation, defaults={"kind": kind})
    elif Role(role) in ISSUERS:
        house = Organisation.objects.filter(kind=Organisation.Kind.ISSUER).order_by("pk").first()
        if house is None:
            raise BadInput(
                [Fault("no-organisation", "An issuer's token needs an organisation.", "--organisation", "Name one.")]
            )
    user = User.objects.filter(email__iexact=email).first() if email else None
    if email and user is None:
        raise BadInput([Fault("no-user", f"There is no account for {email}.", "--user", "Make one: dateline user new")])
    made = tokens.new(
        Role(role), now=clock.now(), organisation=house, user=user, name=name or role, days=days, groups=groups
    )
    click.echo(made)


@command.command("revoke")
@click.argument("token")
def revoke(token: str) -> None:
    """Make a token useless, at once."""
    known = tokens.revoke(token, clock.now())
    bell.ring_now("wire")
    click.echo("Revoked." if known else "There is no such token.")
