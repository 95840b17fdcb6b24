"""Many rows at a time, in plain SQL: to make a model of each would take longer than to write or read them all."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models import Model


def insert(model: type[Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Add rows of one table, inside the caller's transaction."""
    marks = ", ".join(["%s"] * len(columns))
    _many(f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) VALUES ({marks})", rows)


def update(model: type[Model], change: str, rows: Sequence[Sequence[Any]]) -> None:
    """The same change with each of these values: `state = %s WHERE id = %s`."""
    _many(f"UPDATE {model._meta.db_table} SET {change}", rows)


def select(model: type[Model], columns: Sequence[str], ids: Iterable[int]) -> list[tuple[Any, ...]]:
    """These columns of the rows with these primary keys, in no order, as the database has them: JSON is text."""
    # Numbers need no marks, of which SQLite takes only so many.
    wanted = ",".join(str(int(each)) for each in ids)
    if not wanted:
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)} FROM {model._meta.db_table} WHERE id IN ({wanted})")
        return list(cursor.fetchall())


def instant(value: datetime | None) -> datetime | None:
    """A time of `select`: SQLite has no zones, and all times are kept in UTC."""
    return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


def _many(statement: str, rows: Sequence[Sequence[Any]]) -> None:
    """One statement over many rows. Times are adapted as Django's own fields would."""
    if not rows:
        return
    adapt = connection.ops.adapt_datetimefield_value
    adapted = [[adapt(value) if isinstance(value, datetime) else value for value in row] for row in rows]
    with connection.cursor() as cursor:
        cursor.executemany(statement, adapted)
