"""``manage.py demo_roster``: the roster of the judges of the demo's court, after ``demo_data``."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from workflows.assignment import demo


class Command(BaseCommand):
    help = "Load the roster of judges of the demo's court. Running it again changes nothing."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Load, in a demo installation only."""
        if not settings.DEMO:
            raise CommandError("demo_roster is for ECASE_MODE=demo: this installation is not a demo.")
        demo.load()
