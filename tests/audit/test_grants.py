"""The application's role cannot rewrite the log and can do its work; tested with a real PostgreSQL role."""

from contextlib import contextmanager
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from ecase.audit import grants, sequencer
from ecase.audit.models import Chain, Checkpoint, Entry, Node
from tests.audit.conftest import append, fill

ROLE = "ecase_test_application"


@pytest.fixture
def role(log):
    def drop(cursor):
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE])
        if cursor.fetchone():
            cursor.execute(f"DROP OWNED BY {ROLE}")
            cursor.execute(f"DROP ROLE {ROLE}")

    with connection.cursor() as cursor:
        drop(cursor)
        cursor.execute(f"CREATE ROLE {ROLE} NOLOGIN NOSUPERUSER")
    call_command("ecase_grants", role=ROLE, stdout=StringIO())
    yield ROLE
    with connection.cursor() as cursor:
        drop(cursor)


@contextmanager
def application():
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {ROLE}")
        yield cursor


def test_the_application_appends_and_takes_in(role):
    with application():
        append("case:1")
        append("case:1")
    with application():
        sequencer.run_once()
        assert Chain.objects.get().seq == 2


@pytest.mark.parametrize("model", [Entry, Node, Checkpoint])
def test_the_application_cannot_change_the_log_even_without_triggers(role, model):
    fill(2, "system")
    table, column = model._meta.db_table, "root" if model is Checkpoint else "hash"
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    try:
        for statement in (f"UPDATE {table} SET {column} = ''", f"DELETE FROM {table}"):
            with pytest.raises(DatabaseError, match="permission denied"), application() as cursor:
                cursor.execute(statement)
        with pytest.raises(DatabaseError, match="permission denied"), application() as cursor:
            cursor.execute(f"TRUNCATE {table} CASCADE")
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.mark.parametrize(
    "statement",
    [
        f"ALTER TABLE {Entry._meta.db_table} DISABLE TRIGGER USER",
        "SET LOCAL session_replication_role = replica",
        "CREATE TABLE mine ()",
        "DELETE FROM django_migrations",
    ],
)
def test_the_application_cannot_switch_the_guards_off(role, statement):
    with pytest.raises(DatabaseError, match=r"permission denied|must be owner"), application() as cursor:
        cursor.execute(statement)


def test_every_table_is_granted(role):
    given = dict(grants.privileges())
    assert given[Entry._meta.db_table] == given[Node._meta.db_table] == "SELECT, INSERT"
    assert given[Chain._meta.db_table] == "SELECT, INSERT, UPDATE"
    assert {model._meta.db_table for model in apps.get_models() if model._meta.managed} <= given.keys()


def test_an_unknown_role_is_an_error(log):
    with pytest.raises(CommandError, match="does not exist"):
        call_command("ecase_grants", role="nobody_of_that_name", stdout=StringIO())
