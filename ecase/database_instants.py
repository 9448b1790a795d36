"""Instants from the database, read by the standard library.

Django reads each by a regular expression in Python, which takes a tenth of a page of motions.
"""

from datetime import UTC, datetime
from typing import Any

from django.db.backends.postgresql.psycopg_any import BaseTzLoader, get_adapters_template


class InstantLoader(BaseTzLoader):
    """As Django's, also for what the standard library cannot read: years of more than four digits, ``infinity``."""

    timezone = UTC

    def load(self, data: Any) -> datetime:
        """The instant."""
        try:
            instant = datetime.fromisoformat(str(data, "ascii"))
            # Django's connections speak UTC.
            return instant if instant.tzinfo is UTC else instant.astimezone(UTC)
        except (ValueError, OverflowError):
            return super().load(data)


def install() -> None:
    """Have every connection that is opened from now on read instants so."""
    get_adapters_template(True, UTC).register_loader("timestamptz", InstantLoader)
