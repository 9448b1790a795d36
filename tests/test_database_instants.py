"""Instants of the database, whatever their form."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DataError, connection

pytestmark = pytest.mark.django_db


def read(text: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::text::timestamptz", [text])
        return cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-03-31 09:30:00+05", datetime(2026, 3, 31, 4, 30, tzinfo=UTC)),
        ("2026-03-31 04:30:00.1+00", datetime(2026, 3, 31, 4, 30, 0, 100_000, tzinfo=UTC)),
        ("2026-03-31 04:30:00.012345+00", datetime(2026, 3, 31, 4, 30, 0, 12_345, tzinfo=UTC)),
        ("0001-01-01 00:00:00+00", datetime(1, 1, 1, tzinfo=UTC)),
        ("9999-12-31 23:59:59.999999+00", datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)),
    ],
)
def test_an_instant_is_read_in_utc(text: str, instant: datetime) -> None:
    assert read(text) == instant
    assert read(text).tzinfo is UTC


@pytest.mark.parametrize("text", ["infinity", "-infinity", "0044-03-15 12:00:00+00 BC", "10000-01-01 00:00:00+00"])
def test_what_python_cannot_hold_is_refused(text: str) -> None:
    with pytest.raises(DataError):
        read(text)


def test_another_zone_of_the_session_is_obeyed() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL TIME ZONE 'Asia/Almaty'")

    assert read("2026-03-31 04:30:00+00") == datetime(2026, 3, 31, 4, 30, tzinfo=UTC)
