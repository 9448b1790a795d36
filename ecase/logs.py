"""Log lines of all programs: one format for web, worker and watch, in UTC, with the id of the request or task.

``2026-11-30T14:34:26.120+00:00 WARNING django.request [3f2c...] Service Unavailable: /api/v1/motions/``
"""

import logging
from datetime import UTC, datetime

from ecase import requests


class LineFormatter(logging.Formatter):
    """One line per record, followed by the traceback, except for an outage, which is named in the line."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s")

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802
        """RFC 3339 with milliseconds, in UTC."""
        return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")

    def format(self, record: logging.LogRecord) -> str:
        record.request_id = requests.current.get()
        record.exc_text = None
        return super().format(record)


class OutageFilter(logging.Filter):
    """Logs an expected outage as a one-line warning: thousands of equal tracebacks hide what matters."""

    def filter(self, record: logging.LogRecord) -> bool:
        from ecase import outages

        fault = record.exc_info[1] if record.exc_info else None
        if fault is not None and outages.of(fault):
            record.msg, record.args = f"{record.getMessage()} ({outages.first_line(fault)})", ()
            record.exc_info, record.exc_text = None, None
            record.levelno, record.levelname = logging.WARNING, "WARNING"
        return True
