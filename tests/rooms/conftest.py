"""Fixtures of the rooms."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from tests.house import free_port
from tests.rooms.ends import Ends, ends
from tests.rooms.follower import Follower, follower
from tests.rooms.mailhosts import postfix
from tests.rooms.pages import BROWSER
from tests.rooms.returning import GONE


@pytest.fixture
def browser() -> Client:
    """A person's browser, signed out."""
    return Client(headers=BROWSER)


@pytest.fixture
def witness_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "DATELINE_WITNESS_FILE", tmp_path / "wire.head")


@pytest.fixture
def sink(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ends]:
    with ends() as made:
        monkeypatch.setattr(settings, "DATELINE_SMTP_URL", made.smtp_url)
        yield made


@pytest.fixture
def lmtp(monkeypatch: pytest.MonkeyPatch) -> int:
    """The port at which a worker takes what comes back."""
    port = free_port()
    monkeypatch.setattr(settings, "DATELINE_LMTP", f"127.0.0.1:{port}")
    monkeypatch.setattr(settings, "DATELINE_MAIL_FROM", "wire@wire.example")
    return port


@pytest.fixture
def mailhost(sink: Ends, lmtp: int) -> Iterator[str]:
    """It relays one address to a server that has no such user, and what comes back for the wire to our LMTP."""
    back = f"lmtp:inet:127.0.0.1:{lmtp}"
    more = f"""relay_domains = wire.example
transport_maps = inline:{{ {{{GONE} = smtp:[127.0.0.1]:{sink.smtp_port}}}, {{wire.example = {back}}} }}
"""
    sink.mail_says[GONE] = ["550 5.1.1 no such user here"]
    with postfix("gazette.example", more) as (url, _):
        yield url


@pytest.fixture
def reader() -> Iterator[Follower]:
    """Somebody who follows feeds."""
    with follower() as made:
        yield made


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A key and a certificate for 127.0.0.1 in one file; what is trusted is said by SSL_CERT_FILE."""
    file = tmp_path / "pem"
    line = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=files"]
    line += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(file), "-out", str(tmp_path / "cert")]
    subprocess.run(line, check=True, capture_output=True)
    file.write_text(file.read_text() + (tmp_path / "cert").read_text())
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert"))
    return file
