"""The application ``cases``."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    name = "ecase.cases"
    verbose_name = _("Cases")
