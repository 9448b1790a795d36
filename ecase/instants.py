"""Instants as text: one spelling in signed bytes, in the log, in messages and in payloads."""

from datetime import UTC, datetime


def format_instant(moment: datetime) -> str:
    """RFC 3339 in UTC, to the microsecond: ``2026-03-31T04:30:00.000000Z``."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def format_optional_instant(moment: datetime | None) -> str | None:
    """None stays None."""
    return format_instant(moment) if moment else None


def parse_instant(text: str) -> datetime:
    """The instant of any ISO 8601 text, as people and older rows write it too. Raises ``ValueError``, ``TypeError``."""
    return datetime.fromisoformat(text)


def parse_optional_instant(text: str | None) -> datetime | None:
    """None if nothing is stated."""
    return parse_instant(text) if text else None
