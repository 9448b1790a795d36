"""The application ``officers``."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OfficersConfig(AppConfig):
    name = "ecase.officers"
    verbose_name = _("Officers")
