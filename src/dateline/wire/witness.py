"""The last signed head, kept in a file outside home and database.

A database that was restored from a backup, or failed over, may be behind what readers have seen.
Appending to it would fork the log; so the wire refuses until an operator says otherwise.
"""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

from dateline.formats import merkle, note
from dateline.words.errors import NotConfigured


def read(path: Path) -> str:
    """The note in the file, or nothing if there was never an append."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


def write(path: Path, head: str) -> None:
    """Durable before it returns: written aside, synced, renamed, and the folder synced.

    The append's lock ends with its commit, so two may come here in the wrong order: the larger head stays.
    """
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        if _size(read(path)) >= _size(head):
            return
        aside = path.with_suffix(".head.new")
        with aside.open("w", encoding="utf-8") as file:
            file.write(head)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
        os.fsync(folder)
    finally:
        os.close(folder)


def check(path: Path, head: str, size: int, node: Callable[[int, int], bytes]) -> None:
    """NotConfigured if the log of `size` entries is not the one in the file, or that one grown."""
    seen = read(path)
    if not seen or seen == head:
        return
    witnessed = note.parse_checkpoint(seen)
    if witnessed.size > size:
        raise NotConfigured(
            f"The log has {size} entries, but readers have seen {witnessed.size}: the database is older than {path}. "
            "Restore a newer one. To go on with this one, knowing that the log forks, move that file away."
        )
    if merkle.root(witnessed.size, node) != witnessed.root:
        raise NotConfigured(f"The log is not the one that {path} has seen: its first {witnessed.size} entries differ.")


def _size(head: str) -> int:
    return note.parse_checkpoint(head).size if head else 0
