"""What tests share: patience, and the schemas and wire files of others, which lie beside the checkout, never in it."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

# Seconds. What must come is waited for so long: these machines are shared, and some stand still for a while.
PATIENCE = 60.0
ROOT = Path(os.environ.get("DATELINE_SHARED", Path(__file__).parents[1].parent / "shared"))


def shared(path: str) -> Path:
    """The path under `shared/`. A user who lacks it sees a skip with its reason; under CI that is a failure."""
    found = ROOT / path
    if not found.exists():
        reason = f"needs {path} of the shared standards and fixtures; point DATELINE_SHARED at them"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@contextmanager
def open_folder() -> Iterator[Path]:
    """For servers that run as somebody else: the folder of tests is closed to them again by each run that begins."""
    with tempfile.TemporaryDirectory(prefix="dateline-host-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        yield Path(name)


def program(name: str) -> str:
    """The path of a program. A user who lacks it sees a skip with the line to type; under CI that is a failure."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin")
    if found is None:
        reason = f"{name} is not installed: sudo apt-get install {name}"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found
