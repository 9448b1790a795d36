"""Emptying the database between transactional tests, past the triggers that refuse TRUNCATE."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.backends.postgresql.operations import DatabaseOperations

from workflows.statute.models import CatalogueVersion

# Law and calendar are loaded once, with the test database.
KEPT = ("calendars_", "statute_")
REPLICA = "SET LOCAL session_replication_role = replica"
_loaded: set[int] = set()


def remember_law() -> None:
    """What is stored now is the law of every test; a flush removes any version that a test has added to it."""
    _loaded.update(CatalogueVersion.objects.values_list("pk", flat=True))


@pytest.fixture(autouse=True, scope="session")
def flush_past_triggers() -> Iterator[None]:
    """Append-only tables are emptied as a superuser with triggers off; nothing but the tests' own flush does so."""
    original = DatabaseOperations.sql_flush

    def sql_flush(self: DatabaseOperations, style: Any, tables: Any, **options: Any) -> list[str]:
        emptied = [self.quote_name(table) for table in sorted(tables) if not table.startswith(KEPT)]
        return [REPLICA, *_emptying(emptied), *_without_other_law()] if emptied else []

    DatabaseOperations.sql_flush = sql_flush
    yield
    DatabaseOperations.sql_flush = original


def _emptying(tables: list[str]) -> list[str]:
    """As TRUNCATE, which writes new files for each of sixty tables and takes thirty times as long: few hold a row.

    The lock waits for those who still write, as TRUNCATE does.
    """
    locked = f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE"
    return [locked, "; ".join(f"DELETE FROM {table}" for table in tables)]


def _without_other_law() -> list[str]:
    known = ", ".join(str(pk) for pk in sorted(_loaded))
    return [f"DELETE FROM {CatalogueVersion._meta.db_table} WHERE id NOT IN ({known})"] if known else []


@transaction.atomic
def forget_log() -> None:
    """Every test begins with an empty log, whatever set-up has written into it."""
    with connection.cursor() as cursor:
        cursor.execute(REPLICA)
        cursor.execute("DELETE FROM audit_entry")
        cursor.execute("DELETE FROM audit_chain")
