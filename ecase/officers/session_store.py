"""Django's database sessions, in a table that knows the officer of each session (``settings.SESSION_ENGINE``)."""

from datetime import UTC, datetime
from typing import Any

from django.contrib.auth import SESSION_KEY as OFFICER_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

POST_KEY = "post"
OPENED, SEEN, SIGNED, AGENT = "opened", "seen", "signed", "agent"


class SessionStore(DatabaseStore):
    """Copies the fields that the owner is shown from the session's data into columns, at every save."""

    @classmethod
    def get_model_class(cls) -> Any:
        """:class:`ecase.officers.models.Session`, imported late: Django loads this module before the models."""
        from ecase.officers.models import Session

        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """The row of a session with this content."""
        row: Any = super().create_model_instance(data)
        row.officer_id = data.get(OFFICER_KEY)
        row.post_id = data.get(POST_KEY)
        row.opened_at, row.seen_at = instant(data.get(OPENED)), instant(data.get(SEEN))
        row.agent = data.get(AGENT, "")
        return row


def instant(seconds: float | None) -> datetime | None:
    """An instant in the format of session data: seconds since 1970."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
