"""``manage.py demo_data``: a fictional court with its officers, their keys, and three cases."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from ecase.cases import demo


class Command(BaseCommand):
    help = "Load the fictional court of the demo and make its officers' keys. Running it again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--list", action="store_true", help="only print who can sign in, as JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Load, unless only a list is asked for."""
        if not settings.DEMO:
            raise CommandError("demo_data is for ECASE_MODE=demo: this installation is not a demo.")
        if not options["list"]:
            demo.load()
            demo.make_keys(settings.VAR_DIR / "demo-pki")
        self.stdout.write(json.dumps(demo.visitors(), ensure_ascii=False, indent=1))
