"""Many rows at a time, in plain SQL: to make a model of each would take longer than to write or read them all."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Model
from django.db.models.expressions import RawSQL

# Rows in one statement; SQLite takes 32,766 values in one.
_AT_ONCE = 1000


def insert(model: type[Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Add rows of one table, inside the caller's transaction."""
    if connection.vendor == "postgresql":
        _copy(f"COPY {model._meta.db_table} ({', '.join(columns)}) FROM STDIN", rows)
    else:
        _values(f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) VALUES ", len(columns), rows)


def update(model: type[Model], change: str, rows: Sequence[Sequence[Any]]) -> None:
    """The same change with each of these values: `state = %s WHERE id = %s`."""
    if not rows:
        return
    adapt = _adapter()
    adapted = [[adapt(value) if isinstance(value, datetime) else value for value in row] for row in rows]
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {model._meta.db_table} SET {change}", adapted)


def select(model: type[Model], columns: Sequence[str], ids: Iterable[int]) -> list[tuple[Any, ...]]:
    """These columns of the rows with these primary keys, in no order, as the database has them: JSON is text."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)} FROM {model._meta.db_table} WHERE {_among('id', ids)}")
        return list(cursor.fetchall())


def among(column: str, ids: Iterable[int]) -> RawSQL:
    """A condition for `filter`: the column is one of these. For many, `__in` takes longer to ask than to answer."""
    return RawSQL(_among(column, ids), (), output_field=BooleanField())


def _among(column: str, ids: Iterable[int]) -> str:
    """Numbers need no marks, of which SQLite takes only so many."""
    return f"{column} IN ({','.join(str(int(each)) for each in ids) or 'NULL'})"


def instant(value: datetime | None) -> datetime | None:
    """A time of `select`: SQLite has no zones, and all times are kept in UTC."""
    return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


def _copy(statement: str, rows: Sequence[Sequence[Any]]) -> None:
    if not rows:
        return
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _values(begin: str, width: int, rows: Sequence[Sequence[Any]]) -> None:
    """Many in one statement: between two statements the interpreter is given to whoever else wants it."""
    marks, adapt = f"({', '.join(['%s'] * width)})", _adapter()
    with connection.cursor() as cursor:
        for start in range(0, len(rows), _AT_ONCE):
            part = rows[start : start + _AT_ONCE]
            values = [adapt(value) if isinstance(value, datetime) else value for row in part for value in row]
            cursor.execute(begin + ", ".join([marks] * len(part)), values)


def _adapter() -> Callable[[datetime], Any]:
    """Times as Django's own fields would write them, in a fifth of the time."""
    return _without_zone if connection.vendor == "sqlite" else _as_it_is


def _without_zone(value: datetime) -> str:
    return str(value.astimezone(UTC).replace(tzinfo=None))


def _as_it_is(value: datetime) -> datetime:
    return value
