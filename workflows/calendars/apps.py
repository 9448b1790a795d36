"""Calendars: which days are worked, year by year, as an administrator keeps them."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CalendarsConfig(AppConfig):
    name = "workflows.calendars"
    verbose_name = _("Calendars")
