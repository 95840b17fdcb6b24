"""A wire's home: the folder it lives in, what it is called, and where its keys lie.

`init` makes it, once. The key file and the head witness lie outside the home, so that a copy of
the home alone opens nothing and a restored home is found out.
"""

import base64
import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from dateline.words.errors import NotConfigured

CONFIG = "wire.json"


@dataclass(frozen=True, slots=True)
class Home:
    """What `wire.json` says. `id` is random and names the key file; `demo` lets demo people sign in."""

    path: Path
    id: str
    name: str
    origin: str
    boilerplate: str = ""
    contact: str = ""
    demo: bool = False

    @property
    def key_file(self) -> Path:
        """The master keys: `DATELINE_KEY_FILE`, else under the user's data folder, never in the home."""
        named = os.environ.get("DATELINE_KEY_FILE")
        return Path(named) if named else _data_folder() / f"{self.id}.key"

    @property
    def witness_file(self) -> Path:
        """The last signed head, kept apart from the database: a log behind it must not append."""
        return self.key_file.with_suffix(".head")

    @property
    def database_url(self) -> str:
        return os.environ.get("DATELINE_DATABASE_URL") or f"sqlite:///{self.path / 'dateline.sqlite3'}"

    @property
    def run(self) -> Path:
        """Sockets and locks of the running processes."""
        return self.path / "run"


def where() -> Path:
    """`DATELINE_HOME`, or `var` in the current folder."""
    return Path(os.environ.get("DATELINE_HOME") or "var").resolve()


def exists() -> bool:
    return (where() / CONFIG).exists()


def load() -> Home:
    """The home at `where()`; NotConfigured if nobody made one there."""
    path = where()
    try:
        values = json.loads((path / CONFIG).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NotConfigured(
            f"There is no wire in {path}. Make one: dateline init --name NAME --origin DOMAIN"
        ) from None
    return Home(path=path, **values)


def init(*, name: str, origin: str, boilerplate: str = "", contact: str = "", demo: bool = False) -> Home:
    """Make a home and its key file. Neither is ever overwritten."""
    path = where()
    if exists():
        raise NotConfigured(f"There is a wire in {path} already.")
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = Home(path, f"wire-{secrets.token_hex(8)}", name, origin, boilerplate, contact, demo)
    made.run.mkdir(exist_ok=True, mode=0o700)
    _write_key_file(made.key_file)
    values = {key: value for key, value in asdict(made).items() if key != "path"}
    (path / CONFIG).write_text(json.dumps(values, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return made


def _data_folder() -> Path:
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "dateline"


def _write_key_file(path: Path) -> None:
    """Two secrets: the master key that wraps all others, and the one that signs sessions."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    document = {"format": 1, "current": "1", "keys": {"1": _secret()}, "session": _secret()}
    path.touch(mode=0o600, exist_ok=False)
    path.write_text(json.dumps(document, indent=2), encoding="utf-8")


def _secret() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()
