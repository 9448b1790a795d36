"""Emptying the database between transactional tests, past the triggers that refuse TRUNCATE."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db.backends.postgresql.operations import DatabaseOperations


@pytest.fixture(autouse=True, scope="session")
def flush_past_triggers() -> Iterator[None]:
    """Append-only tables are emptied as a superuser with triggers off; nothing but the tests' own flush does so."""
    original = DatabaseOperations.sql_flush

    def sql_flush(self: DatabaseOperations, *args: Any, **options: Any) -> list[str]:
        # Tables that no installed model manages (a swapped one's) may still refer to ours.
        statements = original(self, *args, **{**options, "allow_cascade": True})
        return ["SET LOCAL session_replication_role = replica", *statements] if statements else []

    DatabaseOperations.sql_flush = sql_flush
    yield
    DatabaseOperations.sql_flush = original
