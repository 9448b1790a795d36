"""Rows by COPY: copies the rows of a motion that the service has made, with other ids, officers and instants.

Guard triggers are off while rows are copied (``session_replication_role``, which needs a superuser), so that a motion
can arrive with its whole life at once. The copies hold what the service has written, except for signatures: nothing
reads them here.
"""

import json
import re
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from itertools import count
from typing import Any

from django.db import connection, models
from psycopg import sql

BATCH = 2_000
_UUID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Document(str):
    """A JSON value as text."""

    __slots__ = ()


class Row(dict[str, Any]):
    """The stored values of a row by column, and which of them differ in a copy: found once, used for every copy."""

    json_columns: Collection[str] = ()

    @cached_property
    def ids(self) -> list[tuple[str, Any]]:
        return [(name, value) for name, value in self.items() if isinstance(value, uuid.UUID | str)]

    @cached_property
    def instants(self) -> list[tuple[str, datetime]]:
        return [(name, value) for name, value in self.items() if isinstance(value, datetime)]

    @cached_property
    def documents(self) -> list[tuple[str, str]]:
        found = [(name, self[name]) for name in self.json_columns]
        return [(name, json.dumps(value, ensure_ascii=False)) for name, value in found if value is not None]


def rows_of(query: "models.QuerySet[Any]") -> list[Row]:
    """The stored values of these rows, by column."""
    # What the database generates from other columns, it generates of a copy too.
    fields = [field for field in query.model._meta.concrete_fields if not field.generated]
    names, as_json = [f.column for f in fields], _json_columns(query.model)
    rows = [Row(zip(names, values, strict=True)) for values in _stored(query, fields)]
    for row in rows:
        row.json_columns = as_json
    return rows


def _json_columns(model: type[models.Model]) -> list[str]:
    return [str(f.column) for f in model._meta.concrete_fields if isinstance(f, models.JSONField)]


def _stored(query: "models.QuerySet[Any]", fields: Iterable[Any]) -> Iterator[list[Any]]:
    for row in query.order_by("pk"):
        values = (getattr(row, f.attname) for f in fields)
        yield [bytes(value) if isinstance(value, memoryview) else value for value in values]


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
    """Buffers rows by table and copies them, the tables in the order of their first row.

    ``computed``: columns whose value the database computes from the others of the row, by table, as SQL.
    """

    computed: Mapping[type[models.Model], Mapping[str, str]] = field(default_factory=dict)
    buffers: dict[type[models.Model], list[Mapping[str, Any]]] = field(default_factory=dict)
    copied: int = 0

    def add(self, model: type[models.Model], row: Mapping[str, Any]) -> None:
        """Buffer one row, by column; all rows of a table have the same columns."""
        self.buffers.setdefault(model, []).append(row)

    def flush(self) -> None:
        """Copy the buffered rows."""
        for model, rows in self.buffers.items():
            if rows:
                self._copy(model, rows)
                self.copied += len(rows)
                rows.clear()

    def _copy(self, model: type[models.Model], rows: list[Mapping[str, Any]]) -> None:
        columns, table = list(rows[0]), model._meta.db_table
        computed = self.computed.get(model)
        if not computed:
            _write(model, table, columns, rows)
            return
        # Through a table aside: updated in place, every row would leave a dead one behind.
        aside = f"aside_{table}"
        chosen: list[sql.Composable] = [
            sql.SQL(computed[name]) if name in computed else sql.Identifier(name) for name in columns
        ]
        with connection.cursor() as cursor:
            cursor.execute(_named("CREATE TEMP TABLE IF NOT EXISTS {} (LIKE {})", aside, table))
            _write(model, aside, columns, rows)
            insert = sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {}")
            listed = sql.SQL(", ").join(map(sql.Identifier, columns))
            whole = insert.format(sql.Identifier(table), listed, sql.SQL(", ").join(chosen), sql.Identifier(aside))
            cursor.execute(whole)
            cursor.execute(_named("TRUNCATE {}", aside))


def _write(model: type[models.Model], table: str, columns: list[str], rows: list[Mapping[str, Any]]) -> None:
    listed = sql.SQL(", ").join(map(sql.Identifier, columns))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), listed)
    as_json = _json_columns(model)
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            documents = {name: _document(row[name]) for name in as_json}
            copy.write_row([documents[name] if name in documents else row[name] for name in columns])


def _document(value: Any) -> str | None:
    if value is None or isinstance(value, Document):
        return value
    return json.dumps(value, ensure_ascii=False)


def _named(statement: str, *names: str) -> sql.Composed:
    return sql.SQL(statement).format(*map(sql.Identifier, names))


_INDEXES = """
    SELECT index.indexrelid::regclass::text, pg_get_indexdef(index.indexrelid) FROM pg_index index
    WHERE index.indrelid = ANY (%s::regclass[])
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = index.indexrelid)
"""


@contextmanager
def without_indexes(tables: Iterable[type[models.Model]]) -> Iterator[None]:
    """Drops the indexes of these tables and creates them again at the end, which takes less time than keeping them.

    Those of constraints are kept.
    """
    with connection.cursor() as cursor:
        cursor.execute(_INDEXES, [[model._meta.db_table for model in tables]])
        found = cursor.fetchall()
        for name, _definition in found:
            cursor.execute(f"DROP INDEX {name}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '512MB'")
        for _name, definition in found:
            cursor.execute(definition)


@dataclass(frozen=True)
class Change:
    """How a copy differs from its template: ids for ids (as text too), and instants moved by ``shift``."""

    ids: dict[Any, Any]
    shift: timedelta

    def of(self, row: Row, **given: Any) -> dict[str, Any]:
        """The copy of ``row``; columns in ``given`` take the values given."""
        copy, ids = dict(row), self.ids
        for name, value in row.ids:
            copy[name] = ids.get(value, value)
        for name, instant in row.instants:
            copy[name] = instant + self.shift
        for name, text in row.documents:
            copy[name] = Document(_UUID.sub(lambda found: ids.get(found[0], found[0]), text))
        copy.update(given)
        return copy
