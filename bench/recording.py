"""The statements that a block sends to PostgreSQL, whether the ORM, Django's cursor or psycopg's own sends them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus

Connection = psycopg.Connection[Any]
_EXECUTE, _COMMIT = psycopg.Cursor.execute, psycopg.Connection.commit


@dataclass
class Recorder:
    """Statements in order, each with what ``mark`` returned after it; BEGIN and COMMIT are statements too."""

    mark: Callable[[Connection], Any] = lambda connection: None
    statements: list[tuple[str, Any]] = field(default_factory=list)
    _paused: bool = False

    def execute(self, cursor: Any, query: Any, params: Any, options: dict[str, Any]) -> Any:
        """Execute for ``psycopg.Cursor``, and record."""
        connection = cursor.connection
        if self._paused:
            return _EXECUTE(cursor, query, params, **options)
        if not connection.autocommit and connection.info.transaction_status == TransactionStatus.IDLE:
            self._keep("BEGIN", None)
        text = psycopg.ClientCursor(connection).mogrify(query, params)
        found = _EXECUTE(cursor, query, params, **options)
        self._keep(text, connection)
        return found

    def commit(self, connection: Connection) -> None:
        """Commit for ``psycopg.Connection``, and record."""
        if connection.info.transaction_status != TransactionStatus.IDLE:
            self._keep("COMMIT", None)
        _COMMIT(connection)

    def _keep(self, text: str, connection: Connection | None) -> None:
        """Record a statement; BEGIN and COMMIT (no connection given) have the mark of the statement before."""
        self._paused = True
        try:
            last = self.statements[-1][1] if self.statements else None
            self.statements.append((text, self.mark(connection) if connection else last))
        finally:
            self._paused = False


@contextmanager
def recorded(mark: Callable[[Connection], Any] = lambda connection: None) -> Iterator[Recorder]:
    """Records what this process sends inside the block."""
    recorder = Recorder(mark)

    @wraps(_EXECUTE)
    def execute(cursor: Any, query: Any, params: Any = None, **options: Any) -> Any:
        return recorder.execute(cursor, query, params, options)

    def commit(connection: Connection) -> None:
        recorder.commit(connection)

    psycopg.Cursor.execute = execute  # type: ignore[assignment, method-assign]
    psycopg.Connection.commit = commit  # type: ignore[assignment, method-assign]
    try:
        yield recorder
    finally:
        psycopg.Cursor.execute, psycopg.Connection.commit = _EXECUTE, _COMMIT  # type: ignore[method-assign]
