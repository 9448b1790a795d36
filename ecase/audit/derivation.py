"""The second stage of ``manage.py audit verify``: whether rows agree with acts and log.

The log knows only its own rows. An application with rows that can be derived from the log registers a check in
``ready``, as with Django's system checks; the command runs all of them after verifying the log itself.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

TOLD_EVERY = 10_000
MISSING, UNFOUNDED, DIFFERS, CHAIN = "missing", "unfounded", "differs", "chain"
MESSAGES = {
    MISSING: gettext_noop("The row is missing: the log says that it was written."),
    UNFOUNDED: gettext_noop("The log does not say that this row was written."),
    DIFFERS: gettext_noop("%(column)s differs from what acts and log say."),
    CHAIN: gettext_noop("The act does not continue the one before it."),
}


@dataclass(frozen=True)
class RowFault:
    """A row that disagrees with acts and log; ``column`` is empty unless it is one column."""

    code: str
    table: str
    key: str
    column: str = ""

    def __str__(self) -> str:
        """A sentence in the active language, after the row's table and key."""
        return f"{self.table} {self.key}: {_(MESSAGES[self.code]) % {'column': self.column}}"


@dataclass
class Tally:
    """How many rows were compared so far, by table; ``lacking``: how many predate the present content of log entries,
    so that they cannot be derived completely.
    """

    tell: Callable[[int], None] = lambda _rows: None
    compared: Counter[str] = field(default_factory=Counter)
    lacking: Counter[str] = field(default_factory=Counter)
    rows: int = 0

    def count(self, table: str) -> None:
        """Count one more compared row of the table; ``tell`` is called at every ten thousand."""
        self.compared[table] += 1
        self.rows += 1
        if self.rows % TOLD_EVERY == 0:
            self.tell(self.rows)


# A check yields faults as it finds them, in constant memory, and counts the rows that it compares.
Check = Callable[[Tally], Iterator[RowFault]]
_checks: list[Check] = []


def register(check: Check) -> Check:
    """Run this check in ``manage.py audit verify``. Called in ``AppConfig.ready``."""
    if check not in _checks:
        _checks.append(check)
    return check


@contextmanager
def read_one_snapshot() -> Iterator[None]:
    """A transaction that reads a single snapshot while others append; within a transaction, that one as it is."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost:
            # Must be the transaction's first statement.
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def faults(tally: Tally) -> Iterator[RowFault]:
    """The faults that all registered checks find, in one snapshot."""
    with read_one_snapshot():
        for check in _checks:
            yield from check(tally)


def differences(table: str, key: Any, found: dict[str, Any], expected: dict[str, Any]) -> Iterator[RowFault]:
    """The columns of ``found`` that differ from the expected ones; other columns are not compared."""
    for column, value in expected.items():
        if found.get(column) != value:
            yield RowFault(DIFFERS, table, str(key), column)
