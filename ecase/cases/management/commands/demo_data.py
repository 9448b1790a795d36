"""``manage.py demo_data``: a fictional court with its officers, their keys, and three cases."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from ecase.cases import demo


class Command(BaseCommand):
    help = "Load the fictional court of the demo and make its officers' keys. Running it again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        only = parser.add_mutually_exclusive_group()
        only.add_argument("--list", action="store_true", help="only print who can sign in, as JSON")
        only.add_argument("--people", action="store_true", help="only print whose keys are to be made, as JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Load, unless only a list is asked for."""
        if not settings.DEMO:
            raise CommandError("demo_data is for ECASE_MODE=demo: this installation is not a demo.")
        if not (options["list"] or options["people"]):
            demo.load()
            demo.make_keys(settings.VAR_DIR / "demo-pki")
        shown = demo.people() if options["people"] else demo.visitors()
        self.stdout.write(json.dumps(shown, ensure_ascii=False, indent=1))
