"""The vocabulary that an operator loaded, kept in the home and taken up at start."""

import json
from pathlib import Path

from dateline.words import sectors

_NAME = "sectors.json"


def keep(home: Path, data: bytes) -> int:
    """Keep a Media Topics file's sectors; returns how many there are."""
    found = sectors.parse_vocabulary(data)
    if found:
        document = {code: each.as_json() for code, each in found.items()}
        # A process may start at this moment: the file is there whole, or as it was.
        aside = home / f"{_NAME}.new"
        aside.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
        aside.replace(home / _NAME)
    return len(found)


def take_up(home: Path) -> None:
    """Add what was kept to the sectors that this process knows."""
    path = home / _NAME
    if path.exists():
        kept = json.loads(path.read_text(encoding="utf-8"))
        sectors.load({code: sectors.Sector.from_json(each) for code, each in kept.items()})
