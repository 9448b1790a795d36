"""Statute: the law of sanctions as versioned data."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StatuteConfig(AppConfig):
    name = "workflows.statute"
    verbose_name = _("Statute catalogue")
