"""One wire at a time on one database."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, connections

from dateline.words.errors import NotConfigured

# Any number that no other program on this database uses; it is "dateline" read as a number.
_ADVISORY = 0x646174656C696E65 >> 1


@contextmanager
def only_wire() -> Iterator[None]:
    """Hold the wire's lock: an advisory lock in PostgreSQL, a locked file in the home for SQLite."""
    refused = NotConfigured("Another wire runs on this database. Stop it first; two would fork the log.")
    if connection.vendor == "postgresql":
        # A connection of its own: the lock lives as long as it does.
        holder = connections.create_connection(DEFAULT_DB_ALIAS)
        try:
            with holder.cursor() as cursor:
                cursor.execute("SELECT pg_try_advisory_lock(%s)", [_ADVISORY])
                if not cursor.fetchone()[0]:
                    raise refused
            yield
        finally:
            holder.close()
        return
    with (settings.DATELINE_RUN / "wire.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise refused from None
        yield
