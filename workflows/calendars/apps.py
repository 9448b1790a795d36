"""Calendars: working days of each year, edited by an administrator."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CalendarsConfig(AppConfig):
    name = "workflows.calendars"
    verbose_name = _("Calendars")
