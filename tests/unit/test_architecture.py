"""House laws that a linter does not know, and docs that can fail."""

import re
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "dateline"
# In the order of a release's way.
ROOMS = ("words", "formats", "people", "vault", "intake", "desk", "translation", "wire", "routing", "delivery")
ROOMS += ("edge", "reports", "web", "api", "site", "cli")
FILES = sorted(path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts)
SAYS_NOTHING = re.compile(r"^(utils?|helpers?|services?|managers?|common|misc)(\.py)?$")
LONGEST = 400


def test_no_file_is_a_room_without_walls() -> None:
    long = {
        str(path.relative_to(ROOT)): lines for path in FILES if (lines := len(path.read_text().splitlines())) > LONGEST
    }
    assert not long


def test_names_say_something_of_the_trade() -> None:
    assert not [path for path in SOURCE.rglob("*") if SAYS_NOTHING.match(path.name)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_no_string_points_to_a_room_still_to_come(path: Path) -> None:
    """Foreign keys, `get_model` and dotted strings would walk the one-way street backwards, unseen by import-linter."""
    room = path.relative_to(SOURCE).parts[0].removesuffix(".py")
    if room not in ROOMS or room in {"site", "cli"}:
        return
    later = "|".join(ROOMS[ROOMS.index(room) + 1 :])
    points = re.compile(rf"^(dateline\.({later})(\.\w+)*|({later})\.[A-Z]\w+)$")
    with tokenize.open(path) as file:
        strings = [
            token.string.strip("\"'")
            for token in tokenize.generate_tokens(file.readline)
            if token.type == tokenize.STRING
        ]
    assert not [text for text in strings if points.match(text)]


def test_every_docstring_of_a_module_says_what_it_is_for() -> None:
    silent = [path for path in FILES if path.name != "apps.py" and not path.read_text().startswith(('"""', 'r"""'))]
    assert not silent


def test_the_architecture_names_every_room_and_no_other() -> None:
    told = set(re.findall(r"^### `(\w+)/?(?:\.py)?`", (ROOT / "ARCHITECTURE.md").read_text(), re.MULTILINE))
    rooms = {path.name for path in SOURCE.iterdir() if (path / "__init__.py").exists()}
    assert told == rooms


def test_every_path_that_the_architecture_names_exists() -> None:
    told = re.findall(r"`([a-z_]+/[a-z_/]+\.py)`", (ROOT / "ARCHITECTURE.md").read_text())
    assert told
    assert not [path for path in told if not (SOURCE / path).exists() and not (ROOT / path).exists()]


def test_every_setting_is_explained_and_every_explanation_is_of_a_setting() -> None:
    code = "\n".join(path.read_text() for path in FILES)
    used = set(re.findall(r"environ(?:\.get\(|\[|\.setdefault\()\s*\"(DATELINE_\w+)\"", code))
    told = set(re.findall(r"^\| `(DATELINE_\w+)`", (ROOT / "docs" / "settings.md").read_text(), re.MULTILINE))
    assert used == told
    assert len(used) < 40


def test_the_log_of_changes_has_something_to_say() -> None:
    assert re.search(r"^- ", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
