"""From a database address to Django's settings for it."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from dateline.words.errors import NotConfigured

# WAL lets readers read while the wire appends; FULL makes a commit outlive a power cut; secure_delete
# overwrites what an erasure takes out; 16 MB of pages are kept at hand (SQLite's default, 2 MB, holds few endpoints).
SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA temp_store=MEMORY; "
    "PRAGMA cache_size=-16384;"
)

# A thread keeps its connection, and looks whether it still lives before it is used again.
_KEPT = {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}


def database(url: str) -> dict[str, Any]:
    """`sqlite:///path` or `postgresql://user:password@host:port/name?option=value` (libpq's form)."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": parts.path,
            **_KEPT,
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": SQLITE_PRAGMAS},
        }
    if parts.scheme in {"postgres", "postgresql"}:
        options: dict[str, Any] = dict(parse_qsl(parts.query))
        return {
            "ENGINE": "django.db.backends.postgresql",
            **_KEPT,
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": options.pop("host", None) or parts.hostname or "",
            "PORT": parts.port or "",
            "OPTIONS": options,
        }
    raise NotConfigured(f"DATELINE_DATABASE_URL begins with {parts.scheme!r}; write sqlite:///… or postgresql://…")
