"""Fixtures of the rooms."""

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
