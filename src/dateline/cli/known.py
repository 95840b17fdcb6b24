"""What this install has seen of wires: each one's key, and the newest head that it was shown.

Who checks a wire a second time must not take its word for its key again, and can show that its log only grew.
"""

import json
from dataclasses import asdict, dataclass

from dateline.site import home

_NAME = "known-wires.json"


@dataclass(frozen=True, slots=True)
class Known:
    """A wire by its origin: its verifier key and a signed head."""

    key: str
    head: str


def recall(origin: str) -> Known | None:
    """What was seen of a wire, if anything was."""
    found = _all().get(origin)
    return Known(**found) if found else None


def remember(origin: str, known: Known) -> bool:
    """Keep it, beside the other wires; False where there is no home to keep it in."""
    path = home.where() / _NAME
    if not path.parent.is_dir():
        return False
    aside = path.with_suffix(".new")
    aside.write_text(json.dumps({**_all(), origin: asdict(known)}, indent=2), encoding="utf-8")
    aside.replace(path)
    return True


def _all() -> dict[str, dict[str, str]]:
    try:
        found: dict[str, dict[str, str]] = json.loads((home.where() / _NAME).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return found
