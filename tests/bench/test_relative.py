"""What the benchmark captures is played in a copy of the database, whose sequences stand elsewhere."""

from typing import Any

import pytest
from django.db import connection

from bench.relative import relative

LAST = {"audit_entry": 7_000_000_000_010, "outbox_message": 8_000_000_000_020}
CAPTURED = """
    SELECT 7000000000009, '{"entry": 7000000000010, "it''s": "8000000000020"}'::jsonb, 'a \\' || 70000000000099,
        E'\\\\ 7000000000008 \\' 8000000000019', '\\x37303030303030303030303130'::bytea
"""


@pytest.mark.django_db
def test_a_number_follows_the_sequence_wherever_it_stands() -> None:
    entry, message = following("audit_entry"), following("outbox_message")
    number, found, text, escaped, raw = played(relative(CAPTURED, LAST))
    assert number == entry - 1
    assert found == f'{{"it\'s": "{message}", "entry": {entry}}}'
    assert text == "a \\70000000000099"
    assert escaped == f"\\ {entry - 2} ' {message - 1}"
    assert bytes(raw) == b"7000000000010"


def following(table: str) -> int:
    (number,) = played(f"SELECT nextval(pg_get_serial_sequence('{table}', 'id'))")
    return int(number)


def played(statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()
