"""Fixtures of the rooms."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from tests.rooms.ends import Ends, ends
from tests.rooms.follower import Follower, follower
from tests.rooms.pages import BROWSER


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
