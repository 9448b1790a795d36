"""Backups of the test's database by PostgreSQL's own copy of a template, and restores of them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection, connections


@contextmanager
def backups() -> Iterator[Callable[[], Callable[[], None]]]:
    """A function that takes a backup now; what it returns restores it: the database is then as it was at that time.

    Rows must be committed for real. Afterwards the test's own database is in place again.
    """
    live, copies = connection.settings_dict["NAME"], list[str]()

    def take() -> Callable[[], None]:
        present, copy = connection.settings_dict["NAME"], f"{live}_backup_{len(copies)}"
        # A run that was ended may have left one.
        _as_the_operator(f'DROP DATABASE IF EXISTS "{copy}" WITH (FORCE)')
        _as_the_operator(f'CREATE DATABASE "{copy}" TEMPLATE "{present}"')
        copies.append(copy)
        return lambda: _use(copy)

    try:
        yield take
    finally:
        _use(live)
        for copy in copies:
            _as_the_operator(f'DROP DATABASE "{copy}" WITH (FORCE)')


def _use(name: str) -> None:
    connections.close_all()
    connection.settings_dict["NAME"] = name


def _as_the_operator(statement: str) -> None:
    """In a database that is not copied: a template has no other connections."""
    name = connection.settings_dict["NAME"]
    _use("postgres")
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
    finally:
        _use(name)
