"""Statements are counted whoever sends them: a count that misses some would look like a gain."""

import pytest
from django.db import connection, transaction

from bench.recording import recorded
from ecase.officers.models import Organisation


@pytest.mark.django_db(transaction=True)
def test_statements_of_django_and_of_psycopg_are_recorded_in_order() -> None:
    connection.ensure_connection()
    with recorded() as recorder, transaction.atomic():
        Organisation.objects.filter(bin="a'b").exists()
        connection.connection.execute("SELECT %s", ["%d"])
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1 % 2")
    texts = [text for text, _mark in recorder.statements]
    assert texts[0] == "BEGIN"
    assert "'a''b'" in texts[1]
    assert texts[2] == "SELECT '%d'"
    assert texts[3].startswith("SAVEPOINT")
    assert texts[4] == "SELECT 1 % 2"
    assert texts[5].startswith("RELEASE SAVEPOINT")
    assert texts[6:] == ["COMMIT"]


@pytest.mark.django_db(transaction=True)
def test_what_is_sent_outside_is_not_recorded() -> None:
    connection.ensure_connection()
    with recorded(lambda connected: connected.execute("SELECT 7").fetchone()[0]) as recorder:
        connection.connection.execute("SELECT 1")
    connection.connection.execute("SELECT 2")
    assert recorder.statements == [("SELECT 1", 7)]
