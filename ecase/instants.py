"""Instants as text: one format in signed bytes, in the log, in messages and in payloads."""

from datetime import UTC, datetime


def format_instant(moment: datetime) -> str:
    """RFC 3339 in UTC, to the microsecond: ``2026-03-31T04:30:00.000000Z``."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def format_optional_instant(moment: datetime | None) -> str | None:
    """As :func:`format_instant`; None stays None."""
    return format_instant(moment) if moment else None


def parse_instant(text: str) -> datetime:
    """The instant of any ISO 8601 text, also from people and older rows. Raises ``ValueError``, ``TypeError``."""
    return datetime.fromisoformat(text)


def parse_optional_instant(text: str | None) -> datetime | None:
    """As :func:`parse_instant`; None for an empty text."""
    return parse_instant(text) if text else None
