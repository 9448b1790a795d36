"""The app of the REST API."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    name = "api"
    verbose_name = _("REST API")

    def ready(self) -> None:
        """Tell the schema generator how requests are authenticated."""
        from api import openapi  # noqa: F401
