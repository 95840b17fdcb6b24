"""Fixtures that more than one kind of test needs."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import settings as hypothesis

from dateline.intake.models import FiledVersion
from dateline.site import messages
from dateline.words.release import Version
from tests.rooms import stories

# Speed is shown by the benches; the machines that run tests are shared.
hypothesis.register_profile("dateline", deadline=None)
hypothesis.load_profile("dateline")


@pytest.fixture(scope="session", autouse=True)
def page_texts() -> None:
    """The pages speak their languages, as after `make messages`."""
    messages.compile_all()


@pytest.fixture
def own_head(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A head file of the test's own: the log begins anew with the test's database."""
    path = tmp_path / "wire.head"
    monkeypatch.setattr(settings, "DATELINE_WITNESS_FILE", path)
    return path


@pytest.fixture
def released(db: None, own_head: Path) -> Callable[..., FiledVersion]:
    """Puts a story into the log, the whole way: `released()`, or `released(Version(…))`.

    What happens to it later is in `tests.rooms.stories`: `corrected`, `withdrawn`, `entry`.
    """

    def release(version: Version = stories.STORY) -> FiledVersion:
        return stories.released(version)

    return release
