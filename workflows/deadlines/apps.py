"""Deadlines: instants by which a role must act."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeadlinesConfig(AppConfig):
    name = "workflows.deadlines"
    verbose_name = _("Deadlines")
