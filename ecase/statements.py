"""Hot queries: worded by the ORM once for each shape, then sent with other values.

Django builds the SQL of a query again for every execution, which takes longer than all else that a short request does.
A :class:`HotQuery` keeps the text and the places of the values. The ORM stays its only source: nothing is written by
hand, and a change of a model changes the statement.
"""

import copy
import secrets
import uuid
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection, connections
from django.db.models import QuerySet
from django.db.transaction import TransactionManagementError

Row = TypeVar("Row")
# What a statement may hold besides the values that it is given: states, roles, flags.
_CONSTANTS = (str, int, type(None))


@dataclass(frozen=True)
class _Worded:
    """A statement: the compiled query, its text, and its parameters, each a constant or the name of a value."""

    queryset: "QuerySet[Any, Any]"
    compiler: Any
    text: str
    parameters: tuple[tuple[str, Any], ...]

    def rows(self, values: dict[str, Any]) -> list[Any]:
        given = tuple(values[name] if name else constant for name, constant in self.parameters)
        compiler, query = copy.copy(self.compiler), copy.copy(self.queryset.query)
        # That of this thread: the statement may have been worded in another one.
        compiler.connection = connections[compiler.connection.alias]
        if query.select_for_update and compiler.connection.get_autocommit():
            raise TransactionManagementError("select_for_update cannot be used outside of a transaction.")
        compiler.as_sql = lambda *_args, **_options: (self.text, given)
        compiler.query = query
        query.get_compiler = lambda *_args, **_options: compiler  # type: ignore[method-assign]
        asked = self.queryset.all()
        asked.query = query
        return list(asked)


class HotQuery(Generic[Row]):
    """A query that ``build(*shape, **values)`` states with the ORM.

    ``shape`` is what changes the text (a role, whether there is a cursor, a size); ``values`` are UUIDs, instants and
    strings that only fill places in it. ``build`` is called once for each shape, with samples for the values. Raises
    :class:`ValueError` if a sample comes back changed among the parameters, or if the statement holds another instant:
    both would stand still.
    """

    def __init__(self, build: "Callable[..., QuerySet[Any, Row]]") -> None:
        self._build = build
        self._known: dict[Hashable, _Worded | None] = {}

    def rows(self, *shape: Hashable, **values: Any) -> list[Row]:
        """The rows for these values; one statement."""
        key = (connection.alias, shape, tuple((name, type(value)) for name, value in values.items()))
        if key not in self._known:
            self._known[key] = self._worded(shape, values)
        worded = self._known[key]
        return worded.rows(values) if worded else []

    def _worded(self, shape: tuple[Hashable, ...], values: dict[str, Any]) -> "_Worded | None":
        samples = {name: _sample(type(value)) for name, value in values.items()}
        queryset = self._build(*shape, **samples)
        compiler = queryset.query.get_compiler(connection.alias)
        try:
            text, parameters = compiler.as_sql()
        except EmptyResultSet:
            # The ORM knows that no row fits, whatever the values.
            return None
        names = {(type(sample), sample): name for name, sample in samples.items()}
        placed = tuple((names.get((type(each), each), ""), each) for each in parameters)
        for name, parameter in placed:
            if not name and not _is_constant(parameter, samples.values()):
                raise ValueError(f"the statement would keep a value that was not given to it: {parameter!r}")
        return _Worded(queryset, compiler, text, placed)


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
    raise ValueError(f"a {kind.__name__} cannot be a value of a hot query; make it part of the shape")
