"""`dateline mail`: keys are made, published, and only then used."""

import pytest
from click.testing import CliRunner
from django.conf import settings

from dateline.cli import mail
from dateline.delivery import signing
from dateline.delivery.mailing import published
from dateline.words.errors import BadInput, Conflict, NotFound

pytestmark = pytest.mark.django_db


def said(*words: str, dns: dict[str, list[str]] | None = None, status: int = 0) -> str:
    done = CliRunner().invoke(mail.command, list(words))
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == status
    return done.output


def test_nothing_is_signed_before_the_keys_are_published(monkeypatch: pytest.MonkeyPatch) -> None:
    dns: dict[str, list[str]] = {}
    monkeypatch.setattr(published, "in_the_dns", lambda name, kind: dns.get(name, []) if kind == "TXT" else [])
    with pytest.raises(NotFound, match="dateline mail keys"):
        said("check")
    told = said("keys")
    lines = [line for line in told.splitlines() if " IN TXT " in line]
    assert len(lines) == 2
    assert all(len(text) <= 255 for line in lines for text in line.split('"')[1::2])
    assert "missing" in said("check", status=1)
    with pytest.raises(Conflict, match="_domainkey"):
        said("sign")
    assert signing.active(settings.DATELINE_MAIL_FROM) == ()
    for line in lines:
        name, _, rest = line.partition(".  IN TXT  ")
        dns[name] = ["".join(rest.split('"')[1::2])]
    assert "Signing with" in said("sign")
    assert [each.algorithm for each in signing.active(settings.DATELINE_MAIL_FROM)] == ["ed25519-sha256", "rsa-sha256"]


def test_new_keys_take_the_place_of_the_old_ones() -> None:
    said("keys")
    said("sign", "--unpublished")
    old = {each.selector for each in signing.active(settings.DATELINE_MAIL_FROM)}
    said("keys")
    assert {each.selector for each in signing.active(settings.DATELINE_MAIL_FROM)} == old
    said("sign", "--unpublished")
    new = {each.selector for each in signing.active(settings.DATELINE_MAIL_FROM)}
    assert len(new) == 2
    assert not new & old


def test_what_is_no_address_is_not_suppressed() -> None:
    with pytest.raises(BadInput, match="not an e-mail address"):
        said("suppress", "nobody")
    assert "lift esra@gazette.example" in said("suppress", "esra@gazette.example")
