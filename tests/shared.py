"""The schemas and wire files of others, which lie beside the checkout and never in it."""

import os
from pathlib import Path

import pytest

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
