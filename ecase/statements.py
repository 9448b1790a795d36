"""Hot queries: worded by the ORM once for each shape, then sent with other values.

Django builds the SQL of a query again for every execution, which takes longer than all else that a short request does.
A :class:`HotQuery` keeps the text and the places of the values. The ORM stays its only source: nothing is written by
hand, and a change of a model changes the statement.
"""

import copy
import secrets
import uuid
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar, cast

from django.core.exceptions import EmptyResultSet
from django.db import InterfaceError, OperationalError, connection, connections
from django.db.models import Field, Lookup, QuerySet
from django.db.models.query import (
    FlatValuesListIterable,
    ModelIterable,
    ValuesIterable,
    ValuesListIterable,
    get_related_populators,
)
from django.db.models.sql import UpdateQuery
from django.db.transaction import TransactionManagementError
from psycopg.types.numeric import Int8

Row = TypeVar("Row")
Placed = tuple[tuple[str, Any], ...]
# Of one query: a client chooses among a hundred sizes of a page.
MOST_SHAPES = 32
# What a statement may hold besides the values that it is given: states, roles, flags.
_CONSTANTS = (str, int, type(None))


@Field.register_lookup
class AnyOf(Lookup):
    """``= ANY(array)``: as ``in``, but one parameter and one text, whatever the number of values (a list)."""

    lookup_name = "any_of"

    def get_prep_lookup(self) -> Any:
        """The values, each as the column has it."""
        return [self.lhs.output_field.to_python(value) for value in self.rhs]

    def get_db_prep_lookup(self, value: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """One parameter, an array."""
        return "%s", (value,)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """The condition and its parameters."""
        left, before = self.process_lhs(compiler, connection)
        right, given = self.process_rhs(compiler, connection)
        return f"{left} = ANY({right})", (*before, *given)


@dataclass(frozen=True)
class _Worded:
    """A statement: its text, its parameters (each a constant or the name of a value), and what its rows become."""

    compiler: Any
    text: str
    parameters: Placed
    converters: dict[int, Any]
    locks: bool
    made: Callable[[Iterable[Sequence[Any]]], list[Any]]

    @classmethod
    def by(cls, queryset: "QuerySet[Any, Any]", samples: dict[str, Any]) -> "_Worded":
        """The statement of ``queryset``. Raises ``EmptyResultSet`` if the ORM knows that no row fits."""
        compiler = queryset.query.get_compiler(connection.alias)
        text, parameters = compiler.as_sql()
        columns = [column[0] for column in compiler.select[: compiler.col_count]]
        converters, locks = compiler.get_converters(columns), queryset.query.select_for_update
        return cls(compiler, text, _placed(parameters, samples), converters, locks, _maker(queryset, compiler))

    def rows(self, values: dict[str, Any]) -> list[Any]:
        # That of this thread: the statement may have been worded in another one.
        sent_over = connections[self.compiler.connection.alias]
        if self.locks and sent_over.get_autocommit():
            raise TransactionManagementError("select_for_update cannot be used outside of a transaction.")
        with sent_over.cursor() as cursor:
            cursor.execute(self.text, _filled(self.parameters, values))
            rows: Iterable[Sequence[Any]] = cursor.fetchall()
        if self.compiler.has_extra_select:
            rows = [row[: self.compiler.col_count] for row in rows]
        if self.converters:
            compiler = copy.copy(self.compiler)
            compiler.connection = sent_over
            rows = compiler.apply_converters(rows, self.converters)
        return self.made(rows)


def _maker(queryset: "QuerySet[Any, Any]", compiler: Any) -> Callable[[Iterable[Sequence[Any]]], list[Any]]:
    """Makes of rows what the queryset returns, as its iterable does, which would word the query again each time."""
    kind, query = queryset._iterable_class, cast(Any, queryset.query)  # noqa: SLF001
    if kind is ModelIterable:
        return _Models(compiler).made
    if kind is ValuesIterable:
        names = list(query.selected) or [*query.extra_select, *query.values_select, *query.annotation_select]
        return lambda rows: [dict(zip(names, row, strict=True)) for row in rows]
    if kind is ValuesListIterable:
        return lambda rows: [tuple(row) for row in rows]
    if kind is FlatValuesListIterable:
        return lambda rows: [row[0] for row in rows]
    raise ValueError(f"rows of a hot query are models or their columns, not {kind.__name__}")


class _Models:
    """Instances from rows, with those of ``select_related`` and with annotations."""

    def __init__(self, compiler: Any) -> None:
        info, self._alias = compiler.klass_info, compiler.connection.alias
        self._columns = slice(info["select_fields"][0], info["select_fields"][-1] + 1)
        self._names = [column[0].target.attname for column in compiler.select[self._columns]]
        self._load, self._annotations = info["model"].from_db, dict(compiler.annotation_col_map or {})
        self._related = cast(Any, get_related_populators)(info, compiler.select, self._alias)

    def made(self, rows: Iterable[Sequence[Any]]) -> list[Any]:
        return [self._instance(row) for row in rows]

    def _instance(self, row: Sequence[Any]) -> Any:
        instance = self._load(self._alias, self._names, row[self._columns])
        for related in self._related:
            related.populate(row, instance)
        for name, place in self._annotations.items():
            setattr(instance, name, row[place])
        return instance


class HotQuery(Generic[Row]):
    """A query that ``build(*shape, **values)`` states with the ORM.

    ``shape`` is what changes the text (a role, whether there is a cursor, a size); ``values`` are UUIDs, lists of them
    (for ``any_of``), instants, strings and ``Int8`` that only fill places in it. ``build`` is called once for each
    shape, with samples for the values. Raises :class:`ValueError` if a sample comes back changed among the parameters,
    or if the statement holds another instant: both would stand still.

    ``planned_once``: one plan serves all values, which PostgreSQL would not believe. For statements that take longer to
    plan than to execute, and whose index no value changes; rows that are ordered are read in the order of an index.
    """

    def __init__(self, build: "Callable[..., QuerySet[Any, Row]]", *, planned_once: bool = False) -> None:
        self._build, self._is_planned_once = build, planned_once
        self._known: dict[Hashable, _Worded | None] = {}

    def rows(self, *shape: Hashable, **values: Any) -> list[Row]:
        """The rows for these values; one statement."""
        key = (connection.alias, shape, tuple((name, type(value)) for name, value in values.items()))
        worded = self._known[key] if key in self._known else self._keep(key, self._worded(shape, values))
        if worded is None:
            return []
        with _planned_once() if self._is_planned_once else nullcontext():
            return worded.rows(values)

    def _keep(self, key: Hashable, worded: "_Worded | None") -> "_Worded | None":
        while len(self._known) >= MOST_SHAPES:
            # Another thread may have taken it.
            self._known.pop(next(iter(self._known)), None)
        self._known[key] = worded
        return worded

    def _worded(self, shape: tuple[Hashable, ...], values: dict[str, Any]) -> "_Worded | None":
        samples = {name: _sample(type(value)) for name, value in values.items()}
        try:
            return _Worded.by(self._build(*shape, **samples), samples)
        except EmptyResultSet:
            return None


class HotUpdate:
    """As :class:`HotQuery`, for an UPDATE: ``build(**values)`` states its rows and the new values of their fields."""

    def __init__(self, build: "Callable[..., tuple[QuerySet[Any, Any], dict[str, Any]]]") -> None:
        self._build = build
        self._known: dict[Hashable, tuple[str, Placed]] = {}

    def update(self, **values: Any) -> int:
        """Change the rows; returns how many there were. One statement."""
        key = (connection.alias, *((name, type(value)) for name, value in values.items()))
        if key not in self._known:
            samples = {name: _sample(type(value)) for name, value in values.items()}
            queryset, changes = self._build(**samples)
            query: Any = queryset.query.chain(UpdateQuery)
            query.add_update_values(changes)
            text, parameters = query.get_compiler(connection.alias).as_sql()
            self._known[key] = text, _placed(parameters, samples)
        text, placed = self._known[key]
        with connection.cursor() as cursor:
            cursor.execute(text, _filled(placed, values))
            return int(cursor.rowcount)


def read_first(read: Callable[[], Row]) -> Row:
    """What ``read`` returns. It only reads and comes first in a request, so it shows whether the connection stands.

    In place of the statement by which Django asks that before (``CONN_HEALTH_CHECKS``). A lost connection is opened
    again, and asked once more.
    """
    if connection.connection is None or connection.in_atomic_block:
        return read()
    cast(Any, connection).health_check_done = True
    try:
        return read()
    except (OperationalError, InterfaceError):
        if connection.is_usable():
            raise
        connection.close()
        return read()


# Without an order by an index, the average office's motions are cheap to sort, and a large one's are not.
_PLANNED_ONCE = {"plan_cache_mode": "force_generic_plan", "enable_sort": "off", "enable_incremental_sort": "off"}
_SET = "; ".join(f"SET {name} = {value}" for name, value in _PLANNED_ONCE.items()).encode()
_RESET = "; ".join(f"RESET {name}" for name in _PLANNED_ONCE).encode()


@contextmanager
def _planned_once() -> Iterator[None]:
    """Statements inside the block are planned without their values; once, if they are prepared.

    The plan takes the order of rows from an index wherever one has it, since without values the rows of an average body
    are planned for. Two messages of the simple protocol, which cost a twentieth of planning a page of motions. In a
    transaction that fails the second one is refused, and the rollback does its work. Without prepared statements
    nothing is set: there is no plan to keep, and a pooler between might leave the settings to somebody else.
    """
    connection.ensure_connection()
    if connection.connection.prepare_threshold is None:
        yield
        return
    server = connection.connection.pgconn
    server.exec_(_SET)
    try:
        yield
    finally:
        server.exec_(_RESET)


def _placed(parameters: Iterable[Any], samples: dict[str, Any]) -> Placed:
    """Each parameter with the name of the value that it stands for, or as the constant that it is."""
    names = {_mark(sample): name for name, sample in samples.items()}
    placed = tuple((names.get(_mark(each), ""), each) for each in parameters)
    for name, parameter in placed:
        if not name and not _is_constant(parameter, samples.values()):
            raise ValueError(f"the statement would keep a value that was not given to it: {parameter!r}")
    return placed


def _filled(placed: Placed, values: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(values[name] if name else constant for name, constant in placed)


def _mark(value: Any) -> tuple[type, Hashable]:
    """A value by its type: the number 1 is not the flag True."""
    return type(value), tuple(value) if isinstance(value, list) else value


def _is_constant(parameter: object, samples: Iterable[object]) -> bool:
    made_of_sample = any(str(sample) in str(parameter) for sample in samples)
    return isinstance(parameter, _CONSTANTS) and not made_of_sample


def _sample(kind: type) -> Any:
    """A value of this type that no statement holds by chance."""
    if kind is uuid.UUID:
        return uuid.uuid4()
    if kind is datetime:
        return datetime.now(UTC) + timedelta(days=secrets.randbelow(10**5), microseconds=secrets.randbelow(10**9))
    if kind is str:
        return secrets.token_hex(16)
    if kind is list:
        return [uuid.uuid4()]
    if kind is Int8:
        return Int8(secrets.randbelow(2**62))
    raise ValueError(f"a {kind.__name__} cannot be a value of a hot query; make it part of the shape")
