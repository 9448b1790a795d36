"""Django's authentication backend. It authenticates nobody: only ``sign_in.open_session`` opens a session."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from ecase.officers.models import Officer


class CertificateBackend(BaseBackend):
    """Loads the officer of a session. There are no passwords to check."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> None:
        """Always ``None``: a signed challenge (``ecase.officers.sign_in``) is the only way in."""

    def get_user(self, user_id: Any) -> Officer | None:
        """The active officer of a session, or ``None``, which ends the session."""
        return Officer.objects.filter(pk=user_id, active=True).first()
