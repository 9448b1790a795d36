"""Application configuration of the audit log."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from ecase import database_instants


class AuditConfig(AppConfig):
    name = "ecase.audit"
    verbose_name = _("Audit log")

    def ready(self) -> None:
        """The log is the lowest room with a database."""
        database_instants.install()
