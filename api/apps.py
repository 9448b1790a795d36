"""Application configuration of the REST API."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    name = "api"
    verbose_name = _("REST API")

    def ready(self) -> None:
        """Register the authentication scheme with the schema generator."""
        from api import openapi  # noqa: F401
