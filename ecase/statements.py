"""Hot queries: worded by the ORM once for each shape, then sent with other values.

Django builds the SQL of a query again for every execution, which takes longer than all else that a short request does.
A :class:`HotQuery` keeps the text and the places of the values. The ORM stays its only source: nothing is written by
hand, and a change of a model changes the statement.
"""

import copy
import secrets
import uuid
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection, connections
from django.db.models import Field, Lookup, QuerySet
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
    """A statement: the compiled query, its text, and its parameters, each a constant or the name of a value."""

    queryset: "QuerySet[Any, Any]"
    compiler: Any
    text: str
    parameters: Placed
    converters: dict[int, Any]

    def rows(self, values: dict[str, Any]) -> list[Any]:
        given = _filled(self.parameters, values)
        compiler, query = copy.copy(self.compiler), copy.copy(self.queryset.query)
        # That of this thread: the statement may have been worded in another one.
        compiler.connection = connections[compiler.connection.alias]
        if query.select_for_update and compiler.connection.get_autocommit():
            raise TransactionManagementError("select_for_update cannot be used outside of a transaction.")
        compiler.as_sql = lambda *_args, **_options: (self.text, given)
        compiler.get_converters = lambda _columns: self.converters
        compiler.query = query
        query.get_compiler = lambda *_args, **_options: compiler  # type: ignore[method-assign]
        built: Any = self.queryset
        asked: Any = type(built)(built.model, query, compiler.connection.alias)
        # Not by `all()`, which copies the query first.
        asked._iterable_class, asked._fields = built._iterable_class, built._fields  # noqa: SLF001
        return list(asked)


class HotQuery(Generic[Row]):
    """A query that ``build(*shape, **values)`` states with the ORM.

    ``shape`` is what changes the text (a role, whether there is a cursor, a size); ``values`` are UUIDs, lists of them
    (for ``any_of``), instants, strings and ``Int8`` that only fill places in it. ``build`` is called once for each
    shape, with samples for the values. Raises :class:`ValueError` if a sample comes back changed among the parameters,
    or if the statement holds another instant: both would stand still.

    ``planned_once``: one plan serves all values, which PostgreSQL would not believe. For statements that take longer to
    plan than to execute, and whose index no value changes.
    """

    def __init__(self, build: "Callable[..., QuerySet[Any, Row]]", *, planned_once: bool = False) -> None:
        self._build, self._planned_once = build, planned_once
        self._known: dict[Hashable, _Worded | None] = {}

    def rows(self, *shape: Hashable, **values: Any) -> list[Row]:
        """The rows for these values; one statement."""
        key = (connection.alias, shape, tuple((name, type(value)) for name, value in values.items()))
        worded = self._known[key] if key in self._known else self._keep(key, self._worded(shape, values))
        if worded is None:
            return []
        with _generic_plan() if self._planned_once else nullcontext():
            return worded.rows(values)

    def _keep(self, key: Hashable, worded: "_Worded | None") -> "_Worded | None":
        while len(self._known) >= MOST_SHAPES:
            # Another thread may have taken it.
            self._known.pop(next(iter(self._known)), None)
        self._known[key] = worded
        return worded

    def _worded(self, shape: tuple[Hashable, ...], values: dict[str, Any]) -> "_Worded | None":
        samples = {name: _sample(type(value)) for name, value in values.items()}
        queryset = self._build(*shape, **samples)
        compiler = queryset.query.get_compiler(connection.alias)
        try:
            text, parameters = compiler.as_sql()
        except EmptyResultSet:
            # The ORM knows that no row fits, whatever the values.
            return None
        columns = [column[0] for column in compiler.select[: compiler.col_count]]
        return _Worded(queryset, compiler, text, _placed(parameters, samples), compiler.get_converters(columns))


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


@contextmanager
def _generic_plan() -> Iterator[None]:
    """Statements inside the block are planned without their values; once, if they are prepared.

    Two statements of the simple protocol, which cost a twentieth of planning a page of motions. In a transaction that
    fails the second one is refused, and the rollback does its work.
    """
    connection.ensure_connection()
    server = connection.connection.pgconn
    server.exec_(b"SET plan_cache_mode = force_generic_plan")
    try:
        yield
    finally:
        server.exec_(b"RESET plan_cache_mode")


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
