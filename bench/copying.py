"""Rows by COPY: copies the rows of a motion that the service has made, with other ids, officers and instants.

Guard triggers are off while rows are copied (``session_replication_role``, which needs a superuser), so that a motion
can arrive with its whole life at once. The copies hold what the service has written, except for signatures: nothing
reads them here.
"""

import json
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.db import connection, models
from psycopg import sql

Row = dict[str, Any]
BATCH = 2_000


def rows_of(query: "models.QuerySet[Any]") -> list[Row]:
    """The stored values of these rows, by column."""
    fields = query.model._meta.concrete_fields
    return [dict(zip([f.column for f in fields], values, strict=True)) for values in _stored(query, fields)]


def _stored(query: "models.QuerySet[Any]", fields: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
    for row in query.order_by("pk"):
        yield tuple(getattr(row, f.attname) for f in fields)


@dataclass
class Numbers:
    """Serial numbers for tables that have them, handed out here and set in the database at the end."""

    _counters: dict[Any, Any] = field(default_factory=dict)

    def next(self, model: Any) -> int:
        """The next number of this table."""
        if model not in self._counters:
            newest = model.objects.aggregate(models.Max("pk"))["pk__max"] or 0
            self._counters[model] = count(newest + 1)
        return int(next(self._counters[model]))

    def store(self) -> None:
        """Set the sequences behind the numbers that were handed out."""
        with connection.cursor() as cursor:
            for model, counter in self._counters.items():
                table, column = model._meta.db_table, model._meta.pk.column
                cursor.execute(
                    "SELECT setval(pg_get_serial_sequence(%s, %s), %s, false)", [table, column, next(counter)]
                )


@dataclass
class Loader:
    """Buffers rows by table and copies them, the tables in the order of their first row."""

    buffers: dict[type[models.Model], list[Row]] = field(default_factory=dict)
    copied: int = 0

    def add(self, model: type[models.Model], row: Row) -> None:
        """Buffer one row, by column; all rows of a table have the same columns."""
        self.buffers.setdefault(model, []).append(row)

    def flush(self) -> None:
        """Copy the buffered rows."""
        for model, rows in self.buffers.items():
            if rows:
                _copy(model, rows)
                self.copied += len(rows)
                rows.clear()


def _copy(model: type[models.Model], rows: list[Row]) -> None:
    columns = list(rows[0])
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    types = {f.column: f for f in model._meta.concrete_fields}
    as_json = {name for name in columns if isinstance(types[name], models.JSONField)}
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row([_written(row[name], name in as_json) for name in columns])


def _written(value: Any, as_json: bool) -> Any:
    if as_json:
        return None if value is None else json.dumps(value, ensure_ascii=False)
    return bytes(value) if isinstance(value, memoryview) else value


@dataclass(frozen=True)
class Change:
    """How a copy differs from its template: ids for ids (as text too), and instants moved by ``shift``."""

    ids: dict[Any, Any]
    shift: timedelta

    def of(self, row: Row, **given: Any) -> Row:
        """The copy of ``row``; columns in ``given`` take the values given."""
        return {name: given[name] if name in given else self._value(value) for name, value in row.items()}

    def _value(self, value: Any) -> Any:
        if isinstance(value, datetime):
            return value + self.shift
        if isinstance(value, uuid.UUID | str):
            return self.ids.get(value, value)
        if isinstance(value, dict):
            return {key: self._value(inner) for key, inner in value.items()}
        return value
