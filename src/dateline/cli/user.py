"""`dateline user`: people's accounts."""

import click
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from dateline.people.models import Organisation, User
from dateline.people.roles import ISSUERS, Role
from dateline.words.errors import BadInput, Fault


@click.group("user")
def command() -> None:
    """Make accounts."""


@command.command("new")
@click.argument("email")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--name", default="")
@click.option("--organisation", default="", help="Needed for issuers; made if it is new.")
@click.password_option()
def new(email: str, role: str, name: str, organisation: str, password: str) -> None:
    """Make an account for a person."""
    if Role(role) in ISSUERS and not organisation:
        raise BadInput(
            [Fault("no-organisation", "An issuer's account needs an organisation.", "--organisation", "Name one.")]
        )
    if User.objects.filter(email__iexact=email).exists():
        raise BadInput([Fault("known", f"There is an account for {email}.", "EMAIL", "Use another address.")])
    try:
        validate_password(password)
    except ValidationError as weak:
        raise BadInput(
            [Fault("weak-password", " ".join(weak.messages), "--password", "Choose a longer one.")]
        ) from None
    house = Organisation.objects.get_or_create(name=organisation)[0] if organisation else None
    User.objects.create_user(email, password, name=name or email, role=role, organisation=house)
    click.echo(f"{email} may sign in.")
