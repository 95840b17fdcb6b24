"""An endpoint for files as a subscriber adds it, by the page and by the API: what is asked for, refused and kept."""

import json
import subprocess
from pathlib import Path

import pytest
from django.test import Client

from dateline.delivery import endpoints
from dateline.delivery.channels import sftp
from dateline.delivery.models import Endpoint
from dateline.people import tokens
from dateline.people.models import User
from dateline.people.roles import Role
from dateline.words import clock
from dateline.words.errors import BadInput
from tests.rooms.filehosts import key
from tests.rooms.pages import BROWSER

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_head")]


@pytest.mark.parametrize(
    ("address", "options", "where"),
    [
        ("sftp://wire@127.0.0.1/in", {"name": "{seq}.{ext}"}, "/options/name"),
        ("sftp://wire@127.0.0.1/in", {"name": "{id}/{seq}"}, "/options/name"),
        ("sftp://wire@127.0.0.1/in", {"name": ".{id}"}, "/options/name"),
        ("sftp://wire@127.0.0.1/in", {"name": "{id.__class__}"}, "/options/name"),
        ("sftp://wire@127.0.0.1/in", {"format": "doc"}, "/options/format"),
        ("sftp://wire@127.0.0.1/in", {"host_key": ""}, "/options/host_key"),
        ("sftp://wire@127.0.0.1/in", {"fromat": "xml"}, "/options/fromat"),
        ("sftp://wire:secret@127.0.0.1/in", {}, "/address"),
        ("sftp://127.0.0.1/in", {}, "/address"),
        ("ftp://wire@127.0.0.1/in", {}, "/address"),
        ("sftp://wire@127.0.0.1/in%0D%0ADELE", {}, "/address"),
        ("sftp://wire@127.0.0.1:99999/in", {}, "/address"),
    ],
)
def test_what_cannot_be_used_is_refused_where_it_is_wrong(address: str, options: dict[str, str], where: str) -> None:
    with pytest.raises(BadInput) as refused:
        sftp.Sftp.check(address, {"host_key": "SHA256:" + "A" * 43, **options})
    assert refused.value.faults[0].where == where
    assert "secret@" not in str(refused.value)


def test_the_api_and_the_page_add_one_and_never_tell_its_secret(tmp_path: Path) -> None:
    person = User.objects.create_user("esra@gazette.example", "a long password", name="Esra", role=Role.SUBSCRIBER)
    client = Client(headers=BROWSER)
    client.force_login(person)
    page = "/work/subscription/add/sftp"
    fields = {"address": "sftp://wire@127.0.0.1/in", "format": "xml", "name": "{id}.{ext}", "secret": "tides"}
    refused = client.post(page, fields)
    assert refused.status_code == 422
    assert "/options/host_key" in refused.content.decode()
    assert "tides" not in refused.content.decode()
    pinned = {"host_key": "SHA256:" + "A" * 43}
    assert client.post(page, {**fields, **pinned})["Location"] == "/work/subscription"
    token = tokens.new(Role.SUBSCRIBER, now=clock.now(), user=person)
    body = {"channel": "sftp", "address": "sftp://wire@127.0.0.1/other", "options": pinned, "secret": "tides"}
    answer = Client().post(
        "/api/v1/subscription/endpoints",
        data=json.dumps(body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )
    assert (answer.status_code, answer.json()["secret"]) == (201, "")
    first, second = Endpoint.objects.order_by("pk")
    assert first.options == {"format": "xml", "name": "{id}.{ext}", **pinned}
    assert second.options == {"format": "json", "name": "{seq}-{lang}-{signal}.{ext}", **pinned}
    assert [endpoints.secret_of(each) for each in (first, second)] == ["tides", "tides"]
    assert "tides" not in client.get("/work/subscription").content.decode()


def test_a_private_key_is_taken_as_a_form_sends_it_and_one_with_a_passphrase_is_not(tmp_path: Path) -> None:
    key(tmp_path / "plain")
    given = (tmp_path / "plain").read_text()
    assert sftp.Sftp.new_secret(given.replace("\n", "\r\n")) == given
    line = ["ssh-keygen", "-q", "-p", "-N", "seven tides", "-f", str(tmp_path / "plain")]
    subprocess.run(line, check=True, capture_output=True)
    with pytest.raises(BadInput, match="passphrase"):
        sftp.Sftp.new_secret((tmp_path / "plain").read_text())


def test_a_key_is_no_place_for_a_pattern() -> None:
    """The library would search for it, for ever."""
    with pytest.raises(BadInput):
        sftp.Sftp.new_secret("-----BEGIN (([^x]+)+)+x-----\n" + "A" * 5000)
