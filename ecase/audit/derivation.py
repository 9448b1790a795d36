"""The second stage of ``manage.py audit verify``: whether rows say what acts and log say.

The log knows no rows but its own. An application that keeps rows which can be derived from the log registers a check
when it is ready, as with Django's system checks; the command runs all of them after the log itself was verified.
"""

from collections import Counter
from collections.abc import Callable, Iterator
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
    """A row that does not say what acts and log say; ``column`` where it is one column."""

    code: str
    table: str
    key: str
    column: str = ""

    @property
    def message(self) -> str:
        """A sentence in the active language."""
        return _(MESSAGES[self.code]) % {"column": self.column}

    def __str__(self) -> str:
        return f"{self.table} {self.key}: {self.message}"


@dataclass
class Tally:
    """How much was compared so far, by table, and how many rows are older than the log's words about them."""

    tell: Callable[[int], None] = lambda _rows: None
    compared: Counter[str] = field(default_factory=Counter)
    lacking: Counter[str] = field(default_factory=Counter)
    rows: int = 0

    def count(self, table: str) -> None:
        """One more row of the table was compared; ``tell`` hears of every ten thousand."""
        self.compared[table] += 1
        self.rows += 1
        if self.rows % TOLD_EVERY == 0:
            self.tell(self.rows)

    def lack(self, table: str) -> None:
        """One more row of the table is older than what the log now says: it cannot be derived whole."""
        self.lacking[table] += 1


# A check yields the faults as it finds them, in memory that does not grow, and counts what it has compared.
Check = Callable[[Tally], Iterator[RowFault]]
_checks: list[Check] = []


def register(check: Check) -> Check:
    """Let ``manage.py audit verify`` run this check as well. Called in ``AppConfig.ready``."""
    if check not in _checks:
        _checks.append(check)
    return check


def faults(tally: Tally) -> Iterator[RowFault]:
    """What every registered check finds, as of one instant."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            _one_snapshot()
        for check in _checks:
            yield from check(tally)


def _one_snapshot() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def differences(table: str, key: Any, found: dict[str, Any], expected: dict[str, Any]) -> Iterator[RowFault]:
    """The columns of ``found`` that differ from what is expected of them; others are not asked."""
    for column, value in expected.items():
        if found.get(column) != value:
            yield RowFault(DIFFERS, table, str(key), column)
