"""Django's authentication backend. It authenticates nobody: only ``sign_in.open_session`` opens a session."""

from typing import Any

from django.contrib.auth.backends import BaseBackend

from ecase.officers.models import Officer


class CertificateBackend(BaseBackend):
    """Loads the officer of a session. A signed challenge (``ecase.officers.sign_in``) is the only way in.

    Django's base class authenticates nobody: there are no passwords to check.
    """

    def get_user(self, user_id: Any) -> Officer | None:
        """The active officer of a session, or ``None``, which ends the session."""
        return Officer.objects.filter(pk=user_id, active=True).first()
