"""Tokens and accounts: who somebody is, and that a stolen database tells no token."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth import authenticate

from dateline.people import tokens
from dateline.people.models import Organisation, Token, User
from dateline.people.roles import MAY, Act, Actor, Role, check_own
from dateline.words import clock
from dateline.words.errors import NotAllowed, NotFound, Unauthorised

NOW = clock.now()


@pytest.mark.django_db
def test_a_token_says_who_one_is_and_is_kept_as_a_digest() -> None:
    house = Organisation.objects.create(name="Tidewell Energy")
    secret = tokens.new(Role.ISSUER_AUTHOR, now=NOW, organisation=house)
    actor = tokens.actor(secret, NOW)
    assert (actor.role, actor.organisation, actor.organisation_name) == (
        Role.ISSUER_AUTHOR,
        house.pk,
        "Tidewell Energy",
    )
    assert secret not in str(Token.objects.values())


@pytest.mark.django_db
@pytest.mark.parametrize("spoil", ["expired", "revoked", "unknown"])
def test_a_token_that_is_no_good_is_refused_and_says_why(spoil: str) -> None:
    secret = tokens.new(Role.EDITOR, now=NOW, days=1)
    later = NOW + timedelta(days=2) if spoil == "expired" else NOW
    if spoil == "revoked":
        assert tokens.revoke(secret, clock.now())
    with pytest.raises(Unauthorised, match="expired" if spoil == "expired" else "not known"):
        tokens.actor(secret + "x" if spoil == "unknown" else secret, later)


@pytest.mark.django_db
def test_demo_people_sign_in_to_the_demo_only(monkeypatch: pytest.MonkeyPatch) -> None:
    User.objects.create_user("ada@wire.example", "a long password", name="Ada", role=Role.EDITOR, demo=True)
    assert authenticate(username="ada@wire.example", password="a long password") is not None
    monkeypatch.setattr(settings, "DATELINE_DEMO", False)
    assert authenticate(username="ada@wire.example", password="a long password") is None


def test_every_role_may_do_something_and_the_operator_reads_nothing() -> None:
    assert set(MAY) == set(Role)
    assert all(MAY.values())
    assert MAY[Role.OPERATOR] == {Act.OPERATE}
    assert not {Role.ISSUER_AUTHOR, Role.ISSUER_APPROVER} & {role for role, acts in MAY.items() if Act.APPROVE in acts}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("owned", [True, False])
def test_what_is_not_theirs_does_not_exist_for_them(role: Role, act: Act, owned: bool) -> None:
    actor = Actor("user:1", "Ada", role, 1)
    reads = Act.READ in MAY[role] and (owned or actor.is_desk)
    if reads and act in MAY[role]:
        check_own(actor, act, owned=owned)
        return
    with pytest.raises(NotAllowed if reads else NotFound):
        check_own(actor, act, owned=owned)
